/** The shipped samples of prices and totals: every file loads, and what is planted in them is found. */
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { freshDatabase } from '../support/postgres.ts';
import { loadFrom } from './prices-world.ts';

test('the samples load; the price that is no number and the empty slots are findings', async () => {
  const db = await freshDatabase();
  const ids = [
    'ieso-day-ahead-zonal-price',
    'ieso-day-ahead-nodal-price',
    'ieso-realtime-nodal-price',
    'ieso-realtime-zonal-price',
    'ieso-realtime-totals',
    'ieso-grid-status',
  ];
  const samples = resolve(import.meta.dirname, '../../data/samples');
  const loaded = await loadFrom(db.pool, samples, {
    ids,
    from: '2025-12-30',
    to: '2026-03-06',
    now: '2026-03-06T12:00Z',
  });
  expect(loaded.result.report.exitCode).toBe(0);
  expect(Object.fromEntries(ids.map((id) => [id, loaded.dataset(id).rows]))).toMatchObject({
    'ieso-day-ahead-zonal-price': { inserted: 2 * 24, rejected: 0 },
    'ieso-day-ahead-nodal-price': { inserted: 31 * 24, rejected: 0 },
    'ieso-realtime-nodal-price': { inserted: 2 * 31 * 12, rejected: 0 },
    'ieso-realtime-zonal-price': { inserted: 3 * 12 + 9, rejected: 0 },
    'ieso-realtime-totals': { inserted: 2 * 12, rejected: 0 },
    'ieso-grid-status': { inserted: 2 * 12, rejected: 0 },
  });
  expect(loaded.check('ieso-realtime-nodal-price', /not_numeric/).failingRows).toBe(2);
  expect(loaded.check('ieso-realtime-zonal-price', /left_out/).failingRows).toBe(3);
  const found = loaded.result.report.datasets.flatMap(({ id, checks }) =>
    checks.filter(({ result }) => result === 'found').map(({ name }) => `${id} ${name}`),
  );
  expect(found.sort()).toEqual([
    'ieso-realtime-nodal-price sql(transforms/ieso/checks/nodal_price_not_numeric.sql)',
    // The layout of 2026-03-05 has other elements than the one before.
    'ieso-realtime-zonal-price schema',
    'ieso-realtime-zonal-price sql(transforms/ieso/checks/realtime_zonal_price_left_out.sql)',
  ]);
});
