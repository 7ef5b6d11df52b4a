/** What differs between the catalog that the repository says and the live one, told three ways: edited, pending, drifted or unknown. */
import {
  type Catalog,
  type CatalogObject,
  type Finding,
  type ObjectKind,
  SEVERITIES,
  type Verdict,
} from '../../core/audit.ts';
import { partitionDifferences } from './partitions.ts';
import { followsRename, type Renamed, renames } from './renames.ts';
import { repairOf } from './repair.ts';
import { judge } from './severity.ts';
import { keyOf } from './snapshot.ts';

export interface PendingMigration {
  readonly file: string;
  /** What it makes, changes or removes. */
  readonly objects: readonly string[];
}

export interface Comparison {
  /** Migrations replayed as the database's ledger says that they were applied. */
  readonly expected: Catalog;
  /** The same with the pending ones on top. */
  readonly expectedAll: Catalog;
  readonly actual: Catalog;
  readonly pending?: readonly PendingMigration[];
  readonly edited?: readonly { readonly file: string; readonly difference: string }[];
  /** Versions in the ledger that the folder does not have. */
  readonly foreign?: readonly string[];
}

/** One thing that differs, before anybody judged it. */
export interface Difference {
  readonly verdict: Verdict;
  readonly kind: ObjectKind;
  readonly name: string;
  /** `missing`, `extra`, or an attribute. */
  readonly difference: string;
  readonly expected: CatalogObject | null;
  readonly actual: CatalogObject | null;
}

/** All findings, worst first, then by name. Pure. */
export function compare(comparison: Comparison): Finding[] {
  const differences = differencesOf(comparison);
  const renamed = renames(differences, comparison);
  const findings = [
    ...migrationFindings(comparison),
    ...differences.map((difference) => {
      const follows = followsRename(difference, differences, renamed);
      const other: Renamed | undefined =
        follows === null
          ? renamed.get(`${keyOf(difference)} ${difference.difference}`)
          : { hint: `it follows from the new name of ${follows}, and goes with it`, repair: null };
      const judged = judge(difference, comparison);
      return {
        verdict: difference.verdict,
        severity: judged.severity,
        kind: difference.kind,
        name: difference.name,
        difference: difference.difference,
        ...values(difference),
        consequence: judged.consequence,
        ...advice(difference, comparison, other),
        objects: [],
      };
    }),
  ];
  return findings.toSorted(
    (a, b) =>
      SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
      (a.name < b.name ? -1 : Number(a.name > b.name)) ||
      (a.difference < b.difference ? -1 : Number(a.difference > b.difference)),
  );
}

/**
 * Of a database that was never migrated: everything in it was there before, db migrate takes our names over (decision 15), and DDL that drops
 * what is there would get in its way.
 */
export function beforeMigrating(findings: readonly Finding[]): Finding[] {
  return findings.map((finding) => ({
    ...finding,
    repair: null,
    next: 'npm run pipeline -- db migrate sets aside what has one of our names and copies its rows; then audit again',
  }));
}

function values({ difference, expected, actual }: Difference): Pick<Finding, 'expected' | 'actual'> {
  if (difference === 'missing') return { expected: expected === null ? null : shortly(expected), actual: null };
  if (difference === 'extra') return { expected: null, actual: actual === null ? null : shortly(actual) };
  return { expected: expected?.attributes[difference] ?? null, actual: actual?.attributes[difference] ?? null };
}

/** What an object is, in a few words. */
function shortly({ kind, attributes }: CatalogObject): string {
  const { definition, type, values: labels, version, what } = attributes;
  const told = definition ?? type ?? labels ?? version ?? what ?? attributes['kind'] ?? attributes['command'];
  return told === undefined ? kind : told;
}

