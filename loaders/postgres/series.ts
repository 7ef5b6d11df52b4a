/** A series of a loaded table as aggregates and as single values: reads at most {@link ROW_LIMIT} rows, whatever the table holds. */
import { escapeIdentifier as id } from 'pg';
import { keyColumns, type Table, timeColumn } from '../../core/contract.ts';
import type { Database } from '../../core/effects.ts';
import { fromPg, toPg } from './instant.ts';

/** What is drawn: one column of one series of a table. */
export interface Drawn {
  readonly table: Table;
  readonly column: string;
  /** Further key columns of a table that holds many series → the one that is drawn. */
  readonly where: Readonly<Record<string, string>>;
}

/** Half-open, milliseconds since the epoch or ±Infinity. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Bucket {
  readonly at: number;
  readonly min: number | null;
  readonly median: number | null;
  readonly max: number | null;
}

export interface Point {
  readonly at: number;
  readonly value: number | null;
}

/** Rows of the table that an overview reads, at most: the newest ones. */
const ROW_LIMIT = 1_000_000;
/** Rows that are read to find the largest of many series. */
const SAMPLE_ROWS = 20_000;
/** A picture is not worth a run that waits for it. */
const TIMEOUT_MS = 10_000;

/** Reads with a limit in time; the transaction only reads. */
export async function reading<T>(db: Database, work: (tx: Database) => Promise<T>): Promise<T> {
  return db.transaction(async (tx) => {
    await tx.query(`set local statement_timeout = ${TIMEOUT_MS}`);
    return work(tx);
  });
}

/** The part of the span that has rows, cut from below where it holds more than {@link ROW_LIMIT}; null where it has none. */
export async function filledSpan(db: Database, { table, where }: Drawn, { from, to }: Span): Promise<Span | null> {
  const time = timeOf(table);
  // Along the key, so that the first and the last rows are found without reading those between them.
  const own = leads(table) ? { sql: '', params: [] } : filter(where, 3);
  const rows = `from ${tableName(table)} where ${time} >= $1 and ${time} < $2${own.sql}`;
  const [row] = await db.query<{ first: string | null; last: string | null }>(
    `select coalesce((select ${time} ${rows} order by ${time} desc offset ${ROW_LIMIT} limit 1), (select min(${time}) ${rows}))::text as first,
       (select max(${time}) ${rows})::text as last`,
    [toPg(from), toPg(to), ...own.params],
  );
  if (row?.first == null || row.last === null) return null;
  return { from: fromPg(row.first), to: fromPg(row.last) + 1 };
}

/** The series with the most rows among the newest ones. */
export async function largestSeries(db: Database, table: Table, { from, to }: Span): Promise<Record<string, string>> {
  const names = keyColumns(table).filter((name) => name !== timeColumn(table));
  if (names.length === 0) return {};
  const time = timeOf(table);
  const list = names.map(id).join(', ');
  const texts = names.map((name) => `${id(name)}::text as ${id(name)}`).join(', ');
  const [row] = await db.query<Record<string, string>>(
    `select ${texts} from (select ${list} from ${tableName(table)} where ${time} >= $1 and ${time} < $2
       ${leads(table) ? `order by ${time} desc` : ''} limit ${SAMPLE_ROWS}) newest
     group by ${list} order by count(*) desc, ${list} limit 1`,
    [toPg(from), toPg(to)],
  );
  return row ?? {};
}

/** Rows of one series in a span that {@link filledSpan} has cut. */
export async function countRows(db: Database, { table, where }: Drawn, { from, to }: Span): Promise<number> {
  const time = timeOf(table);
  const own = filter(where, 3);
  const [row] = await db.query<{ n: number }>(
    `select count(*)::int as n from ${tableName(table)} where ${time} >= $1 and ${time} < $2${own.sql}`,
    [toPg(from), toPg(to), ...own.params],
  );
  return row?.n ?? 0;
}

/** Smallest, middle and largest value of each part of the span that is `width` milliseconds long; parts without a row say null. */
export async function buckets(db: Database, drawn: Drawn, { from, to }: Span, width: number): Promise<Bucket[]> {
  const time = timeOf(drawn.table);
  const value = `${id(drawn.column)}::float8`;
  const own = filter(drawn.where, 5);
  const rows = await db.query<{ n: number; min: number | null; median: number | null; max: number | null }>(
    `select floor((extract(epoch from ${time})::float8 * 1000 - $3::float8) / $4::float8)::int as n, min(${value}) as min,
       percentile_cont(0.5) within group (order by ${value}) as median, max(${value}) as max
     from ${tableName(drawn.table)} where ${time} >= $1 and ${time} < $2${own.sql} group by 1`,
    [toPg(from), toPg(to), from, width, ...own.params],
  );
  const found = new Map(rows.map((row) => [row.n, row]));
  return Array.from({ length: Math.ceil((to - from) / width) }, (_, n) => ({
    at: from + n * width,
    min: finite(found.get(n)?.min),
    median: finite(found.get(n)?.median),
    max: finite(found.get(n)?.max),
  }));
}

/** The values of the span in order, at most `limit`. */
export async function values(db: Database, drawn: Drawn, { from, to }: Span, limit: number): Promise<Point[]> {
  return points(db, drawn, `>= $1 and ${timeOf(drawn.table)} < $2`, [toPg(from), toPg(to)], limit);
}

/** The values at these instants. */
export async function valuesAt(db: Database, drawn: Drawn, instants: readonly number[]): Promise<Point[]> {
  if (instants.length === 0) return [];
  return points(db, drawn, '= any ($1::timestamptz[])', [instants.map(toPg)], instants.length);
}

async function points(
  db: Database,
  { table, column, where }: Drawn,
  condition: string,
  params: readonly unknown[],
  limit: number,
): Promise<Point[]> {
  const time = timeOf(table);
  const own = filter(where, params.length + 1);
  const rows = await db.query<{ at: string; value: number | null }>(
    `select ${time}::text as at, ${id(column)}::float8 as value from ${tableName(table)}
     where ${time} ${condition}${own.sql} order by ${time} limit ${limit}`,
    [...params, ...own.params],
  );
  return rows.map(({ at, value }) => ({ at: fromPg(at), value: finite(value) }));
}

/** PostgreSQL knows NaN and Infinity, a drawing does not. */
function finite(value: number | null | undefined): number | null {
  return value == null || !Number.isFinite(value) ? null : value;
}

/** Whether rows are stored in the order of time. */
function leads(table: Table): boolean {
  return keyColumns(table)[0] === timeColumn(table);
}

function filter(where: Readonly<Record<string, string>>, first: number): { sql: string; params: string[] } {
  const entries = Object.entries(where);
  // Untyped parameters take the column's type, so that its index serves.
  return {
    sql: entries.map(([name], i) => ` and ${id(name)} = $${first + i}`).join(''),
    params: entries.map(([, value]) => value),
  };
}

function timeOf(table: Table): string {
  return id(timeColumn(table) ?? '');
}

function tableName({ name }: Table): string {
  return name.split('.').map(id).join('.');
}
