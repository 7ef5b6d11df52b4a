/**
 * Runs checks that look at tables: each judges the rows of many intervals in one statement.
 * The statements only read; the results go to `etl.check_result`, where a result counts for the load that it looked at.
 */
import { escapeIdentifier as id, escapeLiteral as literal } from 'pg';
import type { Database } from '../../core/effects.ts';
import { fromPg, toPg } from './instant.ts';

/** A loaded interval whose rows are to be compared. */
export interface Loaded {
  readonly start: number;
  readonly end: number;
  readonly loadId: string;
}

export interface JudgedInterval extends Loaded {
  /** Rows that both tables have with a value; 0 means that nothing was checked. */
  readonly compared: number;
  readonly failingRows: number;
  readonly samples: readonly { readonly key: string; readonly value: string; readonly expectation: string }[];
  /** PostgreSQL SQL that returns the failing rows of this interval. */
  readonly sql: string;
}

/** How a check's SELECT is made; `sql/checks/` makes it. */
export interface JudgingSql {
  /** Own rows that belong to an interval: those whose instant lies in it, all (one file holds everything), or those that its load brought. */
  readonly scope: 'time' | 'all' | 'load';
  /** `steps`: the SELECT goes through steps whose sizes PostgreSQL cannot guess; left alone it compares every row with every other. */
  readonly plan: 'free' | 'steps';
  /** One SELECT of `at timestamptz, key, value, expectation text, differs boolean`. */
  readonly rows: (bounds: {
    readonly from: string;
    readonly to: string;
    readonly loadId: string;
    readonly start: number;
    readonly end: number;
    readonly every?: true;
  }) => string;
}

export interface TableCheckJob {
  readonly dataset: string;
  readonly table: string;
  /** As in reports. */
  readonly name: string;
  readonly severity: string;
  /** Another table that is compared with; its loads make results old. */
  readonly with: string | null;
  /** What the check was told, on one line: results that were made with something else are old. */
  readonly parameters: string;
  readonly sql: JudgingSql;
}

/**
 * Loaded intervals that are to be judged: never judged for their load or with these parameters, or the table that they are compared with has been loaded since, or
 * history was too short and the table has got more. That holds whatever became of the run that should have done it.
 */
export async function toJudge(db: Database, job: TableCheckJob, runId: string): Promise<Loaded[]> {
  const rows = await db.query<{ start: string; end: string; loadId: string }>(
    `select i.interval_start::text as start, i.interval_end::text as "end", i.load_id::text as "loadId"
     from etl.interval i left join lateral (
       select checked_at, result, sql from etl.check_result c
       where c.dataset = i.dataset and c.interval_start = i.interval_start and c.load_id = i.load_id and c.check_name = $2 limit 1
     ) c on true
     where i.dataset = $1 and i.load_id is not null and (c.checked_at is null or not starts_with(c.sql, $7) or $5 and exists (
       select from etl.load l where l.table_name = $3 and (l.run_id = $4 or l.known_at > c.checked_at)
         and l.interval_start < i.interval_end and l.interval_end > i.interval_start)
       or $3 is null and c.result = 'not checked' and exists (
         select from etl.load l where l.table_name = $6 and l.known_at > c.checked_at))
     order by i.interval_start`,
    [job.dataset, job.name, job.with, runId, job.sql.scope !== 'load', job.table, headOf(job)],
  );
  return rows.map(({ start, end, loadId }) => ({ start: fromPg(start), end: fromPg(end), loadId }));
}

/** Datasets that have rows to judge: most of a new database have none. */
export async function loadedDatasets(db: Database): Promise<ReadonlySet<string>> {
  const rows = await db.query<{ dataset: string }>(
    'select distinct dataset from etl.interval where load_id is not null',
  );
  return new Set(rows.map(({ dataset }) => dataset));
}

/**
 * Removes what checks of these kinds found that the definition has no more, also under another threshold: no run would look at it again, and it
 * would stand in reports and count for the state of the dataset.
 */
export async function forgetOthers(
  db: Database,
  dataset: string,
  { kinds, names }: { readonly kinds: readonly string[]; readonly names: readonly string[] },
): Promise<void> {
  await db.query(
    `delete from etl.check_result c using etl.interval i
     where i.dataset = $1 and c.dataset = $1 and c.interval_start = i.interval_start and c.load_id = i.load_id
       and split_part(c.check_name, '(', 1) = any ($2::text[]) and c.check_name <> all ($3::text[])`,
    [dataset, kinds, names],
  );
}

/** Tells PostgreSQL how large the tables are that this run has loaded into. */
export async function analyzeLoaded(db: Database, runId: string): Promise<void> {
  const tables = await db.query<{ name: string }>(
    `select distinct l.table_name as name from etl.load l where l.run_id = $1 and l.rows_inserted + l.rows_revised > 100`,
    [runId],
  );
  for (const { name } of tables) await db.query(`analyze ${name.split('.').map(id).join('.')}`);
  if (tables.length > 0) await db.query('analyze etl.load, etl.interval, etl.check_result');
}

