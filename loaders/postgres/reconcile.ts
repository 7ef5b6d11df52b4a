/**
 * The check `reconciles` in PostgreSQL: compares a column with the same quantity in another table, many intervals in one statement.
 * The statements only read; the results go to `etl.check_result`, where a result counts for the load that it looked at.
 */
import { escapeIdentifier as id, escapeLiteral as literal } from 'pg';
import type { Check } from '../../core/check.ts';
import { keyColumns, type Table, timeColumn } from '../../core/contract.ts';
import type { Database } from '../../core/effects.ts';
import { fromPg, toPg } from './instant.ts';

export type ReconcilesCheck = Extract<Check, { kind: 'reconciles' }>;

/** A loaded interval whose rows are to be compared. */
export interface Loaded {
  readonly start: number;
  readonly end: number;
  readonly loadId: string;
}

export interface Reconciled extends Loaded {
  /** Rows that both tables have with a value; 0 means that nothing was checked. */
  readonly compared: number;
  readonly failingRows: number;
  readonly samples: readonly { readonly key: string; readonly value: string; readonly expectation: string }[];
  /** PostgreSQL SQL that returns the failing rows of this interval. */
  readonly sql: string;
}

/**
 * Own rows that belong to an interval. `time`: those whose instant lies in it. `all`: one file holds everything. `load`: a snapshot
 * holds what it brought.
 */
export type Scope = 'time' | 'all' | 'load';

export interface ReconcileSql {
  /** Answers with `n, compared, failing`. Parameters: of `time` $1 start, $2 end, $3 starts of the intervals between; of `load` $1 load_id. */
  readonly counts: string;
  /** Answers with `n, key, value, expectation`, at most `limit` rows of each n. The same parameters. */
  readonly samples: (limit: number) => string;
  /** All failing rows of one interval, without parameters. */
  readonly shown: (loaded: Loaded) => string;
}

export function reconcileSql(table: Table, check: ReconcilesCheck, scope: Scope): ReconcileSql {
  const [column = ''] = check.columns;
  const own = `o.${id(column)}`;
  const other = `x.${id(check.other)}`;
  const order = keyColumns(table).map((name) => `o.${id(name)}`);
  const time = timeColumn(table);
  const texts = keyColumns(table).map((name) =>
    table.columns[name]?.pg === 'timestamptz'
      ? `to_char(o.${id(name)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`
      : `o.${id(name)}::text`,
  );
  const within = check.tolerance > 0 ? ` within ${check.tolerance}` : '';
  const expectation = `concat(${literal(`${check.other} of ${check.with}${within}, which is `)}, ${other})`;
  // Numbers that are equal are most of them, and cheap; as numeric, 0.3 - 0.2 is 0.1.
  const differs = `case when ${own} = ${other} then false else abs(${own}::numeric - ${other}::numeric) > ${check.tolerance} end`;
  const between = (from: string, to: string): string[] => {
    if (time === null) return [];
    const mapped = check.on[time];
    // The other table is bounded as well, so that neither is read beyond the interval.
    return [`o.${id(time)}`, ...(mapped === undefined ? [] : [`x.${id(mapped)}`])].map(
      (name) => `${name} >= ${from}::timestamptz and ${name} < ${to}::timestamptz`,
    );
  };
  const from = (bounds: readonly string[]): string =>
    `from ${tableName(table.name)} o join ${tableName(check.with)} x on ${Object.entries(check.on)
      .map(([mine, theirs]) => `o.${id(mine)} = x.${id(theirs)}`)
      .join(' and ')}
where ${[
      ...bounds,
      ...filters('o', check.where),
      ...filters('x', check.otherWhere),
      `${own} is not null`,
      `${other} is not null`,
    ].join('\n  and ')}`;
  const bounds = { time: between('$1', '$2'), all: [], load: ['o.load_id = $1::bigint'] }[scope];
  const n = scope === 'time' ? `width_bucket(o.${id(time ?? '')}, $3::timestamptz[])` : '1';
  return {
    counts: `select n, count(*)::int as compared, (count(*) filter (where differs))::int as failing
from (select ${n} as n, ${differs} as differs ${from(bounds)}) compared group by n order by n`,
    samples: (limit) => `select n, key, value, expectation
from (select ${n} as n, concat_ws(', ', ${texts.join(', ')}) as key, ${own}::text as value, ${expectation} as expectation,
  row_number() over (partition by ${n} order by ${order.join(', ')}) as place
${from([...bounds, differs])}) failing where place <= ${limit} order by n, place`,
    shown: ({ start, end, loadId }) =>
      `select concat_ws(', ', ${texts.join(', ')}) as key, ${own}::text as value, ${expectation} as expectation
${from([...{ time: between(literal(toPg(start)), literal(toPg(end))), all: [], load: [`o.load_id = ${literal(loadId)}`] }[scope], differs])}
order by ${order.join(', ')}`,
  };
}

export interface Reconcilable {
  readonly dataset: string;
  readonly table: Table;
  readonly check: ReconcilesCheck;
  /** As in reports. */
  readonly name: string;
  readonly scope: Scope;
}

/**
 * Loaded intervals whose comparison is not up to date: never made for their load, or the other table has been loaded since. That holds
 * whatever became of the run that should have made it.
 */
