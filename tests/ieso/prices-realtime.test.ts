/** The 5-minute zonal price: two layouts under one revision, told apart by their elements, give the same rows. */
import { beforeAll, describe, expect, test } from 'vitest';
import { realtimeZonalByComponent, realtimeZonalByInterval } from '../../data/samples/ieso-prices.ts';
import { hoursOf } from '../../data/samples/shapes.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import { leaves, type Loaded, loadFiles, startOf } from './prices-world.ts';

const ID = 'ieso-realtime-zonal-price';
const path = (stamp: string): string => `RealtimeOntarioZonalPrice/PUB_RealtimeOntarioZonalPrice_${stamp}.xml`;

interface Row {
  interval_start: Date;
  price: number | null;
  loss: number | null;
  congestion: number | null;
  flag: string | null;
}

const stored = (db: FreshDatabase): Promise<Row[]> =>
  db.pool.query<Row>(
    `select interval_start, price_cad_per_mwh as price, loss_price_cad_per_mwh as loss, congestion_price_cad_per_mwh as congestion, flag
     from public.ontario_realtime_prices order by interval_start`,
  );
const hourAt = (day: string, hourEnding: number) => {
  const hour = hoursOf(day, day)[hourEnding - 1];
  if (hour === undefined) throw new Error(`no hour ${hourEnding}`);
  return hour;
};

async function load(body: string, day: string, hourEnding: number): Promise<readonly [Loaded, Row[]]> {
  const db = await freshDatabase();
  const stamp = `${day.replaceAll('-', '')}${String(hourEnding).padStart(2, '0')}`;
  const from = startOf(day, hourEnding);
  const to = startOf(day, hourEnding + 1);
  const loaded = await loadFiles(db.pool, { [path(stamp)]: body }, { ids: [ID], from, to, now: to });
  return [loaded, await stored(db)];
}

describe('the layout by interval, since 2026-03-05', () => {
  const body = realtimeZonalByInterval(hourAt('2026-03-05', 8), 9);
  let loaded: Loaded;
  let rows: Row[];
  beforeAll(async () => {
    [loaded, rows] = await load(body, '2026-03-05', 8);
  });

  test('gives a row per interval that has come, none for the average', () => {
    const cells = ['LmpCap', 'LossPriceCap', 'CongPriceCap'].map((name) => leaves(body, name).map(Number));
    // The tenth of each is the average of the hour.
    expect(cells.map((column) => column.length)).toEqual([10, 10, 10]);
    expect(rows).toEqual(
      Array.from({ length: 9 }, (_, i) => ({
        interval_start: new Date(startOf('2026-03-05', 8, i + 1)),
        price: cells[0]?.[i],
        loss: cells[1]?.[i],
        congestion: cells[2]?.[i],
        flag: 'DSO-RD',
      })),
    );
    expect(rows.at(-1)?.interval_start).toEqual(new Date('2026-03-05T12:40Z'));
  });

  test('names the empty slots in a finding', () => {
    expect(loaded.check(ID, /left_out/)).toMatchObject({ severity: 'info', result: 'found', failingRows: 3 });
    expect(loaded.check(ID, /left_out/).samples.map(({ value }) => value)).toEqual([
      'interval 10',
      'interval 11',
      'interval 12',
    ]);
    expect(loaded.result.report.exitCode).toBe(0);
  });
});

describe('the layout by component, to 2026-03-04', () => {
  const body = realtimeZonalByComponent(hourAt('2025-08-20', 1));

  test('gives a row per interval, joined from three blocks', async () => {
    const [loaded, rows] = await load(body, '2025-08-20', 1);
    const blocks = body.split('<RealTimePriceComponents>').slice(1);
    const numbers = blocks.map((block) =>
      [...block.matchAll(/<Interval\d+>([^<]*)</g)].map((match) => Number(match[1])),
    );
    expect(numbers.map((column) => column.length)).toEqual([12, 12, 12]);
    expect(rows).toEqual(
      Array.from({ length: 12 }, (_, i) => ({
        interval_start: new Date(startOf('2025-08-20', 1, i + 1)),
        price: numbers[0]?.[i],
        loss: numbers[1]?.[i],
        congestion: numbers[2]?.[i],
        flag: null,
      })),
    );
    for (const name of [/left_out/, /unknown/]) expect(loaded.check(ID, name).result).toBe('passed');
  });

  test('leaves out slots without a price and says so', async () => {
    const empty = body
      .replaceAll(/<Interval11>[^<]*<\/Interval11>/g, '<Interval11/>')
      .replaceAll(/<OntarioZonalPriceInterval12>.*<\/OntarioZonalPriceInterval12>\n/g, '');
    const [loaded, rows] = await load(empty, '2025-08-20', 1);
    expect(rows.length).toBe(10);
    expect(loaded.check(ID, /left_out/).samples.map(({ value }) => value)).toEqual(['interval 11', 'interval 12']);
  });

  test('a component nobody knows is reported; one that is there twice with other numbers loads nothing of it', async () => {
    const unknown = body.replace('Energy Loss Price', 'Energy Storage Price');
    const [withUnknown, rows] = await load(unknown, '2025-08-20', 1);
    expect(rows.map(({ loss }) => loss)).toEqual(Array.from({ length: 12 }, () => null));
    expect(withUnknown.check(ID, /unknown/)).toMatchObject({ severity: 'warn', failingRows: 1 });
    const [first = '', block = '', ...rest] = body.split(/(?=<RealTimePriceComponents>)/);
    const twice = [first, block, block.replace(/<Interval5>[^<]*</, '<Interval5>999<'), ...rest].join('');
    const [conflicting, others] = await load(twice, '2025-08-20', 1);
    expect(others.length).toBe(11);
    expect(conflicting.dataset(ID).rejected.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/ and .* is not a number/),
    ]);
  });
});

test('a file of another hour is refused, whichever layout it has', async () => {
  for (const body of [
    realtimeZonalByComponent(hourAt('2025-08-20', 2)),
    realtimeZonalByInterval(hourAt('2025-08-20', 2), 12),
  ]) {
    const [loaded, rows] = await load(body, '2025-08-20', 1);
    expect(loaded.dataset(ID).intervals[0]?.error?.code).toBe('FORMAT_NO_USABLE_ROW');
    expect(rows).toEqual([]);
  }
});
