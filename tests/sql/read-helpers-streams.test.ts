/** The served stream views: their columns, their rows compared with the files themselves, their keys, and what they say about samples. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { asAnon, load, refusal, SAMPLES, samplesDatabase } from './read-helpers-support.ts';
import { freshDatabase, testServers } from '../support/postgres.ts';
import { hasShared, sharedFolder } from '../support/shared.ts';

/** Names and order are the contract with the front end. */
const COLUMNS = {
  stream_ontario_demand: 'datetime, hour_ending, total_demand_mw, hourly_demand_gwh, date, source, version',
  stream_provincial_generation:
    'date, province, province_code, producer, generation_type, megawatt_hours, generation_gwh, source, created_at, version',
  stream_ontario_prices:
    'datetime, node_name, lmp_price, energy_price, congestion_price, loss_price, zone, market_date, interval_ending, source, version',
  stream_hf_electricity_demand:
    'datetime, electricity_demand, temperature, humidity, wind_speed, solar_irradiance, household_id, location, day_of_week, hour, source, version',
  stream_aeso_grid_data:
    'id, region, demand_mw, supply_mw, reserve_margin, frequency_hz, voltage_kv, congestion_index, status, captured_at, data_source',
};

/** The order of pages: what a keyset cursor holds. */
const KEYS = {
  stream_ontario_demand: 'datetime',
  stream_provincial_generation: 'date, province_code, producer, generation_type',
  stream_ontario_prices: 'datetime, node_name',
  stream_hf_electricity_demand: 'datetime, household_id',
  stream_aeso_grid_data: 'captured_at',
};
const VIEWS = Object.keys(COLUMNS) as (keyof typeof COLUMNS)[];

interface Demand {
  readonly datetime: string;
  readonly hour_ending: number;
  readonly total_demand_mw: number;
  readonly hourly_demand_gwh: number;
  readonly date: string;
  readonly source: string;
}

/** The publisher's file, read without penstock: hour 1 to 24 of a day that has UTC-5 all year. */
async function demandOf(file: string, source: string): Promise<Demand[]> {
  const lines = (await readFile(file, 'utf8')).split(/\r?\n/).filter((line) => /^\d{4}-/.test(line));
  return lines.map((line) => {
    const [date = '', hour = '', , demand = ''] = line.split(',');
    const start = Date.parse(`${date}T00:00:00-05:00`) + (Number(hour) - 1) * 3_600_000;
    return {
      datetime: new Date(start).toISOString(),
      hour_ending: Number(hour),
      total_demand_mw: Number(demand),
      hourly_demand_gwh: Number(demand) / 1000,
      date,
      source,
    };
  });
}

const DEMAND = `select to_char(datetime at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as datetime, hour_ending,
  total_demand_mw, hourly_demand_gwh, date::text as date, source from public.stream_ontario_demand`;

describe.each(testServers())('on $name', (server) => {
  test(
    'a samples database: anon reads the streams in their shapes, every key once, every row labelled as a sample',
    { timeout: 120_000 },
    async () => {
      const { pool: db } = await samplesDatabase(server);
      for (const view of VIEWS) {
        const [shape] = await asAnon<{ columns: string }>(
          db,
          `select string_agg(attname, ', ' order by attnum) as columns from pg_attribute where attrelid = $1::regclass and attnum > 0`,
          [`public.${view}`],
        );
        expect(`${view}: ${shape?.columns}`).toBe(`${view}: ${COLUMNS[view]}`);
        const origin = view === 'stream_aeso_grid_data' ? 'data_source' : 'source';
        const [counted] = await asAnon<{ rows: number; keys: number; samples: number }>(
          db,
          `select count(*)::int as rows, count(distinct (${KEYS[view]}))::int as keys,
           count(*) filter (where starts_with(${origin}, 'sample:'))::int as samples from public.${view}`,
        );
        expect(`${view} ${counted?.keys} ${counted?.samples}`).toBe(`${view} ${counted?.rows} ${counted?.rows}`);
        expect(counted?.rows, view).toBeGreaterThan(0);
      }
      const files = [2024, 2025].map((year) =>
        demandOf(join(SAMPLES, `reports-public.ieso.ca/public/Demand/PUB_Demand_${year}.csv`), 'sample:ieso'),
      );
      expect(await asAnon(db, `${DEMAND} order by stream_ontario_demand.datetime`)).toEqual(
        (await Promise.all(files)).flat(),
      );

      // Where Statistics Canada has the row, its copy is not served beside it.
      const own = `select 'sample:' || (array_agg(source order by source = 'statcan' desc))[1] as source,
        (array_agg(megawatt_hours order by source = 'statcan' desc))[1] as megawatt_hours
      from public.provincial_generation group by date, province_code, producer, generation_type`;
      const served = 'select source, megawatt_hours from public.stream_provincial_generation';
      const [compared] = await db.query<{ both: number; missing: number; extra: number; sources: number }>(
        `select (select count(*)::int from (${served}) s) as both,
        (select count(*)::int from ((${own}) except all (${served})) m) as missing,
        (select count(*)::int from ((${served}) except all (${own})) e) as extra,
        (select count(distinct source)::int from (${served}) s) as sources`,
      );
      expect(compared).toMatchObject({ missing: 0, extra: 0, sources: 2 });

      // Day-ahead only: one price of a node and hour.
      expect(
        await asAnon(
          db,
          `select distinct interval_ending - datetime = interval '1 hour' as hourly from public.stream_ontario_prices`,
        ),
      ).toEqual([{ hourly: true }]);
      expect(await refusal(db, `* from etl.load`)).toBe('42501');
    },
  );

  test('pages by key give every row once, although rows arrive between the pages', async () => {
    const { pool: db } = await freshDatabase(server);
    await load(db, {
      recordings: SAMPLES,
      source: 'samples',
      ids: ['kaggle-provincial-generation'],
      from: '2008-01-01',
      to: '2026-01-01',
    });
    const seen: string[] = [];
    let after: readonly string[] = ['1900-01-01', '', '', ''];
    for (;;) {
      const page = await asAnon<{ key: string[] }>(
        db,
        `select array[date::text, province_code, producer, generation_type] as key from public.stream_provincial_generation
         where (date, province_code, producer, generation_type) > ($1::date, $2, $3, $4)
         order by date, province_code, producer, generation_type limit 25`,
        after,
      );
      if (page.length === 0) break;
      seen.push(...page.map(({ key }) => key.join('|')));
      after = page.at(-1)?.key ?? after;
      // A row before the cursor: an offset would now repeat one.
      await db.query(
        `insert into public.provincial_generation (period, date, province_code, province, producer, generation_type, source, load_id)
         values ('month', '1901-01-01', 'ON', 'Ontario', 'industries', $1, 'kaggle', 0)`,
        [`late ${seen.length}`],
      );
    }
    const [all] = await db.query<{ rows: number }>(
      `select count(*)::int as rows from public.provincial_generation where generation_type not like 'late%'`,
    );
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBe(all?.rows);
  });
});

