/** The check of changes from hour to hour against a model in plain loops. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hourOfWeekAnomaly, ramp } from '../../../core/table-check.ts';
import { clear, found, HOUR, hours, hourlyTable, iso, judged, put } from '../../support/hourly-table.ts';
import type { FreshDatabase } from '../../support/postgres.ts';
import { apart, CASES, failing, ONTARIO, rampModel, STRETCH, withOutliers, ZONE } from './peers-model.ts';

let db: FreshDatabase;
beforeAll(async () => {
  db = await hourlyTable();
});
afterAll(() => db.drop());

test.each(CASES)(
  'the changes that fail and all bands are those of the model: $season, seed $seed, $holes of the hours missing',
  async ({ season, seed, holes, settings }) => {
    const points = withOutliers(season, seed, holes);
    await clear(db.pool);
    await put(db.pool, points);
    const { from, to } = STRETCH[season];
    const check = ramp('load_mw', { zone: ZONE, holidays: 'ON', ...settings });
    const model = rampModel(points, { zone: ZONE, holidays: ONTARIO, ...settings }, from, to);
    expect(failing(model).length).toBeGreaterThan(2);
    expect(await found(db.pool, check, { from, to })).toEqual(failing(model));
    const all = await judged(db.pool, check, { from, to, every: true });
    expect(all.length).toBeGreaterThan(200);
    expect(apart(all, model)).toEqual([]);
  },
);

test('a spike within the band of the hour of the week is a change up and a change down', async () => {
  const ats = hours(Date.parse('2023-02-01T00:00Z'), Date.parse('2023-06-01T00:00Z'));
  const bad = Date.parse('2023-04-05T12:00Z');
  const asked = { from: Date.parse('2023-04-01T00:00Z'), to: Date.parse('2023-04-10T00:00Z') };
  await clear(db.pool);
  await put(
    db.pool,
    ats.map((at) => ({ at, value: at === bad ? 120 : 100 })),
  );
  expect(await found(db.pool, hourOfWeekAnomaly('load_mw', { zone: 'UTC' }), asked)).toEqual([]);
  const rows = (await judged(db.pool, ramp('load_mw', { zone: 'UTC' }), asked)).filter(({ differs }) => differs);
  expect(rows).toMatchObject([
    {
      at: bad,
      value: '120 after a change of 20.00',
      lower: 84,
      upper: 116,
      expectation: 'a change between -16.00 and 16.00, as at 12 hours like it',
    },
    { at: bad + HOUR, value: '100 after a change of -20.00' },
  ]);
});

test('a value after a hole is no change from one step to the next', async () => {
  const ats = hours(Date.parse('2023-02-01T00:00Z'), Date.parse('2023-06-01T00:00Z'));
  const bad = Date.parse('2023-04-05T12:00Z');
  const asked = { from: bad, to: bad + 2 * HOUR };
  const values = ats.map((at) => ({ at, value: at >= bad ? 300 : 100 }));
  await clear(db.pool);
  await put(db.pool, values);
  expect(await found(db.pool, ramp('load_mw', { zone: 'UTC' }), asked)).toEqual([iso(bad)]);
  await clear(db.pool);
  await put(
    db.pool,
    values.map(({ at, value }) => ({ at, value: at === bad - HOUR ? null : value })),
  );
  expect(await found(db.pool, ramp('load_mw', { zone: 'UTC' }), asked)).toEqual([]);
});
