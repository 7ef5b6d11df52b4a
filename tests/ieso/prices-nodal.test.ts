/** `ontario_nodal_prices`: two markets in one table, exact to the cent, nothing dropped. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import { hasShared, sharedFolder } from '../support/shared.ts';
import { type Loaded, loadFiles, loadFrom, startOf } from './prices-world.ts';

const DAY_AHEAD = 'ieso-day-ahead-nodal-price';
const REAL_TIME = 'ieso-realtime-nodal-price';
const dayAheadPath = 'DAHourlyEnergyLMP/PUB_DAHourlyEnergyLMP_20260110.csv';
const realTimePath = 'RealtimeEnergyLMP/PUB_RealtimeEnergyLMP_2026011008.csv';
const span = { ids: [DAY_AHEAD, REAL_TIME], from: '2026-01-10', to: '2026-01-11', now: '2026-01-11T18:00Z' };

interface Row {
  datetime: Date;
  node_name: string;
  market: string;
  lmp_price: string | null;
  energy_price: string | null;
  congestion_price: string | null;
  loss_price: string | null;
  market_date: string;
  interval_ending: Date;
  zone: string | null;
}

const stored = (db: FreshDatabase): Promise<Row[]> =>
  db.pool.query<Row>(
    `select datetime, node_name, market, lmp_price::text, energy_price::text, congestion_price::text, loss_price::text,
       market_date::text, interval_ending, zone
     from public.ontario_nodal_prices order by market, node_name collate "C", datetime`,
  );

const dayAhead = (rows: readonly string[], date = '2026/01/10'): string =>
  [
    `CREATED AT 2026/01/09 12:33:57 FOR ${date}`,
    'Delivery Hour,Pricing Location,LMP,Energy Loss Price,Energy Congestion Price',
    ...rows,
    '',
  ].join('\r\n');
const realTime = (rows: readonly string[], date = '2026/01/10'): string =>
  [
    `CREATED AT 2026/01/10 07:57:30 FOR ${date}`,
    'Delivery Hour,Interval,Pricing Location,LMP,Energy Loss Price,Energy Congestion Price',
    ...rows,
    '',
  ].join('\n');

/** Cents, so that the sum is exact. */
const cents = (price: string): bigint => BigInt(price.replace('.', ''));
const dollars = (amount: bigint): string =>
  `${amount < 0n ? '-' : ''}${(amount < 0n ? -amount : amount).toString().padStart(3, '0').replace(/(..)$/, '.$1')}`;

describe.skipIf(!hasShared('recordings'))('the recorded day-ahead prices of 2026-09-28', () => {
  test('are in the table to the last digit, energy as the rest to the cent', async () => {
    const db = await freshDatabase();
    const recordings = sharedFolder('recordings');
    const loaded = await loadFrom(db.pool, recordings, {
      ids: [DAY_AHEAD],
      from: '2026-09-28',
      to: '2026-09-29',
      now: '2026-09-29T18:00Z',
    });
    const path = 'reports-public.ieso.ca/public/DAHourlyEnergyLMP/PUB_DAHourlyEnergyLMP_20260928.csv';
    const lines = (await readFile(join(recordings, path), 'utf8')).trim().split(/\r?\n/).slice(2);
    const expected = lines.map((line) => {
      const [hour = '', node = '', lmp = '', loss = '', congestion = ''] = line.split(',');
      return {
        datetime: new Date(startOf('2026-09-28', hour)),
        node_name: node,
        market: 'day_ahead',
        lmp_price: lmp,
        energy_price: dollars(cents(lmp) - cents(loss) - cents(congestion)),
        congestion_price: congestion,
        loss_price: loss,
        market_date: '2026-09-28',
        interval_ending: new Date(startOf('2026-09-28', Number(hour) + 1)),
        zone: null,
      };
    });
    expect(expected.length).toBe(72);
    expect(expected[0]).toMatchObject({ lmp_price: '31.74', energy_price: '30.06', loss_price: '1.68' });
    expect(await stored(db)).toEqual(expected);
    expect(loaded.result.report.exitCode).toBe(0);
    expect(loaded.check(DAY_AHEAD, 'complete(datetime, PT1H, node_name)').result).toBe('passed');
  });
});

