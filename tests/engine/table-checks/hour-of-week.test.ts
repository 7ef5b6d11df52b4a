/** The check of the hour of the week against a model in plain loops: the same rows fail, and every row has the same band. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hourOfWeekAnomaly } from '../../../core/table-check.ts';
import { holidays } from '../../../sql/checks/holidays.ts';
import { clear, found, HOUR, hours, hourlyTable, iso, judged, put } from '../../support/hourly-table.ts';
import type { FreshDatabase } from '../../support/postgres.ts';
import { anomalyModel, apart, CASES, failing, ONTARIO, PLANTED, STRETCH, withOutliers, ZONE } from './peers-model.ts';

let db: FreshDatabase;
beforeAll(async () => {
  db = await hourlyTable();
});
afterAll(() => db.drop());

test.each(CASES)(
  'the hours that fail and all bands are those of the model: $season, seed $seed, $holes of the hours missing',
  async ({ season, seed, holes, settings }) => {
    const points = withOutliers(season, seed, holes);
    await clear(db.pool);
    await put(db.pool, points);
    const { from, to } = STRETCH[season];
    const check = hourOfWeekAnomaly('load_mw', { zone: ZONE, holidays: 'ON', ...settings });
    const model = anomalyModel(points, { zone: ZONE, holidays: ONTARIO, ...settings }, from, to);
    expect(failing(model).length).toBeGreaterThan(8);
    if (holes < 0.1) expect(failing(model)).toEqual(expect.arrayContaining([...PLANTED[season]]));
    // Rows near the mean of their peers have no band unless it is wanted; the verdicts are the same.
    expect(await found(db.pool, check, { from, to })).toEqual(failing(model));
    const all = await judged(db.pool, check, { from, to, every: true });
    expect(all.length).toBeGreaterThan(500);
    expect(apart(all, model)).toEqual([]);
  },
);

test('without holidays a holiday is compared with its own weekday', async () => {
  const points = withOutliers('spring', 4, 0);
  await clear(db.pool);
  await put(db.pool, points);
  const settings = { zone: ZONE, threshold: 3, weeks: 6, minHistory: 6, floorShare: 0.02 };
  const asked = { from: Date.parse('2023-04-05T00:00Z'), to: Date.parse('2023-04-12T00:00Z') };
  const model = anomalyModel(points, { ...settings, holidays: new Set() }, asked.from, asked.to);
  expect(failing(model)).not.toEqual(
    failing(anomalyModel(points, { ...settings, holidays: ONTARIO }, asked.from, asked.to)),
  );
  expect(await found(db.pool, hourOfWeekAnomaly('load_mw', settings), asked)).toEqual(failing(model));
});

describe('what decides a verdict', () => {
  const ats = hours(Date.parse('2023-02-01T00:00Z'), Date.parse('2023-06-01T00:00Z'));
  const bad = Date.parse('2023-04-05T12:00Z');
  const asked = { from: Date.parse('2023-04-05T00:00Z'), to: Date.parse('2023-04-06T00:00Z') };
  const check = hourOfWeekAnomaly('load_mw', { zone: 'UTC' });

  test('is not the zone of the connection', async () => {
    const points = withOutliers('autumn', 5, 0);
    await clear(db.pool);
    await put(db.pool, points);
    const stretch = STRETCH.autumn;
    const inToronto = hourOfWeekAnomaly('load_mw', { zone: ZONE, holidays: 'ON' });
    const usual = await found(db.pool, inToronto, stretch);
    expect(usual.length).toBeGreaterThan(8);
    const elsewhere = await db.pool.transaction(async (tx) => {
      await tx.query(`set local timezone = 'Asia/Kolkata'`);
      return found({ ...db.pool, transaction: (work) => work(tx) }, inToronto, stretch);
    });
    expect(elsewhere).toEqual(usual);
  });

  test('is not the sign of the values', async () => {
    await clear(db.pool);
    await put(
      db.pool,
      ats.map((at) => ({ at, value: at === bad ? 500 : -500 - ((at / HOUR) % 3) })),
    );
    expect(await found(db.pool, check, asked)).toEqual([iso(bad)]);
  });

  test('is a band that tells its bounds and how many hours it is made of', async () => {
    await clear(db.pool);
    await put(
      db.pool,
      ats.map((at) => ({ at, value: at === bad ? 141 : 100 })),
    );
    expect((await judged(db.pool, check, asked)).filter(({ differs }) => differs)).toEqual([
      {
        at: bad,
        key: '2023-04-05T12:00:00Z, A',
        value: '141',
        lower: 60,
        upper: 140,
        expectation: 'between 60.00 and 140.00, as 12 hours like it (median 100.00)',
        differs: true,
      },
    ]);
  });

  test('is not a bound that is just reached', async () => {
    await clear(db.pool);
    await put(
      db.pool,
      ats.map((at) => ({ at, value: at === bad ? 140 : 100 })),
    );
    expect(await found(db.pool, check, asked)).toEqual([]);
  });

  test('too short a history judges nothing', async () => {
    await clear(db.pool);
    const short = ats.filter((at) => at >= bad - 21 * 24 * HOUR && at <= bad + 14 * 24 * HOUR);
    await put(
      db.pool,
      short.map((at) => ({ at, value: at === bad ? 900 : 100 })),
    );
    expect(await judged(db.pool, check, { from: bad, to: bad + HOUR })).toEqual([]);
    const five = hourOfWeekAnomaly('load_mw', { zone: 'UTC', minHistory: 5 });
    expect(await found(db.pool, five, { from: bad, to: bad + HOUR })).toEqual([iso(bad)]);
  });
});

test('holidays of Ontario are those of a wall calendar', () => {
  expect(holidays('ON', 2023, 2023)).toEqual([...ONTARIO].filter((date) => date.startsWith('2023')));
});
