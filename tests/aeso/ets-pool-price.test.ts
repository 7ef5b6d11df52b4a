/** Hourly pool price and internal load: the real files counted again, days of 23 and 25 hours, hours not yet known, labels that contradict the rule. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Pool } from '../../loaders/postgres/database.ts';
import { freshDatabase } from '../support/postgres.ts';
import { hasShared, sharedFolder } from '../support/shared.ts';
import { checkOf, datasetOf, poolPriceUrl, runOn } from './support.ts';

const ID = 'aeso-ets-pool-price';
const LABELS = 'sql(transforms/aeso/check_ets_labels.sql)';
const NOT_YET_KNOWN = 'sql(transforms/aeso/check_ets_not_yet_known.sql)';

const file = (...rows: string[]): string =>
  `Pool Price\r\n\r\n""\r\n\r\nDate (HE),Price ($),30Ravg ($),AIL Demand (MW)\r\n${rows.join('\n')}\r\n\r\n`;
const row = (label: string, price = '50.00', average = '60.00', load = '9000.0'): string =>
  `"${label}","${price}","${average}","${load}"`;
const twoDigits = (n: number): string => String(n).padStart(2, '0');
const LABELS_OF_24 = Array.from({ length: 24 }, (_, i) => twoDigits(i + 1));
const LABELS_OF_25 = ['01', '02', '02*', ...LABELS_OF_24.slice(2)];
const LABELS_OF_23 = ['01', ...LABELS_OF_24.slice(2)];
const day = (date: string, labels: readonly string[]): string[] => labels.map((label) => row(`${date} ${label}`));

async function load(pool: Pool, year: number, body: string, now = '2026-11-22T12:00:00Z') {
  const report = await runOn(
    pool,
    [{ url: poolPriceUrl(year), body, headers: { 'content-type': 'text/csv;charset=UTF-8' } }],
    { ids: [ID], from: `${year}-01-01`, to: `${year + 1}-01-01` },
    now,
  );
  return { report, dataset: datasetOf(report, ID) };
}

const hoursOf = async (pool: Pool): Promise<string[]> =>
  (
    await pool.query<{ at: string }>(
      `select to_char(timestamp at time zone 'UTC', 'MM-DD HH24') as at from public.alberta_grid_prices order by timestamp`,
    )
  ).map(({ at }) => at);

/** Sum of texts of cents, exactly. */
const cents = (texts: readonly string[]): bigint =>
  texts.reduce((sum, text) => {
    const [whole = '', part = ''] = text.split('.');
    return sum + BigInt(whole + part.padEnd(2, '0'));
  }, 0n);

