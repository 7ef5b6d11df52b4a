/** What a publisher changed afterwards: how many rows of a month, by how much, and how late. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { revisions } from '../../../core/table-check.ts';
import {
  DATASET,
  DAY,
  HOUR,
  hourlyTable,
  iso,
  judged,
  type JudgedRow,
  put,
  putLoad,
} from '../../support/hourly-table.ts';
import type { FreshDatabase } from '../../support/postgres.ts';

const start = Date.parse('2023-03-01T00:00Z');
const asked = { from: start, to: start + 61 * DAY };
const check = revisions('load_mw', { after: 'P35D' });

let db: FreshDatabase;
beforeAll(async () => {
  db = await hourlyTable();
});
afterAll(() => db.drop());
beforeEach(async () => {
  await db.pool.query('truncate public.hourly, history.hourly, etl.interval, etl.load cascade');
});

/** Ten hours of a day, first loaded as 100; the newest load changed the first of them to these values, `later` after the day's start. */
async function revised(
  values: readonly (number | null)[],
  { later = 20 * DAY, day = start, isNewest = true }: { later?: number; day?: number; isNewest?: boolean } = {},
): Promise<void> {
  const ats = Array.from({ length: 10 }, (_, i) => day + i * HOUR);
  const first = await putLoad(db.pool, { from: day, knownAt: day + DAY });
  const second = await putLoad(db.pool, { from: day, knownAt: day + later });
  const changed = ats.slice(0, values.length);
  await put(
    db.pool,
    changed.map((at, i) => ({ at, value: values[i] ?? null })),
    { loadId: second },
  );
  await put(
    db.pool,
    ats.slice(values.length).map((at) => ({ at, value: 100 })),
    { loadId: first },
  );
  await db.pool.query(
    `insert into history.hourly (hour, area, load_mw, load_id, closed_by_load_id, created_at)
     select to_timestamp(at / 1000), 'A', 100, $2, $3, now() from unnest($1::float8[]) at`,
    [changed, first, second],
  );
  await db.pool.query(
    `insert into etl.interval (dataset, interval_start, interval_end, status, definition_hash, load_id, checked_at)
     values ($1, $2, $3, 'loaded', 'x', $4, now())`,
    [DATASET, iso(day), iso(day + DAY), isNewest ? second : first],
  );
}
const rows = (of = check): Promise<JudgedRow[]> => judged(db.pool, of, asked);
const verdicts = async (of = check): Promise<boolean[]> => (await rows(of)).map(({ differs }) => differs);

test('rows that were only ever added are compared, and pass', async () => {
  await revised([]);
  expect(await rows()).toMatchObject([
    { at: start, value: ' of 10 rows of 2023-03 changed, by up to ', differs: false },
  ]);
});

test('half of the rows of a month may be changed, one more is found', async () => {
  await revised([101, 99, 101, 99, 101]);
  expect(await verdicts()).toEqual([false]);
  await db.pool.query('truncate public.hourly, history.hourly, etl.interval');
  await revised([101, 99, 101, 99, 101, 99]);
  expect(await rows()).toMatchObject([
    {
      at: start,
      key: '2023-03-01T00:00:00Z, A',
      value: '6 of 10 rows of 2023-03 changed, by up to 1.00',
      expectation: expect.stringContaining('at most 50 % of the rows, by at most 25 %, at most 35 days after'),
      differs: true,
    },
  ]);
});

test('a row may change by a quarter of its old value in either direction, and by no more', async () => {
  await revised([125, 75]);
  expect(await verdicts()).toEqual([false]);
  expect(await verdicts(revisions('load_mw', { after: 'P35D', maxChange: 0.2 }))).toEqual([true]);
  await db.pool.query('truncate public.hourly, history.hourly, etl.interval');
  await revised([100.5, 74.9]);
  expect(await rows()).toMatchObject([{ value: '2 of 10 rows of 2023-03 changed, by up to 25.10', differs: true }]);
  expect(await verdicts(revisions('load_mw', { after: 'P35D', minChange: 26 }))).toEqual([false]);
});

test('a change that comes when the publisher is long done is found, however small', async () => {
  await revised([100.1], { later: 35 * DAY });
  expect(await verdicts()).toEqual([false]);
  await db.pool.query('truncate public.hourly, history.hourly, etl.interval');
  await revised([100.1], { later: 35 * DAY + HOUR });
  expect(await verdicts()).toEqual([true]);
  expect(await verdicts(revisions('load_mw', { after: 'P60D' }))).toEqual([false]);
});

test('a value that comes or goes is a changed row without a size', async () => {
  await revised([null, null, null, null, null, null]);
  expect(await rows()).toMatchObject([{ value: '6 of 10 rows of 2023-03 changed, by up to ', differs: true }]);
});

test('a row that another column has changed is no revision of this one', async () => {
  await revised([100, 100, 100, 100, 100, 100, 100]);
  expect(await verdicts()).toEqual([false]);
});

test('what an earlier load changed has been told, and is not told again', async () => {
  await revised([500], { isNewest: false });
  expect(await verdicts()).toEqual([false]);
});

test('each month has a verdict of its own', async () => {
  await revised([500]);
  await revised([101], { day: start + 31 * DAY });
  expect((await rows()).map(({ at, differs }) => [iso(at).slice(0, 7), differs])).toEqual([
    ['2023-03', true],
    ['2023-04', false],
  ]);
});