export async function toReconcile(db: Database, job: Reconcilable, runId: string): Promise<Loaded[]> {
  const rows = await db.query<{ start: string; end: string; loadId: string }>(
    `select i.interval_start::text as start, i.interval_end::text as "end", i.load_id::text as "loadId"
     from etl.interval i left join lateral (
       select checked_at from etl.check_result c
       where c.dataset = i.dataset and c.interval_start = i.interval_start and c.load_id = i.load_id and c.check_name = $2 limit 1
     ) c on true
     where i.dataset = $1 and i.load_id is not null and (c.checked_at is null or $5 and exists (
       select from etl.load l where l.table_name = $3 and (l.run_id = $4 or l.known_at > c.checked_at)
         and l.interval_start < i.interval_end and l.interval_end > i.interval_start))
     order by i.interval_start`,
    [job.dataset, job.name, job.check.with, runId, job.scope !== 'load'],
  );
  return rows.map(({ start, end, loadId }) => ({ start: fromPg(start), end: fromPg(end), loadId }));
}

/** Compares the intervals and replaces their results of this check. */
export async function reconcile(
  db: Database,
  job: Reconcilable,
  loaded: readonly Loaded[],
  options: { readonly runId: string; readonly sampleLimit: number },
): Promise<Reconciled[]> {
  const sql = reconcileSql(job.table, job.check, job.scope);
  const results: Reconciled[] = [];
  for (const group of job.scope === 'time' ? neighbours(loaded) : loaded.map((one) => [one])) {
    // Taken before the tables are read: what is loaded meanwhile makes the result old.
    const [clock] = await db.query<{ now: string }>('select clock_timestamp()::text as now');
    const reconciled = await compare(db, sql, job.scope, group, options.sampleLimit);
    await record(db, job, reconciled, options.runId, clock?.now ?? '');
    results.push(...reconciled);
  }
  return results;
}

/** Most intervals of one statement. */
const GROUP = 200;

/** Runs of intervals that follow each other without a hole, so that one pair of bounds holds for all of them. */
function neighbours(loaded: readonly Loaded[]): Loaded[][] {
  const groups: Loaded[][] = [];
  for (const one of loaded) {
    const group = groups.at(-1);
    if (group !== undefined && group.length < GROUP && group.at(-1)?.end === one.start) group.push(one);
    else groups.push([one]);
  }
  return groups;
}

async function compare(
  db: Database,
  sql: ReconcileSql,
  scope: Scope,
  group: readonly Loaded[],
  sampleLimit: number,
): Promise<Reconciled[]> {
  const [first] = group;
  const last = group.at(-1);
  if (first === undefined || last === undefined) return [];
  const params = {
    time: [toPg(first.start), toPg(last.end), group.map(({ start }) => toPg(start))],
    all: [],
    load: [first.loadId],
  }[scope];
  const counted = await db.query<{ n: number; compared: number; failing: number }>(sql.counts, params);
  const counts = new Map(counted.map((row) => [row.n, row]));
  const samples = counted.some(({ failing }) => failing > 0)
    ? await db.query<{ n: number; key: string; value: string; expectation: string }>(sql.samples(sampleLimit), params)
    : [];
  return group.map((loaded, i) => ({
    ...loaded,
    compared: counts.get(i + 1)?.compared ?? 0,
    failingRows: counts.get(i + 1)?.failing ?? 0,
    samples: samples.filter(({ n }) => n === i + 1).map(({ key, value, expectation }) => ({ key, value, expectation })),
    sql: sql.shown(loaded),
  }));
}

async function record(
  db: Database,
  { dataset, name, check }: Reconcilable,
  results: readonly Reconciled[],
  runId: string,
  checkedAt: string,
): Promise<void> {
  const rows = results.map(({ start, end, loadId, compared, failingRows, samples, sql }) => ({
    start: toPg(start),
    end: toPg(end),
    load_id: loadId,
    result: compared === 0 ? 'not checked' : failingRows > 0 ? 'found' : 'passed',
    failing_rows: failingRows,
    samples,
    sql,
  }));
  await db.transaction(async (tx) => {
    await tx.query(
      `delete from etl.check_result where dataset = $1 and check_name = $2 and load_id = any ($3::bigint[])`,
      [dataset, name, results.map(({ loadId }) => loadId)],
    );
    await tx.query(
      `insert into etl.check_result (run_id, dataset, interval_start, interval_end, load_id, check_name, severity, result, failing_rows, samples, sql, checked_at)
       select $1, $2, r.start, r."end", r.load_id, $3, $4, r.result, r.failing_rows, r.samples, r.sql, $6
       from jsonb_to_recordset($5::jsonb) as r(start timestamptz, "end" timestamptz, load_id bigint, result text, failing_rows bigint, samples jsonb, sql text)`,
      [runId, dataset, name, check.severity, JSON.stringify(rows), checkedAt],
    );
  });
}

function filters(alias: string, where: Readonly<Record<string, string>> | undefined): string[] {
  return Object.entries(where ?? {}).map(([column, value]) => `${alias}.${id(column)} = ${literal(value)}`);
}

function tableName(name: string): string {
  return name.split('.').map(id).join('.');
}