/** Compares the intervals and replaces their results of this check. */
export async function judge(
  db: Database,
  job: TableCheckJob,
  loaded: readonly Loaded[],
  options: { readonly runId: string; readonly sampleLimit: number },
): Promise<JudgedInterval[]> {
  const results: JudgedInterval[] = [];
  for (const group of job.sql.scope === 'time' ? neighbours(loaded) : loaded.map((one) => [one])) {
    // Taken before the tables are read: what is loaded meanwhile makes the result old.
    const [clock] = await db.query<{ now: string }>('select clock_timestamp()::text as now');
    const judgedGroup = await compare(db, job, group, options.sampleLimit);
    await record(db, job, judgedGroup, options.runId, clock?.now ?? '');
    results.push(...judgedGroup);
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
  job: TableCheckJob,
  group: readonly Loaded[],
  sampleLimit: number,
): Promise<JudgedInterval[]> {
  const { sql } = job;
  const [first] = group;
  const last = group.at(-1);
  if (first === undefined || last === undefined) return [];
  const params = {
    time: [toPg(first.start), toPg(last.end), group.map(({ start }) => toPg(start))],
    all: [],
    load: [first.loadId],
  }[sql.scope];
  const rows = sql.rows({ from: '$1', to: '$2', loadId: '$1', start: first.start, end: last.end });
  const n = sql.scope === 'time' ? 'width_bucket(at, $3::timestamptz[])' : '1';
  const { counted, samples } = await db.transaction(async (tx) => {
    for (const setting of PLANNING[sql.plan]) await tx.query(`set local ${setting}`);
    return judged(tx, rows, n, params, sampleLimit);
  });
  const counts = new Map(counted.map((row) => [row.n, row]));
  return group.map((loaded, i) => ({
    ...loaded,
    compared: counts.get(i + 1)?.compared ?? 0,
    failingRows: counts.get(i + 1)?.failing ?? 0,
    samples: samples
      .filter((row) => row.n === i + 1)
      .map(({ key, value, expectation }) => ({ key, value, expectation })),
    sql: shown(job, loaded),
  }));
}

/** A check that takes longer has met data that it was not made for: it is then told as not checked, and the run goes on. */
const LIMIT = `statement_timeout = '120s'`;
const PLANNING = {
  free: [LIMIT],
  steps: [LIMIT, 'enable_nestloop = off', 'jit = off', `work_mem = '64MB'`],
} as const satisfies Record<JudgingSql['plan'], readonly string[]>;

interface Judged {
  readonly counted: readonly { readonly n: number; readonly compared: number; readonly failing: number }[];
  readonly samples: readonly {
    readonly n: number;
    readonly key: string;
    readonly value: string;
    readonly expectation: string;
  }[];
}

async function judged(
  tx: Database,
  rows: string,
  n: string,
  params: readonly unknown[],
  sampleLimit: number,
): Promise<Judged> {
  const counted = await tx.query<Judged['counted'][number]>(
    `select n, count(*)::int as compared, (count(*) filter (where differs))::int as failing
from (select ${n} as n, differs from (
${rows}
) judged) counted group by n order by n`,
    params,
  );
  if (!counted.some(({ failing }) => failing > 0)) return { counted, samples: [] };
  const samples = await tx.query<Judged['samples'][number]>(
    `select n, key, value, expectation
from (select ${n} as n, key, value, expectation, row_number() over (partition by ${n} order by at, key) as place from (
${rows}
) judged where differs) failing where place <= ${sampleLimit} order by n, place`,
    params,
  );
  return { counted, samples };
}

/** First line of a result's SQL, by which results of other parameters are known. */
function headOf({ parameters }: TableCheckJob): string {
  return `-- ${parameters}\n`;
}

/** All failing rows of one interval, without parameters. */
function shown(job: TableCheckJob, { start, end, loadId }: Loaded): string {
  const bounds = { from: literal(toPg(start)), to: literal(toPg(end)), loadId: literal(loadId), start, end };
  return `${headOf(job)}select key, value, expectation from (
${job.sql.rows(bounds)}
) judged where differs order by at, key`;
}

async function record(
  db: Database,
  { dataset, name, severity }: TableCheckJob,
  results: readonly JudgedInterval[],
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
      [runId, dataset, name, severity, JSON.stringify(rows), checkedAt],
    );
  });
}

/** Lower and upper bound of each row that is tested between two instants, by a check that knows them. */
export async function readBand(
  db: Database,
  sql: JudgingSql,
  { start, end }: Pick<Loaded, 'start' | 'end'>,
): Promise<{ at: number; lower: number; upper: number }[]> {
  const rows = sql.rows({ from: '$1', to: '$2', loadId: 'null', start, end, every: true });
  const found = await db.transaction(async (tx) => {
    for (const setting of PLANNING[sql.plan]) await tx.query(`set local ${setting}`);
    return tx.query<{ at: string; lower: number; upper: number }>(
      `select at::text, lower, upper from (
${rows}
) judged order by at`,
      [toPg(start), toPg(end)],
    );
  });
  return found.map(({ at, lower, upper }) => ({ at: fromPg(at), lower, upper }));
}
