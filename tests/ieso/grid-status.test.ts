/** Real-time totals, the state of the grid that follows from them, and the metrics that follow from that. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { realtimeTotals, realtimeZonalByInterval } from '../../data/samples/ieso-prices.ts';
import { hoursOf } from '../../data/samples/shapes.ts';
import { decode } from '../../loaders/source/decode/index.ts';
import { realtimeTotalsDecode } from '../../pipelines/ieso/realtime-totals-decode.ts';
import { gather } from '../decode/support.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import { hasShared, sharedFolder } from '../support/shared.ts';
import { leaves, type Loaded, loadFiles, loadFrom, startOf } from './prices-world.ts';

const TOTALS = 'ieso-realtime-totals';
const STATUS = 'ieso-grid-status';
const PRICE = 'ieso-realtime-zonal-price';
/** Market quantity → its column. */
const COLUMNS = {
  'Total Energy': 'total_energy_mw',
  'Total Loss': 'total_loss_mw',
  'Total Load': 'total_load_mw',
  'Total Dispatch Load Scheduled OFF': 'total_dispatch_load_scheduled_off_mw',
  'Total 10S': 'total_10s_mw',
  'Total 10N': 'total_10n_mw',
  'Total 30R': 'total_30r_mw',
  'ONTARIO DEMAND': 'ontario_demand_mw',
} as const;

interface Interval {
  interval: string;
  flag: string;
  mw: ReadonlyMap<string, string>;
}

function intervalsOf(xml: string): Interval[] {
  return xml
    .split('<IntervalEnergy>')
    .slice(1)
    .map((block) => {
      const amounts = leaves(block, 'EnergyMW');
      return {
        interval: leaves(block, 'Interval')[0] ?? '',
        flag: leaves(block, 'Flag')[0] ?? '',
        mw: new Map(leaves(block, 'MarketQuantity').map((name, i) => [name, amounts[i] ?? ''])),
      };
    });
}

/** Thousandths of a fraction of two numbers with a tenth, in whole numbers, half away from zero. */
function thousandths(parts: readonly string[], of: string): string {
  const tenths = (text: string): number => Math.round(Number(text) * 10);
  const sum = parts.reduce((total, part) => total + tenths(part), 0);
  return (Math.floor((2_000 * sum + tenths(of)) / (2 * tenths(of))) / 1_000).toFixed(3);
}

const totalsRows = (db: FreshDatabase): Promise<Record<string, unknown>[]> =>
  db.pool.query(
    `select interval_start, ${Object.values(COLUMNS).join(', ')}, flag from public.ontario_realtime_totals order by 1`,
  );
const statusRows = (db: FreshDatabase): Promise<Record<string, unknown>[]> =>
  db.pool
    .query(`select region, captured_at, demand_mw::text, supply_mw::text, reserve_margin::text, frequency_hz, voltage_kv,
    congestion_index, data_source, status from public.grid_status order by captured_at`);
const metrics = (db: FreshDatabase): Promise<Record<string, unknown>[]> =>
  db.pool
    .query(`select region, frequency_stability, voltage_stability, congestion_index::text, reserve_margin::text, last_updated
    from public.grid_stability_metrics order by region`);

