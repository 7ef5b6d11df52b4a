/** How bad a difference is, by what goes wrong because of it: one table, the first rule that fits. */
import type { ObjectKind, Severity } from '../../core/audit.ts';
import type { Comparison, Difference } from './compare.ts';
import {
  inherits,
  isDangerousSetting,
  isDefiner,
  isForRequests,
  isGrant,
  isKey,
  isMore,
  isOpenTable,
  isOpenView,
  isRequired,
  isUnique,
  isUnsafeDefiner,
  opens,
  publishesOurs,
} from './severity-when.ts';

export interface Judgement {
  readonly severity: Severity;
  /** One sentence. */
  readonly consequence: string;
}

interface Rule {
  /** Default: every kind. */
  readonly kinds?: readonly ObjectKind[];
  /** `missing`, `extra`, attributes; `changed` is any attribute. Default: everything. */
  readonly differences?: readonly string[];
  readonly when?: (difference: Difference, comparison: Comparison) => boolean;
  readonly severity: Severity;
  readonly consequence: string;
}

const RULES: readonly Rule[] = [
  rule({ differences: ['comment'] }, 'info', 'people and generated documentation read another text, or none'),
  rule({ kinds: ['unreadable'] }, 'fail', 'the audit cannot read this kind of object, so it cannot say what it does'),
  rule(
    { differences: ['extra'], when: ({ verdict }) => verdict === 'pending' },
    'info',
    'it is already as a pending migration is going to make it, but the ledger does not say so',
  ),

  // Ways in from outside of our schemas.
  rule(
    { kinds: ['opening'], when: opens('schema') },
    'fail',
    'requests reach rows of an earlier project that no policy guards, with the grants that their tables kept',
  ),
  rule(
    { kinds: ['opening'], when: opens('parameter') },
    'fail',
    'with it triggers and references can be switched off, so rows change without history, or the server can be made to behave otherwise',
  ),
  rule(
    { kinds: ['opening'], when: opens('function pg_catalog') },
    'fail',
    'requests may do with the server what it allows nobody by itself, such as reading its files',
  ),
  rule(
    { kinds: ['opening'] },
    'fail',
    "requests reach our rows through it with its owner's rights: policies do not apply",
  ),
  rule(
    { kinds: ['database', 'role'], when: isDangerousSetting },
    'fail',
    'sessions go past triggers or policies, write as a load that is not theirs, or find other tables by the same names',
  ),

  // Grants and owners, of whatever kind of object.
  rule(
    { kinds: ['default privileges'], when: isForRequests },
    'fail',
    'what is made later is open to requests without anybody having granted it',
  ),
  rule({ kinds: ['default privileges'] }, 'warn', 'what is made later gets other grants than the migrations say'),
  rule(
    { when: (d) => isGrant(d) && isMore(d) && isForRequests(d) },
    'fail',
    'requests may do what the access matrix does not allow',
  ),
  rule({ when: (d) => isGrant(d) && isMore(d) }, 'fail', 'this role may do what the access matrix does not allow'),
  rule({ kinds: ['database'], when: isGrant }, 'warn', 'this role can do less in the database than expected'),
  rule({ when: isGrant }, 'fail', 'requests and loads that need the grant are refused'),
  rule(
    { kinds: ['function'], differences: ['owner'], when: isDefiner },
    'fail',
    'it runs with the rights of another owner',
  ),
  rule(
    { differences: ['owner'] },
    'fail',
    'the migrating owner can no longer change it, and another role bypasses its policies',
  ),

  rule({ kinds: ['schema'], differences: ['missing'] }, 'fail', 'everything in it is gone'),
  rule({ kinds: ['database'], differences: ['encoding'] }, 'fail', 'names and texts of publishers may not fit'),
  rule({ kinds: ['database'] }, 'warn', 'sessions start with other settings than those that were tested'),

  rule(
    { kinds: ['role'], differences: ['missing'] },
    'fail',
    'requests cannot come in, and migrations that grant to it fail',
  ),
  rule(
    { kinds: ['role'], differences: ['settings'] },
    'warn',
    'requests run with other settings than those that were tested',
  ),
  rule({ kinds: ['role'] }, 'fail', 'the role that requests come in with may do more than grants and policies say'),

  rule({ kinds: ['table'], differences: ['missing'] }, 'fail', 'loads into it and reads of it fail'),
  rule(
    { kinds: ['table'], differences: ['extra'], when: inherits },
    'fail',
    'its rows are read and withdrawn as rows of the table it inherits from, and no load wrote them',
  ),
  rule(
    { kinds: ['table'], differences: ['extra'], when: isOpenTable },
    'fail',
    'requests may read or write rows that no policy guards',
  ),
  rule({ kinds: ['table'], differences: ['extra'] }, 'info', 'nothing here fills, checks or migrates it'),
  rule(
    { kinds: ['table'], differences: ['row security'] },
    'fail',
    'policies do not apply as expected, so rows are open or hidden',
  ),
  rule(
    { kinds: ['table'], differences: ['persistence'] },
    'fail',
    'its rows are lost after a crash, or its writes cost more than planned',
  ),
  rule(
    { kinds: ['table'], differences: ['kind', 'partition key', 'partition bound', 'inherits', 'of type'] },
    'fail',
    'rows go elsewhere than the loader means',
  ),
  rule({ kinds: ['table'], differences: ['replica identity'] }, 'warn', 'subscribers of its changes get other keys'),
  rule(
    { kinds: ['table'], differences: ['tablespace', 'access method'] },
    'info',
    'it is stored elsewhere or otherwise',
  ),
  rule({ kinds: ['table'] }, 'warn', 'it is vacuumed or stored otherwise than planned, so it may be slower'),

  rule({ kinds: ['column'], differences: ['missing'] }, 'fail', 'loads that write it and readers that name it fail'),
  rule(
    { kinds: ['column'], differences: ['extra'], when: isRequired },
    'fail',
    'every load is refused, because it does not write this column',
  ),
  rule({ kinds: ['column'], differences: ['extra'] }, 'warn', 'no load fills it, and history does not keep it'),
  rule(
    { kinds: ['column'], differences: ['type', 'generated', 'identity'] },
    'fail',
    'loads are refused or change what they write',
  ),
  rule(
    { kinds: ['column'], differences: ['not null'], when: ({ actual }) => actual?.attributes['not null'] !== 'no' },
    'fail',
    'rows without a value are refused',
  ),
  rule(
    { kinds: ['column'], differences: ['not null'] },
    'warn',
    'rows without a value get in, and readers do not expect them',
  ),
  rule({ kinds: ['column'], differences: ['default'], when: isRequired }, 'fail', 'rows that leave it out are refused'),
  rule(
    { kinds: ['column'], differences: ['default', 'collation'] },
    'warn',
    'new rows or their order come out otherwise',
  ),
  rule({ kinds: ['column'] }, 'info', 'it is stored or estimated otherwise; values are the same'),

  rule(
    { kinds: ['constraint'], differences: ['missing'], when: isKey },
    'fail',
    'duplicates get in, and merges and references that rely on the key fail',
  ),
  rule({ kinds: ['constraint'], differences: ['missing'] }, 'warn', 'rows that break the rule get in'),
  rule({ kinds: ['constraint'], differences: ['extra'] }, 'warn', 'rows that the loader writes may be refused'),
  rule(
    { kinds: ['constraint'], differences: ['definition', 'inherited'] },
    'fail',
    'good rows are refused or bad rows get in',
  ),
  rule(
    { kinds: ['constraint'], differences: ['enforced', 'index valid'] },
    'fail',
    'rows that break the rule get in while it seems to hold',
  ),
  rule({ kinds: ['constraint'], differences: ['validated'] }, 'warn', 'rows that were there before may break the rule'),
  rule(
    { kinds: ['constraint'], differences: ['index', 'replica identity'] },
    'warn',
    'the index behind it works otherwise',
  ),
  rule({ kinds: ['constraint'] }, 'info', 'it is stored otherwise'),

  rule(
    { kinds: ['index'], differences: ['missing', 'definition', 'valid'], when: isUnique },
    'fail',
    'duplicates get in, or merges that rely on it fail',
  ),
  rule({ kinds: ['index'], differences: ['missing', 'definition', 'valid'] }, 'warn', 'reads that need it are slow'),
  rule(
    { kinds: ['index'], differences: ['extra'], when: isUnique },
    'warn',
    'rows that the loader writes may be refused',
  ),
  rule({ kinds: ['index'], differences: ['replica identity'] }, 'warn', 'subscribers of changes get other keys'),
  rule({ kinds: ['index'] }, 'info', 'writes cost more, or it is stored otherwise'),

  rule({ kinds: ['sequence'], differences: ['missing'] }, 'fail', 'inserts that take numbers from it fail'),
  rule({ kinds: ['sequence'], differences: ['extra'] }, 'info', 'nothing here uses it'),
  rule({ kinds: ['sequence'] }, 'warn', 'numbers come in another order or run out'),

  rule({ kinds: ['view', 'materialized view'], differences: ['missing'] }, 'fail', 'readers that name it fail'),
  rule(
    { kinds: ['view', 'materialized view'], differences: ['extra'], when: isOpenView },
    'fail',
    'requests see through it rows that policies would hide',
  ),
  rule(
    { kinds: ['view', 'materialized view'], differences: ['extra'] },
    'warn',
    'nobody here keeps it right when tables change',
  ),
  rule(
    { kinds: ['view', 'materialized view'], differences: ['options'] },
    'fail',
    'it reads with other rights: policies may not apply',
  ),
  rule({ kinds: ['view', 'materialized view'], differences: ['tablespace'] }, 'info', 'it is stored elsewhere'),
  rule({ kinds: ['view', 'materialized view'] }, 'fail', 'readers get other rows or columns'),

  rule({ kinds: ['function', 'aggregate'], differences: ['missing'] }, 'fail', 'what calls it fails'),
  rule(
    { kinds: ['function', 'aggregate'], differences: ['extra'], when: isUnsafeDefiner },
    'fail',
    "it runs with its owner's rights and finds names by the caller's search path, so a caller can make it run other code",
  ),
  rule(
    { kinds: ['function', 'aggregate'], differences: ['extra'], when: isDefiner },
    'fail',
    "whoever may execute it acts with its owner's rights",
  ),
  rule(
    { kinds: ['function', 'aggregate'], differences: ['extra'] },
    'warn',
    'requests may be able to call it, and nobody here knows what it does',
  ),
  rule(
    { kinds: ['function'], differences: ['cost', 'rows', 'support', 'parallel'] },
    'info',
    'plans come out otherwise; results are the same',
  ),
  rule(
    { kinds: ['function'], differences: ['settings', 'security'], when: isUnsafeDefiner },
    'fail',
    "it runs with its owner's rights and finds names by the caller's search path, so a caller can make it run other code",
  ),
  rule({ kinds: ['function', 'aggregate'] }, 'fail', 'it does something else than what was reviewed and tested'),

  rule(
    { kinds: ['trigger'], differences: ['missing', 'enabled'] },
    'fail',
    'what it does for every row is not done: edits go without history',
  ),
  rule(
    { kinds: ['trigger', 'rule'], differences: ['extra'] },
    'fail',
    'rows may be changed or refused after the loader sent them',
  ),
  rule({ kinds: ['trigger', 'rule'] }, 'fail', 'rows are changed otherwise than what was reviewed and tested'),
  rule({ kinds: ['event trigger'] }, 'warn', 'it runs with every change of the schema, migrations included'),

  rule(
    { kinds: ['policy'], differences: ['missing'] },
    'fail',
    'rows are hidden from requests that may see them, or, if it was restrictive, shown',
  ),
  rule(
    { kinds: ['policy'], differences: ['extra'] },
    'fail',
    'requests may see or write rows that the access matrix does not allow',
  ),
  rule({ kinds: ['policy'] }, 'fail', 'requests see or write other rows than the access matrix says'),

  rule(
    { kinds: ['statistics'], differences: ['extra', 'target'] },
    'info',
    'plans come out otherwise; results are the same',
  ),
  rule({ kinds: ['statistics'] }, 'warn', 'plans of reads come out worse'),
  rule({ kinds: ['publication'], when: publishesOurs }, 'warn', 'rows leave the database, or no longer do'),
  rule({ kinds: ['publication'] }, 'info', 'it publishes nothing of ours'),
  rule({ kinds: ['extension'], differences: ['extra'] }, 'info', 'nothing here needs it'),
  rule(
    { kinds: ['extension'], differences: ['version'] },
    'warn',
    'its functions may behave otherwise than those that were tested',
  ),
  rule({ kinds: ['extension'] }, 'fail', 'its functions and types are missing, elsewhere, or not only its own'),
  rule({ kinds: ['enum', 'domain', 'composite type'], differences: ['extra'] }, 'info', 'nothing here uses it'),
  rule({ kinds: ['enum', 'domain', 'composite type'] }, 'fail', 'values are refused, or get in and are not expected'),
];

/** Always answers: what no rule knows is a failure. */
export function judge(difference: Difference, comparison: Comparison): Judgement {
  const fits = ({ kinds, differences, when }: Rule): boolean =>
    (kinds?.includes(difference.kind) ?? true) &&
    (differences?.includes(difference.difference) ?? true) &&
    (when?.(difference, comparison) ?? true);
  const { severity, consequence } = RULES.find(fits) ?? {
    severity: 'fail' as const,
    consequence: 'nobody has said yet what goes wrong because of it',
  };
  return { severity, consequence };
}

function rule(what: Pick<Rule, 'kinds' | 'differences' | 'when'>, severity: Severity, consequence: string): Rule {
  return { ...what, severity, consequence };
}
