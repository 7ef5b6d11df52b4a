/**
 * Failing rows become incidents: rows of one check and interval that lie together. The same fault of the next run is the same
 * incident, whatever the order in which rows and intervals come.
 *
 * Where all failing rows are known (at most SAMPLE_LIMIT), those whose key differs in time alone are one series, and those without a time are
 * one, too; a gap of more than a day begins a new incident. Where they are not, or where that gives more than {@link INCIDENTS_MAX}, the interval as a whole is one.
 * The fingerprint is made of the dataset, the check without its thresholds, and the subject: `<interval>: <first key>` or `<interval>`.
 */
import { createHash } from 'node:crypto';
import type { FindingSeverity } from '../reports/model.ts';
import { clip, counted, instant, visible } from '../reports/words.ts';

/** One check of one interval. */
export interface CheckedRows {
  readonly name: string;
  readonly sentence: string;
  readonly severity: FindingSeverity;
  readonly failingRows: number;
  /** The first failing rows; all of them where there are no more. */
  readonly samples: readonly {
    /** null where the row's key cannot be read. */
    readonly key: string | null;
    readonly value: string | null;
    readonly expectation: string;
  }[];
}

export interface Incident {
  readonly fingerprint: string;
  readonly checkName: string;
  readonly severity: FindingSeverity;
  readonly subject: string;
  readonly sentence: string;
  readonly intervalStart: number;
  readonly firstKey: string | null;
  readonly lastKey: string | null;
  readonly rows: number;
  /** Stands for every failing row of its check and interval. */
  readonly whole: boolean;
}

/** Most incidents of one check and interval. */
export const INCIDENTS_MAX = 10;
const GAP_MS = 86_400_000;

/** 16 hex digits. Two datasets, checks or subjects never write the same text before it is hashed. */
export function fingerprintOf(dataset: string, check: string, subject: string): string {
  return createHash('sha256')
    .update(JSON.stringify([dataset, check, subject]))
    .digest('hex')
    .slice(0, 16);
}

/**
 * What stays of a check's name when its thresholds change: `range(mw, 0, 500)` → `range(mw)`. Two checks of a definition that differ in
 * nothing else keep their full names.
 * @param names of the definition's checks
 */
export function stableNames(names: Iterable<string>): (name: string) => string {
  const sharing = new Map<string, Set<string>>();
  for (const name of names) {
    const bare = withoutNumbers(name);
    sharing.set(bare, (sharing.get(bare) ?? new Set()).add(name));
  }
  return (name) => {
    const bare = withoutNumbers(name);
    return (sharing.get(bare)?.size ?? 0) > 1 ? name : bare;
  };
}

function withoutNumbers(name: string): string {
  const [, kind, words] = /^(\w+)\((.*)\)$/s.exec(name) ?? [];
  if (kind === undefined || words === undefined) return name;
  const kept = words.split(', ').filter((word) => !/^-?(\d+(\.\d+)?(e[+-]?\d+)?|Infinity)$/i.test(word));
  return `${kind}(${kept.join(', ')})`;
}

export interface IncidentScope {
  readonly dataset: string;
  /** The interval's name within subjects. */
  readonly place: string;
  readonly intervalStart: number;
  readonly stable: (name: string) => string;
}

/** Incidents of one check in one interval; none where it holds. */
export function incidentsOf(scope: IncidentScope, check: CheckedRows): Incident[] {
  if (check.failingRows <= 0) return [];
  const rows = check.samples.map(keyed);
  const known = rows.length >= check.failingRows && rows.every(({ key }) => key !== '');
  const groups = known ? together(rows) : [];
  if (groups.length === 0 || groups.length > INCIDENTS_MAX) return [incident(scope, check, rows, known)];
  return groups.map((group) => incident(scope, { ...check, failingRows: group.length }, group, true, group[0]?.key));
}

/** An interval that could not be loaded. */
export function failureIncident(scope: IncidentScope, code: string, what: string): Incident {
  const check = { name: code, sentence: what, severity: 'failure', failingRows: 0, samples: [] } as const;
  return { ...incident(scope, check, [], true), sentence: visible(what) };
}

interface KeyedRow {
  readonly key: string;
  /** −∞ where the key holds no time. */
  readonly at: number;
  /** The key without its time: the series. Keys that hold no time are one: a reader decides about lines of a file together. */
  readonly series: string;
  readonly value: string | null;
  readonly expectation: string;
}

/** A whole part of a key that is an instant or a day. */
const TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?Z)?$/;

/** Text of a publisher may hold what PostgreSQL cannot store and a terminal would obey. */
function keyed({ key: written, value, expectation }: CheckedRows['samples'][number]): KeyedRow {
  const key = visible(written ?? '');
  const parts = key.split(', ');
  const place = parts.findIndex((part) => TIME.test(part));
  return {
    key,
    at: place < 0 ? -Infinity : Date.parse(parts[place] ?? ''),
    series: place < 0 ? '' : parts.filter((_, i) => i !== place).join(', '),
    value,
    expectation,
  };
}

function together(rows: readonly KeyedRow[]): KeyedRow[][] {
  const groups: KeyedRow[][] = [];
  for (const row of rows.toSorted(bySeries)) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    const near = last !== undefined && last.series === row.series && !(row.at - last.at > GAP_MS);
    if (near) group?.push(row);
    else groups.push([row]);
  }
  return groups;
}

function bySeries(a: KeyedRow, b: KeyedRow): number {
  return compare(a.series, b.series) || byTime(a, b);
}

function byTime(a: KeyedRow, b: KeyedRow): number {
  return a.at - b.at || compare(a.key, b.key) || compare(a.value ?? '', b.value ?? '');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** @param first key that names it; absent where it is the interval as a whole */
function incident(
  scope: IncidentScope,
  check: CheckedRows,
  rows: readonly KeyedRow[],
  known: boolean,
  first?: string,
): Incident {
  const { dataset, place, intervalStart, stable } = scope;
  const ordered = rows.filter(({ key }) => key !== '').toSorted(byTime);
  const subject = first === undefined ? place : `${place}: ${first}`;
  return {
    fingerprint: fingerprintOf(dataset, stable(check.name), subject),
    checkName: check.name,
    severity: check.severity,
    subject,
    sentence: visible(sentenceOf(check, ordered, known)),
    intervalStart,
    firstKey: ordered[0]?.key ?? null,
    lastKey: known ? (ordered.at(-1)?.key ?? null) : null,
    rows: check.failingRows,
    whole: first === undefined,
  };
}

function sentenceOf(check: CheckedRows, rows: readonly KeyedRow[], known: boolean): string {
  const [first] = rows;
  const last = rows.at(-1);
  const where =
    first === undefined
      ? ''
      : !known
        ? `, the first at ${instant(first.key)}`
        : first.key === last?.key
          ? ` at ${instant(first.key)}`
          : ` from ${instant(first.key)} to ${instant(last?.key ?? '')}`;
  const rule = check.sentence.trim().replace(/\.$/, '');
  if (check.name.startsWith('complete(')) return `${counted(check.failingRows, 'row')} missing${where} (${rule})`;
  // What was refused says itself why.
  const expected = check.severity === 'reject' ? '' : ` (${clip(first?.expectation ?? '', 160)})`;
  const example = first === undefined || first.value === null ? '' : `: ${clip(first.value, 160)}${expected}`;
  return `"${clip(rule, 300)}" does not hold for ${counted(check.failingRows, 'row')}${where}${example}`;
}