describe('both markets', () => {
  let db: FreshDatabase;
  let loaded: Loaded;
  let rows: Row[];
  beforeAll(async () => {
    db = await freshDatabase();
    loaded = await loadFiles(
      db.pool,
      {
        [dayAheadPath]: dayAhead(['8,NODE-A,31.74,1.68,0.00', '8,TOTAL:PZ,30.00,-0.10,-5.55']),
        [realTimePath]: realTime([
          '8,1,NODE-A:LMP,-3.10,0.20,-10.05',
          '8,12,NODE-A:LMP,"1,931.00",0.20,0.05',
          '8,1,NODE-B:LMP,N/A,0.20,0.05',
          '8,1,NODE-C:LMP,12.00,,0.05',
          '8,1,NODE-D:LMP,2500.00,0.00,0.00',
          '8,1,NODE-E:LMP,12.345,0.00,0.00',
          '8,1,TOTAL:PZ,30.00,-0.10,-5.55',
          '8,13,NODE-A:LMP,30.00,0.00,0.00',
        ]),
      },
      span,
    );
    rows = await stored(db);
  });

  test('have the same node names: :LMP is taken off, :PZ of the aggregates stays', () => {
    expect(rows.map(({ market, node_name }) => `${market} ${node_name}`)).toEqual([
      'day_ahead NODE-A',
      'day_ahead TOTAL:PZ',
      'real_time NODE-A',
      'real_time NODE-A',
      'real_time NODE-B',
      'real_time NODE-C',
      'real_time NODE-D',
      'real_time TOTAL:PZ',
    ]);
  });

  test('end after an hour and after five minutes', () => {
    expect(rows[0]).toMatchObject({
      datetime: new Date('2026-01-10T12:00Z'),
      interval_ending: new Date('2026-01-10T13:00Z'),
      market_date: '2026-01-10',
    });
    expect(rows[3]).toMatchObject({
      datetime: new Date('2026-01-10T12:55Z'),
      interval_ending: new Date('2026-01-10T13:00Z'),
      lmp_price: '1931.00',
    });
  });

  test('energy is the exact rest, also of negative parts', () => {
    expect(rows[1]?.energy_price).toBe('35.65');
    expect(rows[2]).toMatchObject({ lmp_price: '-3.10', energy_price: '6.75' });
  });

  test('a cell that is no number is NULL, its row stays, and the report shows it', () => {
    expect(rows[4]).toMatchObject({ node_name: 'NODE-B', lmp_price: null, energy_price: null, loss_price: '0.20' });
    expect(rows[5]).toMatchObject({ node_name: 'NODE-C', lmp_price: '12.00', energy_price: null, loss_price: null });
    const check = loaded.check(REAL_TIME, /not_numeric/);
    expect(check).toMatchObject({ severity: 'warn', result: 'found', failingRows: 2 });
    expect(check.samples.map(({ value }) => value)).toContain('N/A, 0.20, 0.05');
  });

  test('a price far outside the settled ones loads with a warning, a third decimal and an interval 13 are refused', () => {
    expect(rows[6]?.lmp_price).toBe('2500.00');
    expect(loaded.check(REAL_TIME, 'range(lmp_price, -2000, 2000)').failingRows).toBe(1);
    const { rejected } = loaded.dataset(REAL_TIME);
    expect(rejected.map(({ reason }) => reason).sort()).toEqual([
      expect.stringMatching(/2026-01-10 hour ending 8 interval 13 is not an instant/),
      expect.stringMatching(/12\.345/),
    ]);
  });

  test('keep their rows apart: a real-time file that lost a node withdraws it there only', async () => {
    const again = await loadFiles(
      db.pool,
      {
        [dayAheadPath]: dayAhead(['8,NODE-A,31.74,1.68,0.00', '8,TOTAL:PZ,30.00,-0.10,-5.55']),
        [realTimePath]: realTime(['8,1,NODE-A:LMP,-3.10,0.20,-10.05']),
      },
      span,
    );
    expect(again.dataset(REAL_TIME).rows).toMatchObject({ unchanged: 1, withdrawn: 5 });
    expect((await stored(db)).map(({ market, node_name }) => `${market} ${node_name}`)).toEqual([
      'day_ahead NODE-A',
      'day_ahead TOTAL:PZ',
      'real_time NODE-A',
    ]);
  });
});

describe('the first line', () => {
  const day = { ...span, ids: [DAY_AHEAD] };
  const row = '8,NODE-A,31.74,1.68,0.00';

  test.each([
    ['of another day refuses the file', dayAhead([row], '2026/01/11'), /none of 1 rows/],
    ['without a date refuses the file', dayAhead([row], 'today'), /Delivery Date|FOR/],
    ['alone is no report', 'CREATED AT 2026/01/09 12:33:57 FOR 2026/01/10\n', /header/i],
  ])('%s', async (_, body, says) => {
    const db = await freshDatabase();
    const loaded = await loadFiles(db.pool, { [dayAheadPath]: body }, day);
    expect(loaded.result.report.exitCode).toBe(2);
    const error = loaded.dataset(DAY_AHEAD).intervals[0]?.error;
    expect(`${error?.code} ${error?.what}`).toMatch(says);
    expect(await stored(db)).toEqual([]);
  });
});
