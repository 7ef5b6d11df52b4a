/** Several series, or the rows of several datasets, in one table: each is judged as if it were alone. On every server, for its SQL. */
import { beforeAll, describe, expect, test } from 'vitest';
import { checkName } from '../../../core/check.ts';
import {
  beyondHistory,
  clockShift,
  distributionDrift,
  hourOfWeekAnomaly,
  isTableCheck,
  ramp,
  repeated,
  revisions,
  type TableCheck,
  volume,
} from '../../../core/table-check.ts';
import { loadCatalog } from '../../../pipelines/index.ts';
import { tableCheckSql } from '../../../sql/checks/compile.ts';
import {
  clear,
  DAY,
  HOUR,
  hours,
  hourlyTable,
  iso,
  judged,
  type JudgedRow,
  madeLoad,
  type Point,
  put,
  putLoad,
} from '../../support/hourly-table.ts';
import { type FreshDatabase, testServers } from '../../support/postgres.ts';

const zone = 'America/Toronto';
const at = (text: string): number => Date.parse(text);
/** January to April of three years: enough for months, weeks and repeats. */
const YEARS = [2021, 2022, 2023];
const asked = { from: at('2023-01-01T05:00Z'), to: at('2023-05-01T04:00Z') };

/** A series with a fault of every kind in it, or of its own kind, on another level. */
function faulty(seed: number, times: number): Point[] {
  const ats = YEARS.flatMap((year) => hours(at(`${year}-01-01T05:00Z`), at(`${year}-05-01T04:00Z`)));
  const values = new Map(madeLoad(ats, seed).map((point) => [point.at, (point.value ?? 0) * times]));
  const changed = (from: string, n: number, change: (at: number, value: number) => number | undefined): void => {
    for (const one of hours(at(from), at(from) + n * HOUR)) {
      const value = change(one, values.get(one) ?? 0);
      if (value === undefined) values.delete(one);
      else values.set(one, value);
    }
  };
  const before = new Map(values);
  const day = String(seed).padStart(2, '0');
  changed('2023-02-01T05:00Z', 27 * 24, (one) => before.get(one - HOUR));
  changed('2023-04-01T05:00Z', 30 * 24, (_, value) => 1.4 * value);
  changed(`2023-03-${day}T17:00Z`, 1, (_, value) => 9 * value);
  changed(`2023-03-1${seed}T05:00Z`, 24, (one) => before.get(one - 7 * DAY));
  changed(`2023-03-2${seed}T05:00Z`, 6, () => undefined);
  return [...values].map(([one, value]) => ({ at: one, value }));
}
const A = faulty(1, 1);
const B = faulty(2, 30);

const kinds = (by: readonly 'area'[]): TableCheck[] => [
  hourOfWeekAnomaly('load_mw', { zone, holidays: 'ON', by }),
  ramp('load_mw', { zone, holidays: 'ON', by }),
  clockShift('load_mw', { zone, by }),
  distributionDrift('load_mw', { zone, by }),
  repeated('load_mw', { by }),
  beyondHistory('load_mw', { by }),
];
/** What tells findings apart, without the key of a month, which names its series where there are several. */
const plain = (rows: readonly JudgedRow[]): unknown[] =>
  rows
    .filter(({ differs }) => differs)
    .map(({ at: one, value, expectation }) => ({ at: iso(one), value, expectation }));

describe.each(testServers())('on $name', (server) => {
  let db: FreshDatabase;
  const alone = new Map<string, { A: JudgedRow[]; B: JudgedRow[] }>();
  beforeAll(async () => {
    db = await hourlyTable(server);
    const all = [...kinds([]), volume('hour', { zone })];
    for (const [name, points] of [
      ['A', A],
      ['B', B],
    ] as const) {
      await clear(db.pool);
      await put(db.pool, points, { area: name });
      for (const check of all) {
        const known = alone.get(check.kind) ?? { A: [], B: [] };
        alone.set(check.kind, { ...known, [name]: await judged(db.pool, check, asked) });
      }
    }
    await clear(db.pool);
    const [loadA, loadB] = [
      await putLoad(db.pool, { dataset: 'grid-a' }),
      await putLoad(db.pool, { dataset: 'grid-b' }),
    ];
    await put(db.pool, A, { area: 'A', loadId: loadA });
    await put(db.pool, B, { area: 'B', loadId: loadB });
  });

  test.each(kinds(['area']).map((check) => [check.kind, check] as const))(
    '%s judges each series of a table as if it were alone',
    async (kind, check) => {
      const { A: ofA = [], B: ofB = [] } = alone.get(kind) ?? {};
      expect(plain(ofA)).not.toEqual([]);
      expect(plain(ofB)).not.toEqual([]);
      const both = await judged(db.pool, check, asked);
      const series = (name: string): JudgedRow[] => both.filter(({ key }) => key?.endsWith(`, ${name}`));
      expect(both).toHaveLength(ofA.length + ofB.length);
      expect(plain(series('A'))).toEqual(plain(ofA));
      expect(plain(series('B'))).toEqual(plain(ofB));
    },
  );

  test.each([...kinds([]), volume('hour', { zone })].map((check) => [check.kind, check] as const))(
    '%s of one dataset neither tests the rows of another one in its table nor counts them as history',
    async (kind, check) => {
      const { A: ofA = [], B: ofB = [] } = alone.get(kind) ?? {};
      expect(plain(ofA)).not.toEqual([]);
      expect(await judged(db.pool, check, { ...asked, dataset: 'grid-a', shared: true })).toEqual(ofA);
      expect(await judged(db.pool, check, { ...asked, dataset: 'grid-b', shared: true })).toEqual(ofB);
      expect(await judged(db.pool, check, { ...asked, dataset: 'grid-c', shared: true })).toEqual([]);
    },
  );

  test('revisions of one dataset count no rows of another one', async () => {
    const check = revisions('load_mw', { after: 'P35D' });
    const rows = await judged(db.pool, check, { ...asked, dataset: 'grid-a', shared: true });
    expect(rows.map(({ value }) => value)).toEqual([
      expect.stringContaining(' of 739 rows of 2023-01 changed'),
      expect.stringContaining(' of 672 rows of 2023-02 changed'),
      expect.stringContaining(' of 738 rows of 2023-03 changed'),
      expect.stringContaining(' of 720 rows of 2023-04 changed'),
      expect.stringContaining(' of 4 rows of 2023-05 changed'),
    ]);
  });

  test('the SQL of every shipped check runs on the tables of record', async () => {
    const { pipelines } = await loadCatalog();
    const scopes = { calendar: 'time', whole: 'all', snapshot: 'load' } as const;
    const broken: string[] = [];
    let asked_ = 0;
    for (const { id: dataset, table, partitions, checks } of pipelines) {
      for (const check of checks) {
        if (!isTableCheck(check)) continue;
        asked_ += 1;
        for (const shared of [false, true]) {
          const sql = tableCheckSql({ dataset, table, scope: scopes[partitions.kind], shared }, check).rows({
            from: `'2023-01-01'`,
            to: `'2024-01-01'`,
            loadId: '1',
            start: asked.from,
            end: asked.to,
          });
          await db.pool
            .query(`explain ${sql}`)
            .catch((error: unknown) => broken.push(`${dataset}: ${checkName(check)}: ${String(error)}`));
        }
      }
    }
    expect(broken).toEqual([]);
    expect(asked_).toBeGreaterThan(40);
  });
});