describe.skipIf(!hasShared('recordings'))('the recorded totals of 2026-09-28, hour ending 8', () => {
  let db: FreshDatabase;
  let loaded: Loaded;
  let intervals: Interval[];
  beforeAll(async () => {
    db = await freshDatabase();
    const recordings = sharedFolder('recordings');
    loaded = await loadFrom(db.pool, recordings, {
      ids: [TOTALS, STATUS],
      from: '2026-09-28',
      to: '2026-09-29',
      now: '2026-09-28T13:00Z',
    });
    const path = 'reports-public.ieso.ca/public/RealtimeTotals/PUB_RealtimeTotals_2026092808.xml';
    intervals = intervalsOf(await readFile(join(recordings, path), 'utf8'));
  });

  test('are in the table to the last digit', async () => {
    expect(intervals.length).toBe(12);
    expect(await totalsRows(db)).toEqual(
      intervals.map(({ interval, flag, mw }) => ({
        interval_start: new Date(startOf('2026-09-28', 8, interval)),
        ...Object.fromEntries(Object.entries(COLUMNS).map(([name, column]) => [column, Number(mw.get(name))])),
        flag,
      })),
    );
    expect(loaded.result.report.exitCode).toBe(0);
    expect(loaded.check(TOTALS, /^sumsTo/).result).toBe('passed');
    expect(loaded.check(TOTALS, 'complete(interval_start, PT5M)').result).toBe('passed');
  });

  test('are the state of the grid: demand, supply, and reserve as a fraction of demand', async () => {
    const rows = await statusRows(db);
    expect(rows).toEqual(
      intervals.map(({ interval, mw }) => {
        const reserve = ['Total 10S', 'Total 10N', 'Total 30R'].map((name) => mw.get(name) ?? '');
        return {
          region: 'Ontario',
          captured_at: new Date(startOf('2026-09-28', 8, interval)),
          demand_mw: Number(mw.get('ONTARIO DEMAND')).toFixed(2),
          supply_mw: Number(mw.get('Total Energy')).toFixed(2),
          reserve_margin: thousandths(reserve, mw.get('ONTARIO DEMAND') ?? ''),
          frequency_hz: null,
          voltage_kv: null,
          congestion_index: null,
          data_source: 'ieso RealtimeTotals',
          status: null,
        };
      }),
    );
    // (378.6 + 913.6 + 125.7) / 16,087.9
    expect(rows[0]).toMatchObject({ captured_at: new Date('2026-09-28T12:00Z'), reserve_margin: '0.088' });
  });

  test('have an id each, which the database gives', async () => {
    const [row] = await db.pool.query<{ ids: number; n: number }>(
      'select count(distinct id)::int as ids, count(*)::int as n from public.grid_status',
    );
    expect(row).toEqual({ ids: 12, n: 12 });
  });

  test('without a price of that hour the metrics have no congestion, and nothing that was not measured', async () => {
    expect(await metrics(db)).toEqual([
      {
        region: 'Ontario',
        frequency_stability: null,
        voltage_stability: null,
        congestion_index: null,
        reserve_margin: (await statusRows(db)).at(-1)?.['reserve_margin'],
        last_updated: new Date('2026-09-28T12:55Z'),
      },
    ]);
  });
});

test.skipIf(!hasShared('fixtures'))(
  'the report before 2025-05-01, RealtimeConstTotals, decodes with the same words',
  async () => {
    const path = join(sharedFolder('fixtures'), 'ieso_RealtimeConstTotals_2017070101.xml');
    const { cells, undecodable } = await gather(decode(path, realtimeTotalsDecode));
    const expected = intervalsOf(await readFile(path, 'utf8')).flatMap(({ interval, flag, mw }) => [
      ...[...mw].map(([name, amount]) => ['2017-07-01', '1', interval, name, amount, null, 'MQ']),
      ['2017-07-01', '1', interval, null, null, flag, 'Flag'],
    ]);
    expect(expected.length).toBe(12 * 9);
    expect(expected[3]).toEqual(['2017-07-01', '1', '1', 'Total Dispatch Load', '0', null, 'MQ']);
    expect(cells).toEqual(expected);
    expect(undecodable).toEqual([]);
  },
);

