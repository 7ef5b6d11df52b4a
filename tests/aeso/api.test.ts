/** Answers of AESO's API about an hour that differ: with and without envelope, other types, repeats, clocks that disagree, refusals. */
import { describe, expect, test } from 'vitest';
import type { Recorded } from '../support/engine.ts';
import { freshDatabase } from '../support/postgres.ts';
import { apiReport, checkOf, json, load, LOAD, PRICE, prices } from './support.ts';

const BEGIN_CLOCKS = 'sql(transforms/aeso/check_begin_clocks.sql)';

const envelope = (report: unknown) => ({
  timestamp: '2026-11-22 12:00:00.000+0000',
  responseCode: '200',
  return: report,
});

const NOVEMBER_2025 = { from: '2025-11-01', to: '2025-12-01' };
const priceOf = (rows: unknown): Recorded[] => [json(apiReport(PRICE, '2025-11-01', '2025-11-30'), rows)];
const hour = (
  utc: string,
  mpt: string,
  rest: Record<string, unknown> = { pool_price: '50.00', forecast_pool_price: '49.5', rolling_30day_avg: '60.1' },
) => ({
  begin_datetime_utc: utc,
  begin_datetime_mpt: mpt,
  ...rest,
});

describe('a body of a report by the hour', () => {
  const rows = [
    hour('2025-11-01 06:00', '2025-11-01 00:00'),
    hour('2025-11-01 07:00', '2025-11-01 01:00', { pool_price: '', forecast_pool_price: '31' }),
  ];
  const loaded = [
    { hour: '11-01 06:00', price: '50.00', forecast: '49.50', average: '60.10' },
    { hour: '11-01 07:00', price: null, forecast: '31.00', average: null },
  ];

  test('loads in its envelope, without it, and as a bare list; texts, numbers, empty texts and absent fields alike', async () => {
    const numbers = [
      hour('2025-11-01 06:00', '2025-11-01 00:00', {
        pool_price: 50,
        forecast_pool_price: 49.5,
        rolling_30day_avg: 60.1,
      }),
      hour('2025-11-01 07:00', '2025-11-01 01:00', { pool_price: null, forecast_pool_price: 31 }),
    ];
    for (const body of [
      envelope({ 'Pool Price Report': rows }),
      { 'Pool Price Report': rows },
      envelope(rows),
      rows,
      envelope({ 'Pool Price Report': numbers }),
    ]) {
      const { pool } = await freshDatabase();
      const dataset = await load(pool, 'aeso-pool-price', priceOf(body), NOVEMBER_2025);
      expect([dataset.outcomes, dataset.rows.rejected]).toEqual([{ loaded: 1 }, 0]);
      expect(await prices(pool)).toEqual(loaded);
    }
  });

  test('with an hour twice refuses the repeat where it says the same, and all of them where it does not', async () => {
    const { pool } = await freshDatabase();
    const same = await load(
      pool,
      'aeso-pool-price',
      priceOf(envelope({ 'Pool Price Report': [...rows, rows[0]] })),
      NOVEMBER_2025,
    );
    expect(same.rows).toMatchObject({ rejected: 1, inserted: 2 });
    const { pool: other } = await freshDatabase();
    const conflict = hour('2025-11-01 06:00', '2025-11-01 00:00', { pool_price: '51.00' });
    const different = await load(
      other,
      'aeso-pool-price',
      priceOf(envelope({ 'Pool Price Report': [...rows, conflict] })),
      NOVEMBER_2025,
    );
    expect(different.rows).toMatchObject({ rejected: 2, inserted: 1 });
  });

  test('with both hours of the autumn night loads both, told apart by their UTC time', async () => {
    const { pool } = await freshDatabase();
    const night = [hour('2025-11-02 07:00', '2025-11-02 01:00'), hour('2025-11-02 08:00', '2025-11-02 01:00')];
    const dataset = await load(
      pool,
      'aeso-pool-price',
      priceOf(envelope({ 'Pool Price Report': night })),
      NOVEMBER_2025,
    );
    expect([dataset.rows.inserted, checkOf(dataset, BEGIN_CLOCKS).result]).toEqual([2, 'passed']);
  });

  test('whose two clocks do not agree by our rule is not loaded, and says in which rows', async () => {
    const { pool } = await freshDatabase();
    // What AESO would send had its clock fallen back on 2026-11-01 as before.
    const dataset = await load(
      pool,
      'aeso-pool-price',
      [
        json(
          apiReport(PRICE, '2026-11-01', '2026-11-30'),
          envelope({
            'Pool Price Report': [
              hour('2026-11-01 06:00', '2026-11-01 00:00'),
              hour('2026-11-01 08:00', '2026-11-01 01:00'),
            ],
          }),
        ),
      ],
      { from: '2026-11-01', to: '2026-12-01' },
    );
    expect(dataset.outcomes).toEqual({ blocked: 1 });
    expect(checkOf(dataset, BEGIN_CLOCKS).samples).toEqual([
      expect.objectContaining({
        value: '2026-11-01 01:00',
        expectation: expect.stringContaining('2026-11-01 02:00, which 2026-11-01 08:00 UTC is'),
      }),
    ]);
    const lawful = await load(
      pool,
      'aeso-pool-price',
      [
        json(
          apiReport(PRICE, '2026-11-01', '2026-11-30'),
          envelope({ 'Pool Price Report': [hour('2026-11-01 08:00', '2026-11-01 02:00')] }),
        ),
      ],
      { from: '2026-11-01', to: '2026-12-01' },
    );
    expect(lawful.outcomes).toEqual({ loaded: 1 });
  });

  test('with a time or a price that is none refuses the row and shows it', async () => {
    const { pool } = await freshDatabase();
    const dataset = await load(
      pool,
      'aeso-pool-price',
      priceOf(
        envelope({
          'Pool Price Report': [
            ...rows,
            hour('02X', ''),
            hour('2025-11-01 09:00', '2025-11-01 03:00', { pool_price: 'n/a' }),
          ],
        }),
      ),
      NOVEMBER_2025,
    );
    expect(dataset.rows).toMatchObject({ rejected: 2, inserted: 2 });
    const reasons = dataset.rejected.map(({ reason }) => reason).join('\n');
    expect(reasons).toContain('02X is not an instant');
    expect(reasons).toContain('n/a is not a number');
  });

  test('without a row loads nothing and is no fault; an answer without a report is one', async () => {
    const { pool } = await freshDatabase();
    const empty = await load(pool, 'aeso-pool-price', priceOf(envelope({ 'Pool Price Report': [] })), NOVEMBER_2025);
    expect([empty.outcomes, empty.rows.read]).toEqual([{ loaded: 1 }, 0]);
    for (const body of [
      envelope({}),
      envelope('no data'),
      { message: 'Resource not found' },
      envelope({ 'Pool Price Table': rows }),
    ]) {
      const dataset = await load(pool, 'aeso-pool-price', priceOf(body), NOVEMBER_2025);
      expect(dataset.outcomes).toEqual({ failed: 1 });
      expect(dataset.intervals[0]?.error?.code).toMatch(/^FORMAT_/);
    }
  });

  test('of a 401 fails with the refusal, and not as data', async () => {
    const { pool } = await freshDatabase();
    const dataset = await load(
      pool,
      'aeso-pool-price',
      [
        {
          ...json(apiReport(PRICE, '2025-11-01', '2025-11-30'), {
            statusCode: 401,
            message:
              'Access denied due to missing subscription key. Make sure to include subscription key when making requests to an API.',
          }),
          status: 401,
        },
      ],
      NOVEMBER_2025,
    );
    expect(dataset.outcomes).toEqual({ failed: 1 });
    expect(dataset.intervals[0]?.error?.code).toBe('HTTP_KEY_REFUSED');
    expect(await prices(pool)).toEqual([]);
  });

  test('of internal load has only the forecast for hours to come', async () => {
    const { pool } = await freshDatabase();
    const body = envelope({
      'Actual Forecast Report': [
        hour('2025-11-01 06:00', '2025-11-01 00:00', {
          alberta_internal_load: '9000',
          forecast_alberta_internal_load: '9010',
        }),
        hour('2025-11-01 07:00', '2025-11-01 01:00', {
          alberta_internal_load: '',
          forecast_alberta_internal_load: '9020',
        }),
      ],
    });
    await load(pool, 'aeso-internal-load', [json(apiReport(LOAD, '2025-11-01', '2025-11-30'), body)], NOVEMBER_2025);
    expect(
      await pool.query(
        'select internal_load_mw::text as load, forecast_internal_load_mw::text as forecast from public.aeso_internal_load order by hour',
      ),
    ).toEqual([
      { load: '9000.00', forecast: '9010.00' },
      { load: null, forecast: '9020.00' },
    ]);
  });
});
