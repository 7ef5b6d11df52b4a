/** Turning feature flags on and off: all that were named, or none; who and why is recorded by the database. */
import { closest } from 'fastest-levenshtein';
import type { Database } from '../core/effects.ts';
import { Fault } from '../core/errors.ts';
import { FLAGS } from '../core/flags.ts';
import { type FlagState, readFlagStates, registerFlags } from '../serve/flag-states.ts';

export interface FlagChange {
  readonly keys: readonly string[];
  readonly enabled: boolean;
  readonly by: string;
  readonly why?: string;
}

export interface ChangedFlag extends FlagState {
  /** False: it was so already. */
  readonly changed: boolean;
}

export async function listFlags(db: Database): Promise<FlagState[]> {
  await registerFlags(db);
  return readFlagStates(db);
}

// grain: the flag, where it is not so already. writes: feature_flags. params: $1 key, $2 enabled.
const CHANGE = `update public.feature_flags set enabled = $2 where key = $1 and enabled <> $2 returning key`;

/** @throws Fault `FLAG_UNKNOWN`, `FLAG_REFUSED`; nothing is changed then */
export async function changeFlags(db: Database, { keys, enabled, by, why = '' }: FlagChange): Promise<ChangedFlag[]> {
  await registerFlags(db);
  return db.transaction(async (tx) => {
    await tx.query(`select set_config('penstock.actor', $1, true), set_config('penstock.reason', $2, true)`, [by, why]);
    const known = await tx.query<{ key: string }>('select key from public.feature_flags order by key');
    const unknown = keys.filter((key) => !known.some((flag) => flag.key === key));
    if (unknown.length > 0)
      throw flagUnknown(
        unknown,
        known.map(({ key }) => key),
      );
    const changed = new Set<string>();
    const refusals: string[] = [];
    // Everybody takes the rows in the same order.
    for (const key of [...new Set(keys)].sort()) {
      try {
        const rows = await tx.transaction((inner) => inner.query(CHANGE, [key, enabled]));
        if (rows.length > 0) changed.add(key);
      } catch (error) {
        refusals.push(refusalOf(error));
      }
    }
    if (refusals.length > 0) throw flagRefused(refusals, keys, by);
    const states = await readFlagStates(tx);
    return states
      .filter(({ key }) => keys.includes(key))
      .map((state) => ({ ...state, changed: changed.has(state.key) }));
  });
}

/** What the database said, where it refused and did not fail. */
function refusalOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'PT409') return error.message;
  throw error;
}

function flagUnknown(unknown: readonly string[], known: readonly string[]): Fault {
  const said = unknown.map((key) => {
    // The last word alone is what people type.
    const near = known.find((each) => each.endsWith(`.${key}`)) ?? closest(key, known);
    return `there is no flag ${JSON.stringify(key.slice(0, 80))}; did you mean ${near}?`;
  });
  return new Fault({
    code: 'FLAG_UNKNOWN',
    kind: 'usage',
    what: said.join(' '),
    consequence: 'nothing was changed',
    next: 'penstock flags list',
  });
}

function flagRefused(refusals: readonly string[], keys: readonly string[], by: string): Fault {
  const capabilities = FLAGS.filter(({ key }) => keys.includes(key)).map(({ key }) => key);
  const only = capabilities.length === 0 ? '' : ` --only ${capabilities.join(' ')}`;
  return new Fault({
    code: 'FLAG_REFUSED',
    kind: 'usage',
    what: refusals.join('; '),
    consequence: 'no flag was changed',
    next: `npm run pipeline -- verify${only}, and when it has passed: npm run pipeline -- flags enable ${keys.join(' ')} --by ${JSON.stringify(by)}`,
  });
}