describe('a totals file', () => {
  const hour = hoursOf('2026-01-10', '2026-01-10')[7];
  if (hour === undefined) throw new Error('no hour');
  const good = realtimeTotals(hour);
  const span = {
    ids: [TOTALS, STATUS, PRICE],
    from: startOf('2026-01-10', 8),
    to: startOf('2026-01-10', 9),
    now: '2026-01-10T13:30Z',
  };
  const path = 'RealtimeTotals/PUB_RealtimeTotals_2026011008.xml';
  /** Changes the n-th interval, from 1. */
  const changed = (n: number, change: (block: string) => string): string =>
    good
      .split(/(?=<IntervalEnergy>)/)
      .map((block, i) => (i === n ? change(block) : block))
      .join('');
  const mw =
    (quantity: string, value: string) =>
    (block: string): string =>
      block.replace(
        new RegExp(`(<MarketQuantity>${quantity}</MarketQuantity>\n)<EnergyMW>[^<]*</EnergyMW>`),
        `$1${value}`,
      );

  test('with a quantity nobody knows loads, and the report names the quantity', async () => {
    const db = await freshDatabase();
    const body = good.replaceAll('Total 30R', 'Total 60R');
    const loaded = await loadFiles(db.pool, { [path]: body }, span);
    expect(loaded.check(TOTALS, /unknown/)).toMatchObject({ severity: 'warn', result: 'found', failingRows: 12 });
    expect(loaded.check(TOTALS, /unknown/).samples[0]?.value).toBe('Total 60R');
    expect((await totalsRows(db)).map((row) => row['total_30r_mw'])).toEqual(Array.from({ length: 12 }, () => null));
    // One part of the reserve is not known, so neither is the reserve.
    expect((await statusRows(db)).map((row) => row['reserve_margin'])).toEqual(Array.from({ length: 12 }, () => null));
  });

  test('with an interval without demand: NULL in the totals, refused as a state of the grid', async () => {
    const db = await freshDatabase();
    const loaded = await loadFiles(db.pool, { [path]: changed(3, mw('ONTARIO DEMAND', '<EnergyMW/>')) }, span);
    expect((await totalsRows(db))[2]).toMatchObject({ ontario_demand_mw: null });
    expect(await statusRows(db)).toHaveLength(11);
    expect(loaded.dataset(STATUS).rejected[0]?.reason).toMatch(/demand_mw must have a value|notNull\(demand_mw\)/);
  });

  test('with a quantity twice: the same number counts once, different numbers are refused', async () => {
    const db = await freshDatabase();
    const again =
      (value: string) =>
      (block: string): string =>
        block.replace(
          '<Flag>',
          `<MQ>\n<MarketQuantity>Total Loss</MarketQuantity>\n<EnergyMW>${value}</EnergyMW>\n</MQ>\n<Flag>`,
        );
    const lost = intervalsOf(good)[0]?.mw.get('Total Loss') ?? '';
    await loadFiles(db.pool, { [path]: changed(1, again(lost)) }, span);
    expect(await totalsRows(db)).toHaveLength(12);
    const other = await freshDatabase();
    const loaded = await loadFiles(other.pool, { [path]: changed(1, again('1.5')) }, span);
    expect(await totalsRows(other)).toHaveLength(11);
    expect(loaded.dataset(TOTALS).rejected[0]?.reason).toMatch(/1\.5 and .* is not a number/);
  });

  test('with fewer intervals and empty ones has rows for what is known', async () => {
    const db = await freshDatabase();
    const blocks = good.split(/(?=<IntervalEnergy>)|(?=<\/Energies>)/);
    const partial = [...blocks.slice(0, 6), ...blocks.slice(-1)]
      .join('')
      .replaceAll(/(<Interval>5<[\s\S]*)/g, (rest: string) =>
        rest.replaceAll(/<EnergyMW>[^<]*<\/EnergyMW>/g, '<EnergyMW/>').replaceAll(/<Flag>[^<]*<\/Flag>/g, '<Flag/>'),
      );
    expect(leaves(partial, 'Interval')).toEqual(['1', '2', '3', '4', '5']);
    await loadFiles(db.pool, { [path]: partial }, span);
    expect(await totalsRows(db)).toHaveLength(4);
    expect(await statusRows(db)).toHaveLength(4);
  });

  test('and prices of that hour make the metrics: congestion as a share of the newest price', async () => {
    const db = await freshDatabase();
    const prices = realtimeZonalByInterval(hour, 9);
    const at = (name: string): number => Number(leaves(prices, name)[8]);
    const pricePath = 'RealtimeOntarioZonalPrice/PUB_RealtimeOntarioZonalPrice_2026011008.xml';
    await loadFiles(db.pool, { [path]: good, [pricePath]: prices }, span);
    const expected = (Math.abs(at('CongPriceCap')) / Math.abs(at('LmpCap'))).toFixed(3);
    expect(await metrics(db)).toMatchObject([{ region: 'Ontario', congestion_index: expected }]);
    await db.pool
      .query(`insert into public.grid_status (region, captured_at, demand_mw, supply_mw, reserve_margin, data_source, load_id)
      values ('Alberta', '2026-01-10T13:00Z', 10000, 10100, 0.05, 'test', 1), ('Alberta', '2026-01-10T13:05Z', 10000, 10100, null, 'test', 1)`);
    expect(await metrics(db)).toMatchObject([
      { region: 'Alberta', congestion_index: null, reserve_margin: null, last_updated: new Date('2026-01-10T13:05Z') },
      { region: 'Ontario', congestion_index: expected },
    ]);
    await db.pool.query(`update public.ontario_realtime_prices set price_cad_per_mwh = 0
      where interval_start = (select max(interval_start) from public.ontario_realtime_prices)`);
    expect(await metrics(db)).toMatchObject([{ region: 'Alberta' }, { region: 'Ontario', congestion_index: null }]);
  });
});

test('the metrics cannot be written, and have no row where nothing was measured', async () => {
  const db = await freshDatabase();
  expect(await metrics(db)).toEqual([]);
  await expect(
    db.pool.query(`insert into public.grid_stability_metrics (region) values ('Ontario')`),
  ).rejects.toMatchObject({
    code: '55000',
  });
});
