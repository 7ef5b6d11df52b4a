/** All five streams push the rows of their views, of the loads that fill them and of no others. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StreamKey } from '../../core/flags.ts';
import { ADMIN_KEY } from '../support/api.ts';
import { kindOf, listenTo, rowsOf } from '../support/event-stream.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import { putEmptyLoad } from '../support/stream-loads.ts';
import { startStreams, type StreamServer } from '../support/stream-server.ts';

let db: FreshDatabase;
let server: StreamServer;
beforeAll(async () => {
  db = await freshDatabase();
  server = await startStreams({ url: db.url });
});
afterAll(async () => server.stop());

interface Put {
  readonly table: string;
  readonly dataset: string;
  /** Inserts rows of load $1. */
  readonly insert: string;
  readonly rows: number;
}

async function put({ table, dataset, insert, rows }: Put): Promise<number> {
  return db.pool.transaction(async (tx) => {
    const load = await putEmptyLoad(tx, table, dataset);
    await tx.query(insert, [load]);
    await tx.query('update etl.load set rows_inserted = $2 where load_id = $1', [load, rows]);
    await tx.query(`select pg_notify('penstock_load', $1)`, [JSON.stringify({ table, loadId: String(load), dataset })]);
    return load;
  });
}

const generation = (source: string, mwh: number): string =>
  `insert into public.provincial_generation (period, date, province_code, province, producer, generation_type, megawatt_hours, source, load_id)
   values ('month', '2026-01-01', 'ON', 'Ontario', 'electric utilities', 'solar', ${mwh}, '${source}', $1)`;
const price = (market: string, mw: number): string =>
  `insert into public.ontario_nodal_prices (datetime, node_name, market, lmp_price, market_date, interval_ending, load_id)
   values ('2026-01-01T05:00:00Z', 'A', '${market}', ${mw}, '2026-01-01', '2026-01-01T06:00:00Z', $1),
     ('2026-01-01T06:00:00Z', 'A', '${market}', ${mw}, '2026-01-01', '2026-01-01T07:00:00Z', $1)`;
const grid = (region: string, at: string, mw: number): string =>
  `insert into public.grid_status (region, captured_at, demand_mw, supply_mw, data_source, load_id)
   values ('${region}', '${at}', ${mw}, ${mw}, 'x', $1)`;

const PUTS: readonly {
  readonly stream: StreamKey;
  readonly puts: readonly Put[];
  readonly pushed: readonly object[][];
}[] = [
  {
    stream: 'provincial-generation',
    puts: [
      {
        table: 'public.provincial_generation',
        dataset: 'kaggle-provincial-generation',
        insert: generation('kaggle', -5),
        rows: 1,
      },
      {
        table: 'public.provincial_generation',
        dataset: 'statcan-provincial-generation',
        insert: generation('statcan', 7),
        rows: 1,
      },
    ],
    pushed: [[{ date: '2026-01-01', province: 'Ontario', megawatt_hours: -5 }], [{ megawatt_hours: 7 }]],
  },
  {
    stream: 'ontario-prices',
    puts: [
      // Real-time prices are of the same table, and not of the stream.
      {
        table: 'public.ontario_nodal_prices',
        dataset: 'ieso-realtime-nodal-price',
        insert: price('real_time', 99),
        rows: 2,
      },
      {
        table: 'public.ontario_nodal_prices',
        dataset: 'ieso-day-ahead-nodal-price',
        insert: price('day_ahead', 13.15),
        rows: 2,
      },
    ],
    pushed: [
      [
        { datetime: '2026-01-01T05:00:00+00:00', node_name: 'A', lmp_price: 13.15, zone: null },
        { datetime: '2026-01-01T06:00:00+00:00', lmp_price: 13.15 },
      ],
    ],
  },
  {
    stream: 'hf-electricity-demand',
    puts: [
      {
        table: 'public.hf_electricity_demand',
        dataset: 'hf-electricity-demand',
        insert: `insert into public.hf_electricity_demand (datetime, household_id, electricity_demand, location, day_of_week, hour, load_id)
          values ('2026-01-01T05:00:00Z', 'h1', 0.219, 'x', 4, 5, $1)`,
        rows: 1,
      },
    ],
    pushed: [[{ household_id: 'h1', electricity_demand: 0.219, temperature: null }]],
  },
  {
    stream: 'aeso-grid-data',
    puts: [
      {
        table: 'public.grid_status',
        dataset: 'ieso-grid-status',
        insert: grid('Ontario', '2026-01-01T05:00:00Z', 1),
        rows: 1,
      },
      // A report has a time of its own, which the interval of its load need not hold.
      {
        table: 'public.grid_status',
        dataset: 'aeso-ets-grid-status',
        insert: grid('Alberta', '2025-12-31T23:55:00Z', 1_764),
        rows: 1,
      },
      {
        table: 'public.grid_status',
        dataset: 'aeso-ets-grid-status',
        insert: grid('Alberta', '2026-01-01T05:00:00Z', 1_765.5),
        rows: 1,
      },
    ],
    pushed: [
      [{ region: 'Alberta', captured_at: '2025-12-31T23:55:00+00:00', demand_mw: 1_764, frequency_hz: null }],
      [{ captured_at: '2026-01-01T05:00:00+00:00', demand_mw: 1_765.5 }],
    ],
  },
];

test.each(PUTS)('$stream pushes the rows of its view, of its own loads alone', async ({ stream, puts, pushed }) => {
  const client = await listenTo(server.url, `/stream-${stream}?events=named`, { apikey: ADMIN_KEY });
  await client.find((event) => kindOf(event)['kind'] === 'snapshot');
  let last = 0;
  for (const each of puts) {
    last = await put(each);
    // One after the other, so that each row is there when it is pushed.
    const load = String(last);
    if (!['ieso-realtime-nodal-price', 'ieso-grid-status'].includes(each.dataset))
      await client.find((event) => kindOf(event)['load_id'] === load);
  }
  const loads = client.events.filter((event) => kindOf(event)['kind'] === 'load');
  expect(loads.map(rowsOf)).toMatchObject(pushed);
  const fields = await db.pool.query<{ name: string }>(
    `select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 order by attnum`,
    [`public.stream_${stream.replaceAll('-', '_')}`],
  );
  for (const row of loads.flatMap(rowsOf)) expect(Object.keys(row)).toEqual(fields.map(({ name }) => name));
  for (const { data } of loads)
    expect(data['provenance']).toMatchObject({ is_fallback: false, evidence_hash: expect.any(String) as string });
  client.close();
  // Who comes now gets the newest rows, and is at the same load.
  const next = await listenTo(server.url, `/stream-${stream}?events=named`, { apikey: ADMIN_KEY });
  const snapshot = await next.find((event) => kindOf(event)['kind'] === 'snapshot');
  expect(snapshot.id).toBe(`${stream}:${last}`);
  expect(rowsOf(snapshot).at(-1)).toMatchObject(pushed.at(-1)?.at(-1) ?? {});
  next.close();
});