describe.skipIf(!hasShared('recordings'))('the recorded years', () => {
  const YEARS = [2015, 2016, 2017, 2018, 2019, 2020, 2021, 2022, 2023];

  test('have the rows, sums and nulls of a recount, to the cent, and all hours of every whole year', async () => {
    const { pool } = await freshDatabase();
    const bodies = YEARS.map((year) => ({
      url: poolPriceUrl(year),
      body: readFileSync(
        join(sharedFolder('recordings'), `ets.aeso.ca/HistoricalPoolPriceReportServlet/${year}.csv`),
        'utf8',
      ),
    }));
    const report = await runOn(
      pool,
      bodies,
      { ids: [ID], from: '2015-01-01', to: '2024-01-01' },
      '2023-10-15T00:00:00Z',
    );
    const dataset = datasetOf(report, ID);
    expect(dataset.outcomes).toEqual({ loaded: 9 });
    expect(dataset.rows.rejected).toBe(0);
    expect(checkOf(dataset, LABELS).result).toBe('passed');
    const loaded = await pool.query(`
      select extract(year from timestamp at time zone 'Etc/GMT+7')::int as year, count(*)::int as rows,
        sum(pool_price_cad_per_mwh)::text as price, sum(rolling_30day_avg_cad_per_mwh)::text as average, sum(market_demand_mw)::text as load,
        count(*) filter (where pool_price_cad_per_mwh is null or rolling_30day_avg_cad_per_mwh is null or market_demand_mw is null)::int as nulls
      from public.alberta_grid_prices group by 1 order by 1`);
    const recount = bodies.map(({ body }, i) => {
      const cells = body
        .split('\n')
        .filter((line) => /^"\d\d\//.test(line))
        .map((line) => line.replaceAll('"', '').trim().split(','));
      const known = cells.filter(([, price]) => price !== '-');
      const column = (c: number): string[] => known.map((line) => line[c] ?? '');
      const text = (sum: bigint): string => `${sum / 100n}.${String(sum % 100n).padStart(2, '0')}`;
      return {
        year: YEARS[i],
        rows: known.length,
        price: text(cents(column(1))),
        average: text(cents(column(2))),
        load: text(cents(column(3))),
        nulls: 0,
      };
    });
    expect(loaded).toEqual(recount);
    expect(recount.slice(0, 8).map(({ rows }) => rows)).toEqual([8760, 8784, 8760, 8760, 8760, 8784, 8760, 8760]);
    // From the first hour of 2015 on the Mountain clock to the last that was known, not one is missing.
    expect(
      await pool.query(`
        select count(*)::int as rows, min(timestamp) = '2015-01-01 07:00Z' as begins, max(timestamp) = '2023-10-14 20:00Z' as ends,
          (extract(epoch from max(timestamp) - min(timestamp)) / 3600 + 1)::int as hours
        from public.alberta_grid_prices`),
    ).toEqual([{ rows: 77_006, begins: true, ends: true, hours: 77_006 }]);
    const dashes = checkOf(dataset, NOT_YET_KNOWN);
    expect([dashes.severity, dashes.failingRows]).toEqual(['info', 9]);
  });

  test('have hour 02* of each autumn in its place', async () => {
    const { pool } = await freshDatabase();
    await load(
      pool,
      2022,
      readFileSync(join(sharedFolder('recordings'), 'ets.aeso.ca/HistoricalPoolPriceReportServlet/2022.csv'), 'utf8'),
    );
    expect(
      await pool.query(`
        select to_char(timestamp at time zone 'UTC', 'HH24:MI') as utc, pool_price_cad_per_mwh::text as price, market_demand_mw::text as load
        from public.alberta_grid_prices where timestamp between '2022-11-06 07:00Z' and '2022-11-06 09:00Z' order by 1`),
    ).toEqual([
      { utc: '07:00', price: '54.11', load: '9705.00' },
      { utc: '08:00', price: '48.54', load: '9617.00' },
      { utc: '09:00', price: '53.74', load: '9552.00' },
    ]);
    expect(
      await pool.query(
        `select count(*)::int as rows from public.alberta_grid_prices where timestamp >= '2022-11-06 06:00Z' and timestamp < '2022-11-07 07:00Z'`,
      ),
    ).toEqual([{ rows: 25 }]);
  });
});

describe('labels of hours ending', () => {
  test('follow the worked examples: 02* in autumn, no 02 in spring', async () => {
    const { pool } = await freshDatabase();
    await load(pool, 2024, file(...day('11/03/2024', LABELS_OF_25)));
    await load(pool, 2025, file(...day('03/09/2025', LABELS_OF_23), row('07/15/2025 24')));
    const hours = await hoursOf(pool);
    const at = (label: number): string => `11-${label < 24 ? '03' : '04'} ${twoDigits(label % 24)}`;
    expect(hours.slice(0, 25)).toEqual(Array.from({ length: 25 }, (_, i) => at(6 + i)));
    expect(hours.slice(25, 29)).toEqual(['03-09 07', '03-09 08', '03-09 09', '03-09 10']);
    expect(hours.slice(25 + 22)).toEqual(['03-10 05', '07-16 05']);
  });

  test('of 2026-11-01 with 02* block the file: the clock of the publisher and our rule disagree', async () => {
    const { pool } = await freshDatabase();
    const { dataset } = await load(
      pool,
      2026,
      file(...day('10/31/2026', LABELS_OF_24), ...day('11/01/2026', LABELS_OF_25)),
    );
    expect(dataset.outcomes).toEqual({ blocked: 1 });
    const check = checkOf(dataset, LABELS);
    expect(check.failingRows).toBe(1);
    expect(check.samples[0]?.value).toBe('11/01/2026 02*');
    expect(check.samples[0]?.expectation).toMatch(/clock and our zone data disagree/);
    expect(await hoursOf(pool)).toEqual([]);
  });

  test('of 2026-11-01 without 02* load as 24 hours, and November stays six hours behind UTC', async () => {
    const { pool } = await freshDatabase();
    const { dataset } = await load(pool, 2026, file(...day('11/01/2026', LABELS_OF_24), row('11/02/2026 01')));
    expect(dataset.outcomes).toEqual({ loaded: 1 });
    const hours = await hoursOf(pool);
    expect([hours.length, hours[0], hours[2], hours[23], hours[24]]).toEqual([
      25,
      '11-01 06',
      '11-01 08',
      '11-02 05',
      '11-02 06',
    ]);
  });

  test('block the file where the day is not as long as the rule says', async () => {
    const { pool } = await freshDatabase();
    const cases = [
      ['an autumn day of 25 hours without 02*', 2024, day('11/03/2024', LABELS_OF_24), '2024-11-03 without 02*'],
      ['a spring day of 23 hours with 02', 2025, day('03/09/2025', LABELS_OF_24), '03/09/2025 02'],
      ['a summer day without 02', 2025, day('07/15/2025', LABELS_OF_23), '2025-07-15 without 02'],
      ['02* in summer', 2025, day('07/15/2025', LABELS_OF_25), '07/15/2025 02*'],
    ] as const;
    for (const [name, year, rows, value] of cases) {
      const { dataset } = await load(pool, year, file(...rows));
      expect([name, dataset.outcomes]).toEqual([name, { blocked: 1 }]);
      expect(checkOf(dataset, LABELS).samples.map((sample) => sample.value)).toEqual([value]);
    }
    expect(await hoursOf(pool)).toEqual([]);
  });

  test('of an autumn night that is still going on are no fault', async () => {
    const { pool } = await freshDatabase();
    const { dataset } = await load(pool, 2024, file(...day('11/03/2024', ['01', '02'])), '2024-11-03T08:30:00Z');
    expect([dataset.outcomes, checkOf(dataset, LABELS).failingRows]).toEqual([{ loaded: 1 }, 0]);
  });

  test('that are none refuse their row with the label as the reason', async () => {
    const { pool } = await freshDatabase();
    const bad = ['02X', '25', '00', '2 *', ''];
    const { dataset } = await load(
      pool,
      2025,
      file(
        ...['01', '02', ...bad, '03'].map((label) => row(`07/15/2025 ${label}`)),
        row('07/15/25 04'),
        row('13/15/2025 05'),
      ),
    );
    expect(dataset.rows).toMatchObject({ read: 10, rejected: 7, inserted: 3 });
    expect(dataset.rejected.map(({ reason }) => reason)).toEqual([
      ...bad.map((label) => expect.stringContaining(`2025-07-15 hour ending ${label} is not an instant`)),
      expect.stringContaining('0025-07-15 is outside 2000 to 2037'),
      expect.stringContaining('13/15/2025 hour ending 05'),
    ]);
  });
});

describe('hours that are not yet known', () => {
  test('are no rows but a counted finding; a price alone or a load alone is a row', async () => {
    const { pool } = await freshDatabase();
    const { dataset } = await load(
      pool,
      2025,
      file(
        row('07/15/2025 01'),
        row('07/15/2025 02', '-', '-', '9100.0'),
        row('07/15/2025 03', '1.5', '-', '-'),
        row('07/15/2025 04', '-', '-', '-'),
        row('07/15/2025 05', '-', '-', '-'),
      ),
    );
    expect(dataset.rows).toMatchObject({ read: 5, rejected: 0, inserted: 3 });
    const check = checkOf(dataset, NOT_YET_KNOWN);
    expect([check.severity, check.failingRows]).toEqual(['info', 2]);
    expect(check.samples.map(({ value }) => value)).toEqual(['07/15/2025 04', '07/15/2025 05']);
    expect(
      await pool.query(
        `select pool_price_cad_per_mwh::text as price, market_demand_mw::text as load from public.alberta_grid_prices order by timestamp`,
      ),
    ).toEqual([
      { price: '50.00', load: '9000.00' },
      { price: null, load: '9100.00' },
      { price: '1.50', load: null },
    ]);
  });

  test('fill the gaps of complete only until they are over', async () => {
    const { pool } = await freshDatabase();
    const whole = day('01/01/2025', LABELS_OF_24).filter((line) => !line.includes(' 05"'));
    const { dataset } = await load(pool, 2025, file(...whole), '2025-01-02T09:30:00Z');
    const check = checkOf(dataset, 'complete(timestamp, PT1H)');
    expect(check.samples.map(({ key }) => key)).toEqual(['2025-01-01T11:00:00Z']);
  });

  test('a column that no report gives stays NULL', async () => {
    const { pool } = await freshDatabase();
    await load(pool, 2025, file(row('07/15/2025 01')));
    expect(
      await pool.query(
        'select forecast_price_cad_per_mwh, energy_price_cad_per_mwh, ancillary_services_price_cad_per_mwh, data_quality, data_source from public.alberta_grid_prices',
      ),
    ).toEqual([
      {
        forecast_price_cad_per_mwh: null,
        energy_price_cad_per_mwh: null,
        ancillary_services_price_cad_per_mwh: null,
        data_quality: null,
        data_source: 'aeso HistoricalPoolPriceReportServlet',
      },
    ]);
  });
});

test('another report at the address, or a page of excuses, fails its year', async () => {
  const { pool } = await freshDatabase();
  for (const [body, code] of [
    ['Market Report\r\n\r\nDate (HE),Price ($)\r\n"07/15/2025 01","50.00"\r\n', /FORMAT_/],
    ['<!DOCTYPE html><html><body>ETS is down for maintenance</body></html>', /FORMAT_HTML/],
    ['', /FORMAT_EMPTY_BODY/],
  ] as const) {
    const { dataset } = await load(pool, 2025, body);
    expect(dataset.outcomes).toEqual({ failed: 1 });
    expect(dataset.intervals[0]?.error?.code).toMatch(code);
  }
});
