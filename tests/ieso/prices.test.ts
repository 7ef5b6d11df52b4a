/** `ontario_prices`: HOEP to 2025-04-30, the day-ahead zonal price from 2025-05-01, and which is which. */
import { cp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { dayAheadZonal } from '../../data/samples/ieso-prices.ts';
import { migrate } from '../../sql/migrate.ts';
import { SHIPPED_MIGRATIONS } from '../../sql/migration-files.ts';
import { emptyDatabase } from '../sql/empty-database.ts';
import { temporaryFolder } from '../support/engine.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import { hasShared, sharedFolder } from '../support/shared.ts';
import { leaves, type Loaded, loadFiles, loadFrom, startOf } from './prices-world.ts';

const HOEP = 'PriceHOEPPredispOR/PUB_PriceHOEPPredispOR_';
const DAY_AHEAD = 'DAHourlyOntarioZonalPrice/PUB_DAHourlyOntarioZonalPrice_';
const NOW = '2026-06-01T12:00Z';
const COLUMNS =
  'hoep, predispatch_1h_cad_per_mwh, predispatch_2h_cad_per_mwh, predispatch_3h_cad_per_mwh, or_10min_sync_cad_per_mwh, or_10min_non_sync_cad_per_mwh, or_30min_cad_per_mwh';

type Row = Record<string, unknown> & { datetime: Date };

function hoepFile(year: number, rows: readonly string[]): string {
  const header =
    'Date,Hour,HOEP,Hour 1 Predispatch,Hour 2 Predispatch,Hour 3 Predispatch,OR 10 Min Sync,OR 10 Min non-sync,OR 30 Min';
  const preamble = ['Yearly HOEP OR Predispatch Report', 'Created at 2025-05-01 07:30:13', `For ${year}`];
  return [...preamble.map((line) => `\\\\${line},,,,,,,,`), header, ...rows, ''].join('\r\n');
}

describe.skipIf(!hasShared('recordings'))('the recorded prices', () => {
  const years = [2013, 2014, 2015, 2016, 2017, 2018, 2019, 2020, 2023];
  const recordings = sharedFolder('recordings');
  const read = (path: string): Promise<string> =>
    readFile(join(recordings, 'reports-public.ieso.ca/public', path), 'utf8');
  let db: FreshDatabase;
  let loaded: Loaded;
  let withoutPredispatch = 0;
  beforeAll(async () => {
    db = await freshDatabase();
    loaded = await loadFrom(db.pool, recordings, {
      ids: ['ieso-hoep', 'ieso-day-ahead-zonal-price'],
      from: '2013-01-01',
      to: '2026-06-01',
      now: NOW,
    });
  });

  test('HOEP: every cell of nine years, under its definition', async () => {
    const expected: string[] = [];
    for (const year of years) {
      for (const line of (await read(`${HOEP}${year}.csv`)).split(/\r?\n/)) {
        if (!/^\d{4}-/.test(line)) continue;
        const [day = '', hour = '', ...prices] = line
          .replaceAll(/"([^"]*)"/g, (_, quoted: string) => quoted.replaceAll(',', ''))
          .split(',');
        if (prices.slice(1, 4).includes('')) withoutPredispatch += 1;
        const numbers = prices.map((price) => (price.trim() === '' ? null : Number(price)));
        expected.push(JSON.stringify([startOf(day, hour), 'hoep', numbers[0], ...numbers, null, null]));
      }
    }
    const rows = await db.pool.query<Row>(
      `select datetime, definition, price_cad_per_mwh, ${COLUMNS}, loss_price_cad_per_mwh, congestion_price_cad_per_mwh
       from public.ontario_prices where definition = 'hoep' order by datetime`,
    );
    expect(expected.length).toBe(4 * 8_760 + 8_784 + 2 * 8_760 + 6_936 + 6_264);
    const found = rows.map(({ datetime, ...cells }) =>
      JSON.stringify([datetime.toISOString(), ...Object.values(cells)]),
    );
    expect(found.filter((row, i) => row !== expected[i]).slice(0, 5)).toEqual([]);
    expect(found.length).toBe(expected.length);
  });

  test('the day-ahead price of 2026-05-28: every cell; HOEP is NULL', async () => {
    const xml = await read(`${DAY_AHEAD}20260528.xml`);
    const hours = leaves(xml, 'PricingHour');
    const cells = ['ZonalPrice', 'LossPriceCapped', 'CongestionPriceCapped'].map((name) =>
      leaves(xml, name).map(Number),
    );
    expect(hours.length).toBe(24);
    const rows = await db.pool.query<Row>(
      `select datetime, definition, price_cad_per_mwh as price, loss_price_cad_per_mwh as loss, congestion_price_cad_per_mwh as congestion, ${COLUMNS}
       from public.ontario_prices where definition <> 'hoep' order by datetime`,
    );
    expect(rows).toEqual(
      hours.map((hour, i) => ({
        datetime: new Date(startOf('2026-05-28', hour)),
        definition: 'day_ahead_ontario_zonal_price',
        price: cells[0]?.[i],
        loss: cells[1]?.[i],
        congestion: cells[2]?.[i],
        ...Object.fromEntries(COLUMNS.split(', ').map((name) => [name, null])),
      })),
    );
    expect(rows[0]).toMatchObject({
      datetime: new Date('2026-05-28T05:00Z'),
      price: 17.76,
      loss: 0.02,
      congestion: -0.26,
    });
    expect(loaded.check('ieso-day-ahead-zonal-price', /flag/)).toMatchObject({ result: 'passed', severity: 'info' });
  });

  test('hours without operating reserve prices are a finding of their own: all before 2018, none after', () => {
    const before = 4 * 8_760 + 8_784;
    expect(loaded.check('ieso-hoep', /hoep_operating_reserve/)).toMatchObject({
      severity: 'info',
      result: 'found',
      failingRows: before,
    });
    expect(loaded.check('ieso-hoep', /^notNull\(predispatch/).failingRows).toBe(withoutPredispatch);
    expect(loaded.check('ieso-hoep', 'notNull(price_cad_per_mwh)').failingRows).toBe(0);
    expect(loaded.result.report.exitCode).toBe(0);
  });
});

describe('HOEP with hours twice, as the file of 2025-04-16 had', () => {
  const rows = (prices: readonly (readonly [number, string])[]): string[] =>
    prices.map(([hour, price]) => `2025-04-16,${hour},${price},1.00,1.00,1.00,0.10,0.10,0.10`);
  const span = { ids: ['ieso-hoep'], from: '2025-04-01', to: '2025-05-01', now: '2025-04-17T12:00Z' };
  const stored = (db: FreshDatabase): Promise<Row[]> =>
    db.pool.query<Row>('select datetime, price_cad_per_mwh as price from public.ontario_prices order by datetime');

  test('keeps one of identical rows and says which repeated', async () => {
    const db = await freshDatabase();
    const file = hoepFile(
      2025,
      rows([
        [1, '30.00'],
        [2, '31.00'],
        [2, '31.00'],
        [3, '32.00'],
      ]),
    );
    const loaded = await loadFiles(db.pool, { [`${HOEP}2025.csv`]: file }, span);
    expect((await stored(db)).map(({ price }) => price)).toEqual([30, 31, 32]);
    expect(loaded.dataset('ieso-hoep').rows).toMatchObject({ read: 4, inserted: 3, rejected: 1 });
    expect(loaded.dataset('ieso-hoep').rejected[0]?.reason).toMatch(/repeats line 6/);
  });

  test('loads none of conflicting rows, for nothing says which is right', async () => {
    const db = await freshDatabase();
    const file = hoepFile(
      2025,
      rows([
        [1, '30.00'],
        [2, '31.00'],
        [2, '99.00'],
        [3, '32.00'],
      ]),
    );
    const loaded = await loadFiles(db.pool, { [`${HOEP}2025.csv`]: file }, span);
    expect((await stored(db)).map(({ price }) => price)).toEqual([30, 32]);
    expect(loaded.dataset('ieso-hoep').rows).toMatchObject({ read: 4, inserted: 2, rejected: 2 });
    expect(loaded.dataset('ieso-hoep').rejected[0]?.reason).toMatch(/2 times with different values/);
  });
});

describe('the two prices in one table', () => {
  test('meet at 2025-05-01 00:00 EST and neither withdraws the other, whichever is loaded again', async () => {
    const db = await freshDatabase();
    const hoep = hoepFile(2025, ['2025-04-30,23,30.00,1,1,1,0.1,0.1,0.1', '2025-04-30,24,31.00,1,1,1,0.1,0.1,0.1']);
    const files = { [`${HOEP}2025.csv`]: hoep, [`${DAY_AHEAD}20250501.xml`]: dayAheadZonal('2025-05-01') };
    const span = {
      ids: ['ieso-hoep', 'ieso-day-ahead-zonal-price'],
      from: '2025-04-01',
      to: '2025-05-02',
      now: '2025-05-02T12:00Z',
    };
    await loadFiles(db.pool, files, span);
    const withoutLast = hoepFile(2025, ['2025-04-30,23,30.00,1,1,1,0.1,0.1,0.1']);
    const again = await loadFiles(db.pool, { ...files, [`${HOEP}2025.csv`]: withoutLast }, span);
    expect(again.dataset('ieso-hoep').rows.withdrawn).toBe(1);
    const rows = await db.pool.query<{ definition: string; first: Date; last: Date; n: number; hoep: number }>(
      `select definition, min(datetime) as first, max(datetime) as last, count(*)::int as n, count(hoep)::int as hoep
       from public.ontario_prices group by definition order by definition`,
    );
    expect(rows).toEqual([
      {
        definition: 'day_ahead_ontario_zonal_price',
        first: new Date('2025-05-01T05:00Z'),
        last: new Date('2025-05-02T04:00Z'),
        n: 24,
        hoep: 0,
      },
      { definition: 'hoep', first: new Date('2025-05-01T03:00Z'), last: new Date('2025-05-01T03:00Z'), n: 1, hoep: 1 },
    ]);
  });

  test('a row of HOEP after its last day is refused', async () => {
    const db = await freshDatabase();
    const file = hoepFile(2025, ['2025-04-30,24,31.00,1,1,1,0.1,0.1,0.1', '2025-05-01,1,31.00,1,1,1,0.1,0.1,0.1']);
    const loaded = await loadFiles(
      db.pool,
      { [`${HOEP}2025.csv`]: file },
      { ids: ['ieso-hoep'], from: '2025-01-01', to: '2026-01-01', now: '2025-05-02T12:00Z' },
    );
    expect(loaded.dataset('ieso-hoep').rows).toMatchObject({ inserted: 1, rejected: 1 });
  });
});

describe('a day-ahead file', () => {
  const span = { ids: ['ieso-day-ahead-zonal-price'], from: '2026-01-10', to: '2026-01-11', now: '2026-01-10T18:00Z' };
  const load = async (body: string): Promise<readonly [Loaded, FreshDatabase]> => {
    const db = await freshDatabase();
    return [await loadFiles(db.pool, { [`${DAY_AHEAD}20260110.xml`]: body }, span), db];
  };

  test('of another day is refused as a whole', async () => {
    const [loaded] = await load(dayAheadZonal('2026-01-09'));
    expect(loaded.result.report.exitCode).toBe(2);
    expect(loaded.dataset('ieso-day-ahead-zonal-price').intervals[0]?.error?.code).toBe('FORMAT_NO_USABLE_ROW');
  });

  test('with an empty price, an unreadable price and another flag: NULL, refused, and a finding', async () => {
    const blocks = dayAheadZonal('2026-01-10').split('<HourlyPriceComponents>');
    const changed = [
      ...blocks.slice(0, 3),
      (blocks[3] ?? '').replace(/<ZonalPrice>[^<]*<\/ZonalPrice>/, '<ZonalPrice/>'),
      (blocks[4] ?? '').replace(/<ZonalPrice>[^<]*</, '<ZonalPrice>n/a<'),
      (blocks[5] ?? '').replace('DSO-RD', 'ADM'),
      ...blocks.slice(6),
    ].join('<HourlyPriceComponents>');
    const [loaded, db] = await load(changed);
    const rows = await db.pool.query<{ price: number | null }>(
      `select price_cad_per_mwh as price from public.ontario_prices order by datetime`,
    );
    expect(rows.length).toBe(23);
    expect(rows.map(({ price }) => price === null).indexOf(true)).toBe(2);
    const { rejected } = loaded.dataset('ieso-day-ahead-zonal-price');
    expect(rejected.map(({ reason }) => reason)).toEqual([expect.stringMatching(/n\/a is not a number/)]);
    expect(loaded.check('ieso-day-ahead-zonal-price', 'notNull(price_cad_per_mwh)').failingRows).toBe(1);
    expect(loaded.check('ieso-day-ahead-zonal-price', /flag/).samples).toMatchObject([
      { value: 'ADM', expectation: 'DSO-RD' },
    ]);
  });
});

test('the migration gives rows that were loaded before it their definition, in public and in history', async () => {
  const database = await emptyDatabase();
  await using folder = await temporaryFolder();
  await cp(SHIPPED_MIGRATIONS, folder.path, { recursive: true });
  // As they were before it came.
  for (const file of await readdir(folder.path))
    if (file >= '20261122020100') await rm(join(folder.path, file), { recursive: true });
  await migrate(database.pool, { folder: folder.path });
  await database.pool.query(`
    insert into public.ontario_prices (datetime, hoep, load_id) values ('2024-01-01T05:00Z', 12.5, 2), ('2024-01-01T06:00Z', null, 2)`);
  await database.pool.query(`
    insert into history.ontario_prices (datetime, hoep, created_at, load_id, closed_by_load_id) values ('2024-01-01T05:00Z', 11, now(), 1, 2)`);
  await migrate(database.pool);
  for (const [schema, prices] of [
    ['public', [12.5, null]],
    ['history', [11]],
  ] as const) {
    const rows = await database.pool.query<Row>(
      `select definition, price_cad_per_mwh as price from ${schema}.ontario_prices order by datetime`,
    );
    expect(rows).toEqual(prices.map((price) => ({ definition: 'hoep', price })));
  }
  await database.drop();
});