describe.skipIf(!hasShared('recordings'))('on real recordings', () => {
  test('demand is the file row by row, on days of clock changes too; net generation stays negative; the publisher is named', async () => {
    const { pool: db } = await freshDatabase();
    await load(db, { ids: ['ieso-demand'], from: '2020-01-01', to: '2021-01-01' });
    await load(db, {
      ids: ['kaggle-provincial-generation', 'aeso-ets-grid-status', 'ieso-day-ahead-nodal-price'],
      from: '2026-09-28',
      to: '2026-09-29',
    });
    const file = join(sharedFolder('recordings'), 'reports-public.ieso.ca/public/Demand/PUB_Demand_2020.csv');
    const expected = await demandOf(file, 'ieso');
    expect(expected).toHaveLength(366 * 24);
    expect(await asAnon(db, `${DEMAND} order by stream_ontario_demand.datetime`)).toEqual(expected);
    expect(
      await asAnon(
        db,
        `select array_agg(hour_ending order by datetime) = array(select generate_series(1, 24)) as whole, count(distinct date)::int as dates
         from public.stream_ontario_demand where date = '2020-03-08'`,
      ),
    ).toEqual([{ whole: true, dates: 1 }]);

    const [generation] = await asAnon(
      db,
      `select count(*) filter (where megawatt_hours < 0)::int > 0 as negative, bool_and(generation_gwh = megawatt_hours / 1000) as gwh,
         array_agg(distinct source) as sources from public.stream_provincial_generation`,
    );
    expect(generation).toEqual({ negative: true, gwh: true, sources: ['kaggle'] });
    expect(
      await asAnon(db, `select distinct region, data_source, frequency_hz from public.stream_aeso_grid_data`),
    ).toEqual([{ region: 'Alberta', data_source: 'aeso CSDReportServlet', frequency_hz: null }]);
    const [prices] = await asAnon(
      db,
      `select count(*)::int as rows, count(distinct node_name)::int as nodes from public.stream_ontario_prices`,
    );
    const csv = await readFile(
      join(
        sharedFolder('recordings'),
        'reports-public.ieso.ca/public/DAHourlyEnergyLMP/PUB_DAHourlyEnergyLMP_20260928.csv',
      ),
      'utf8',
    );
    const lines = csv.split(/\r?\n/).filter((line) => /^\d+,/.test(line));
    expect(prices).toEqual({ rows: lines.length, nodes: new Set(lines.map((line) => line.split(',')[1])).size });
  });
});

test('rows that no publisher gave say so: adopted, written by hand, and of a load that is not there', async () => {
  const { pool: db } = await freshDatabase();
  await db.query(
    `insert into etl.run (run_id, command, source, started_at, host, process_id, version)
     select kind, 'test', kind, now(), 'h', 1, '0' from unnest(array['adopted', 'edit']) kind`,
  );
  await db.query(
    `insert into etl.load (load_id, run_id, dataset, table_name, interval_start, interval_end, strategy, known_at)
     overriding system value select 1000 + n, kind, kind, 'public.grid_status', '-infinity', 'infinity', kind, now() from unnest(array['adopted', 'edit']) with ordinality k(kind, n)`,
  );
  await db.query(
    `insert into public.grid_status (region, captured_at, demand_mw, supply_mw, data_source, load_id)
     select 'Alberta', make_timestamptz(2026, 1, load_id::int - 1000, 0, 0, 0, 'UTC'), 1, 1, 'mock', load_id from unnest(array[1001, 1002, 1009]) load_id`,
  );
  expect(await asAnon(db, 'select data_source from public.stream_aeso_grid_data order by captured_at')).toEqual([
    { data_source: 'adopted' },
    { data_source: 'edit' },
    { data_source: null },
  ]);
  expect(await asAnon(db, 'select source, version from public.grid_snapshots order by captured_at')).toEqual([
    { source: 'adopted', version: '1001' },
    { source: 'edit', version: '1002' },
    { source: null, version: '1009' },
  ]);
});
