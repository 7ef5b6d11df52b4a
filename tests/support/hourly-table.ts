/** A table of hours for checks that look at tables: rows are put there without a run, and each check's SELECT is asked directly. */
import { instant, mw, type Table, table, text } from '../../core/contract.ts';
import type { TableCheck } from '../../core/table-check.ts';
import type { Pool } from '../../loaders/postgres/database.ts';
import { tableCheckSql } from '../../sql/checks/compile.ts';
import { createTableSql } from '../../sql/ddl.ts';
import { type FreshDatabase, freshDatabase, type TestServer } from './postgres.ts';

export const HOUR = 3_600_000;
export const DAY: number = 24 * HOUR;
export const DATASET = 'grid-hourly';

export const HOURLY: Table = table('public.hourly', {
  hour: instant({ key: true, doc: 'Hour.' }),
  area: text({ key: true, doc: 'Area.' }),
  load_mw: mw({ doc: 'Load.' }),
});

export interface Point {
  readonly at: number;
  readonly value: number | null;
}

/** One row that a check looked at. */
export interface JudgedRow {
  readonly at: number;
  readonly key: string | null;
  readonly value: string;
  readonly expectation: string;
  readonly lower: number | null;
  readonly upper: number | null;
  readonly differs: boolean;
}

export interface Asked {
  readonly from: number;
  readonly to: number;
  readonly dataset?: string;
  readonly shared?: boolean;
  readonly every?: true;
}

/** A database with the table and nothing in it. */
export async function hourlyTable(server?: TestServer): Promise<FreshDatabase> {
  const db = await freshDatabase(server);
  await db.pool.query(createTableSql(HOURLY, { title: 'Hours' }));
  await db.pool.query(
    `insert into etl.run (run_id, command, source, started_at, host, process_id, version) values ('test', 'test', 'samples', now(), 'test', 1, 'test')`,
  );
  return db;
}

/** A load of the dataset as the loader writes it. @returns its number */
export async function putLoad(
  pool: Pool,
  {
    dataset = DATASET,
    from = 0,
    to = DAY,
    knownAt = Date.now(),
  }: { dataset?: string; from?: number; to?: number; knownAt?: number } = {},
): Promise<string> {
  const [row] = await pool.query<{ id: string }>(
    `with artifact as (
       insert into etl.artifact (dataset, interval_start, sha256, url, bytes, fetched_at, source, run_id)
       values ($1, $2, encode(sha256(gen_random_uuid()::text::bytea), 'hex'), 'https://grid.example.org', 1, now(), 'samples', 'test') returning artifact_id
     )
     insert into etl.load (run_id, dataset, table_name, interval_start, interval_end, artifact_id, definition_hash, strategy, known_at)
     select 'test', $1, 'public.hourly', $2, $3, artifact_id, 'x', 'append', $4 from artifact returning load_id::text as id`,
    [dataset, iso(from), iso(to), iso(knownAt)],
  );
  return row?.id ?? '';
}

/** Empties the table. */
export async function clear(pool: Pool): Promise<void> {
  await pool.query('truncate public.hourly, history.hourly');
}

export async function put(
  pool: Pool,
  points: readonly Point[],
  { area = 'A', loadId = '0' }: { area?: string; loadId?: string } = {},
): Promise<void> {
  await pool.query(
    `insert into public.hourly (hour, area, load_mw, load_id)
     select to_timestamp(at / 1000), $3, value, $4 from unnest($1::float8[], $2::float8[]) as p(at, value)`,
    [points.map(({ at }) => at), points.map(({ value }) => value), area, loadId],
  );
  await pool.query('analyze public.hourly');
}

/** Every row that the check looked at between two instants. */
export async function judged(pool: Pool, check: TableCheck, asked: Asked): Promise<JudgedRow[]> {
  const { from, to, dataset = DATASET, shared = false, every } = asked;
  const sql = tableCheckSql({ dataset, table: HOURLY, scope: 'time', shared }, check).rows({
    from: '$1',
    to: '$2',
    loadId: 'null',
    start: from,
    end: to,
    ...(every === undefined ? {} : { every }),
  });
  return pool.transaction(async (tx) => {
    await tx.query('set local enable_nestloop = off');
    await tx.query('set local jit = off');
    return tx.query<JudgedRow>(
      `select (extract(epoch from at) * 1000)::float8 as at, key, value, expectation, lower, upper, differs from (
${sql}
) judged order by at, key`,
      [iso(from), iso(to)],
    );
  });
}

/** Instants of the rows that the check found, in order. */
export async function found(pool: Pool, check: TableCheck, asked: Asked): Promise<string[]> {
  return (await judged(pool, check, asked)).filter(({ differs }) => differs).map(({ at }) => iso(at));
}

export function iso(at: number): string {
  return new Date(at).toISOString();
}

/** Steps from one instant to before another. */
export function hours(from: number, to: number, step: number = HOUR): number[] {
  return Array.from({ length: Math.ceil((to - from) / step) }, (_, i) => from + i * step);
}

/** The same numbers for the same seed, evenly from 0 to 1. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const clocks = new Map<string, (at: number) => number>();

/** What a clock on the wall shows at an instant, as if it were UTC: days and weekdays can be counted on it. By the runtime's own zone data. */
export function wallClock(zone: string): (at: number) => number {
  const made = clocks.get(zone) ?? makeClock(zone);
  clocks.set(zone, made);
  return made;
}

function makeClock(zone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  const known = new Map<number, number>();
  return (at) => {
    const before = known.get(at);
    if (before !== undefined) return before;
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
    const wall = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'));
    known.set(at, wall);
    return wall;
  };
}

/** The value below which this share of the numbers lies, between neighbours in proportion. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const low = sorted[Math.floor(place)] ?? Number.NaN;
  const high = sorted[Math.ceil(place)] ?? Number.NaN;
  return low + (high - low) * (place - Math.floor(place));
}

/** Hourly load of a made-up place: a shape of the week on its clock, a level that wanders, some noise. */
export function madeLoad(ats: readonly number[], seed: number, zone = 'America/Toronto'): Point[] {
  const wall = wallClock(zone);
  const next = random(seed);
  let level = 15_000;
  return ats.map((at) => {
    const clock = new Date(wall(at));
    const weekend = clock.getUTCDay() % 6 === 0 ? 0.9 : 1;
    const shape = 1 + 0.2 * Math.sin(((clock.getUTCHours() - 9) / 24) * 2 * Math.PI);
    level *= 1 + 0.004 * (next() - 0.5);
    return { at, value: level * shape * weekend * (1 + 0.04 * (next() - 0.5)) };
  });
}