function advice(
  difference: Difference,
  comparison: Comparison,
  renamed: Renamed | undefined,
): Pick<Finding, 'repair' | 'next'> {
  if (renamed !== undefined) return { repair: renamed.repair, next: renamed.hint };
  const { verdict, kind } = difference;
  if (kind === 'unreadable') {
    return {
      repair: null,
      next: 'look at it by hand: if it belongs here the audit has to learn this kind, else drop it',
    };
  }
  if (verdict === 'pending') {
    return {
      repair: null,
      next: 'apply the pending migrations (npm run pipeline -- db migrate), then audit again: what still differs then was changed by hand',
    };
  }
  const repair = repairOf(difference, comparison);
  if (kind === 'opening') {
    return { repair, next: 'find out who opened it; the repair closes it, and what needs it finds another way' };
  }
  if (repair?.startsWith('-- ') === true) {
    return {
      repair,
      next:
        verdict === 'unknown'
          ? 'find out whose it is; write it as a migration if it belongs here, else run the repair, which is commented out, once its contents are not needed'
          : 'look at the values first: the repair is commented out, since some may be lost; or write the change as a new migration, then audit again',
    };
  }
  if (verdict === 'unknown') {
    return {
      repair,
      next:
        repair === null
          ? 'find out whose it is; write it as a migration if it belongs here, else drop it once its contents are not needed'
          : 'find out whose it is; write it as a migration if it belongs here, else the repair drops it',
    };
  }
  return {
    repair,
    next:
      repair === null
        ? 'put it back by hand as it is expected, or write the change as a new migration, then audit again'
        : 'run the repair if the change was a mistake, or write the change as a new migration; then audit again',
  };
}

function differencesOf(comparison: Comparison): Difference[] {
  const { expected, actual } = comparison;
  const gone = [...expected.objects.values()].flatMap((object) => missing(object, comparison));
  const there = [...actual.objects.values()].flatMap((object) => {
    const before = expected.objects.get(keyOf(object));
    return before === undefined ? extra(object, comparison) : changed(before, object, comparison);
  });
  return [...gone, ...there];
}

function missing(object: CatalogObject, comparison: Comparison): Difference[] {
  const { expected, actual } = comparison;
  if (actual.objects.has(keyOf(object)) || object.kind === 'unreadable') return [];
  const { parent } = object;
  // With its parent it is one finding.
  if (parent !== null && expected.objects.has(parent) && !actual.objects.has(parent)) return [];
  if (explained(object, comparison)) return [];
  return [{ verdict: 'drifted', ...named(object), difference: 'missing', expected: object, actual: null }];
}

function extra(object: CatalogObject, comparison: Comparison): Difference[] {
  const { expected, expectedAll, actual } = comparison;
  const { parent, kind } = object;
  if (kind === 'unreadable')
    return [{ verdict: 'unknown', ...named(object), difference: 'extra', expected: null, actual: object }];
  const known = (key: string): boolean => expected.objects.has(key) || expectedAll.objects.has(key);
  if (parent !== null && actual.objects.has(parent) && !known(parent)) return [];
  if (explained(object, comparison)) return [];
  const planned = expectedAll.objects.get(keyOf(object));
  if (planned !== undefined) {
    const attributes = attributeDifferences(planned, object, comparison).map((difference) => ({
      ...difference,
      verdict: 'pending' as const,
    }));
    if (attributes.length > 0) return attributes;
    // A table that was made by hand before its migration is one finding, not one for each of its columns.
    const parentPlanned = parent !== null && !expected.objects.has(parent) && expectedAll.objects.has(parent);
    return parentPlanned
      ? []
      : [{ verdict: 'pending', ...named(object), difference: 'extra', expected: planned, actual: object }];
  }
  const partition = partitionDifferences(object, comparison);
  return partition ?? [{ verdict: 'unknown', ...named(object), difference: 'extra', expected: null, actual: object }];
}

function changed(before: CatalogObject, object: CatalogObject, comparison: Comparison): Difference[] {
  if (object.kind === 'unreadable')
    return [{ verdict: 'unknown', ...named(object), difference: 'extra', expected: null, actual: object }];
  const planned = comparison.expectedAll.objects.get(keyOf(object));
  return attributeDifferences(before, object, comparison).map((difference) => {
    const attribute = difference.difference;
    // Somebody did by hand what a pending migration is going to do.
    const ahead = planned !== undefined && planned.attributes[attribute] === object.attributes[attribute];
    return ahead ? { ...difference, verdict: 'pending' as const, expected: planned } : difference;
  });
}

function attributeDifferences(before: CatalogObject, object: CatalogObject, comparison: Comparison): Difference[] {
  const attributes = new Set([...Object.keys(before.attributes), ...Object.keys(object.attributes)]);
  return [...attributes]
    .filter((attribute) => before.attributes[attribute] !== object.attributes[attribute])
    .filter((attribute) => !(attribute === 'definition' && before.reprinted === object.attributes[attribute]))
    .filter((attribute) => !(attribute === 'owner' && ownerExplained(object, comparison)))
    .map((attribute) => ({
      verdict: 'drifted' as const,
      ...named(object),
      difference: attribute,
      expected: before,
      actual: object,
    }));
}

/** The columns of a view follow from its definition, the sequence of an identity from the column. */
function explained(object: CatalogObject, { expected, actual }: Comparison): boolean {
  if (object.parent === null) return false;
  const before = expected.objects.get(object.parent);
  const now = actual.objects.get(object.parent);
  if (before === undefined || now === undefined) return false;
  if (object.kind === 'column' && /^(materialized )?view /.test(object.parent))
    return before.attributes['definition'] !== now.attributes['definition'];
  if (object.kind === 'sequence' && object.parent.startsWith('column '))
    return before.attributes['identity'] !== now.attributes['identity'];
  return false;
}

/** The sequence of a column has the owner of its table. */
function ownerExplained(object: CatalogObject, { expected, actual }: Comparison): boolean {
  const { 'owned by': column, owner } = object.attributes;
  if (object.kind !== 'sequence' || column === undefined) return false;
  const table = actual.objects.get(`column ${column}`)?.parent ?? '';
  const now = actual.objects.get(table)?.attributes['owner'];
  return now === owner && now !== expected.objects.get(table)?.attributes['owner'];
}

function migrationFindings({ pending = [], edited = [], foreign = [] }: Comparison): Finding[] {
  return [
    ...edited.map(({ file, difference }): Finding => ({
      ...migration(file, 'edited'),
      severity: 'fail',
      difference: 'edited after it was applied',
      expected: null,
      actual: difference,
      consequence: 'db migrate refuses to run, and an empty database would be made differently from this one',
      next: 'put the file back as it was, and write the change as a new migration',
    })),
    ...pending.map(({ file, objects }): Finding => {
      const needed = objects.some((line) => /^(makes|changes) (table|column|function|view)\b/.test(line));
      return {
        ...migration(file, 'pending'),
        severity: needed ? 'fail' : 'warn',
        difference: 'missing',
        expected: 'applied',
        actual: null,
        consequence: needed
          ? 'loads and readers that need what it makes fail'
          : 'the database is not what this version of the repository expects',
        next: 'npm run pipeline -- db migrate',
        objects,
      };
    }),
    ...foreign.map((version): Finding => ({
      ...migration(version, 'unknown'),
      severity: 'warn',
      difference: 'extra',
      expected: null,
      actual: 'applied',
      consequence:
        'what it made is not known here, and supabase db push refuses to run while the folder lacks its file',
      next: `put its file into the folder, or if it is of an earlier project: delete from supabase_migrations.schema_migrations where version = '${version}' (on Supabase: supabase migration repair --status reverted ${version})`,
    })),
  ];
}

function migration(name: string, verdict: Verdict): Pick<Finding, 'verdict' | 'kind' | 'name' | 'repair' | 'objects'> {
  return { verdict, kind: 'migration', name, repair: null, objects: [] };
}

function named({ kind, name }: CatalogObject): { readonly kind: ObjectKind; readonly name: string } {
  return { kind, name };
}
