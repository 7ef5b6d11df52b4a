/** The Kaggle data sets end to end: the recorded archive against a recount, and what may come instead of it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { storedZip } from '../../data/samples/zip.ts';
import type { RunResult } from '../../engine/run.ts';
import { kaggleDownload } from '../../pipelines/kaggle/data-set.ts';
import publisher from '../../pipelines/kaggle/publisher.ts';
import { type Recorded, temporaryFolder, testEngine, testRun, writeRecordings } from '../support/engine.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import { hasShared, sharedFolder } from '../support/shared.ts';

const PROVINCIAL = 'kaggle-provincial-generation';
const PRICE = 'kaggle-ontario-demand-price';
const PROVINCIAL_URL =
  'https://www.kaggle.com/api/v1/datasets/download/jacobsharples/provincial-energy-production-canada';
const PRICE_URL = 'https://www.kaggle.com/api/v1/datasets/download/jacobsharples/ontario-electricity-demand';
const STORAGE = 'https://storage.googleapis.com/kaggle-data-sets/archive.zip?X-Goog-Signature=x';
const CODES = {
  Alberta: 'AB',
  'British Columbia': 'BC',
  Manitoba: 'MB',
  'New Brunswick': 'NB',
  'Newfoundland and Labrador': 'NL',
  'Northwest Territories': 'NT',
  'Nova Scotia': 'NS',
  Nunavut: 'NU',
  Ontario: 'ON',
  'Prince Edward Island': 'PE',
  Quebec: 'QC',
  Saskatchewan: 'SK',
  Yukon: 'YT',
};

interface Ran {
  readonly db: FreshDatabase;
  readonly result: RunResult;
  readonly fault: string;
}

async function runOn(id: string, recorded: readonly Recorded[] | string): Promise<Ran> {
  await using folder = await temporaryFolder();
  const db = await freshDatabase();
  const recordings =
    typeof recorded === 'string' ? recorded : await writeRecordings(join(folder.path, 'recordings'), recorded);
  const engine = await testEngine({ pool: db.pool, recordings, dataDir: folder.path, now: '2026-08-19T12:00Z' });
  const result = await testRun(engine, { ids: [id] });
  const error = result.report.datasets[0]?.intervals.find((interval) => interval.error !== null)?.error;
  return { db, result, fault: JSON.stringify(error ?? null) };
}

/** A download of Kaggle: the redirect, and what storage then gives. */
const answered = (url: string, body: string | Uint8Array): Recorded[] => [
  { url, status: 302, headers: { location: STORAGE } },
  { url: STORAGE, body, headers: { 'content-type': 'application/octet-stream' } },
];

const PROVINCIAL_CSV =
  'date,province,producer,generation_type,megawatt_hours\n2022-10,Yukon,industries,solar,5.0\n2022-10,Alberta,electric utilities,other types of electricity generation,-34.0\n';

test('a download names owner, data set, file and version; without a version none is asked for', () => {
  expect(kaggleDownload({ owner: 'o', slug: 's' })).toBe('https://www.kaggle.com/api/v1/datasets/download/o/s');
  expect(kaggleDownload({ owner: 'o', slug: 's', file: 'a b.csv', version: 3 })).toBe(
    'https://www.kaggle.com/api/v1/datasets/download/o/s/a%20b.csv?datasetVersionNumber=3',
  );
});

test('storage, where a download is redirected to, never gets credentials', () => {
  expect(publisher.hosts).toContain('storage.googleapis.com');
  expect(publisher.credentials?.hosts).toEqual(['www.kaggle.com']);
  expect(publisher.credentials?.required).toBe(false);
});

describe.skipIf(!hasShared('recordings'))('the recorded archive', () => {
  test('loads every row of the file, number by number, and counts what is below zero', async () => {
    const archive = readFileSync(
      join(sharedFolder('recordings'), 'storage.googleapis.com/provincial-energy-production-canada.zip'),
    );
    const start = 30 + archive.readUInt16LE(26) + archive.readUInt16LE(28);
    const packed = archive.readUInt32LE(archive.lastIndexOf('provincial_energy.csv') - 46 + 20);
    const lines = inflateRawSync(archive.subarray(start, start + packed))
      .toString('utf8')
      .trim()
      .split('\n')
      .slice(1);
    const expected = lines.map((line) => {
      const [month = '', province = '', producer, type, mwh] = line.split(',');
      return [
        `${month}-01`,
        CODES[province as keyof typeof CODES],
        province,
        producer,
        type,
        Number(mwh),
        Number(mwh) / 1_000,
      ].join('|');
    });

    const { db, result } = await runOn(PROVINCIAL, sharedFolder('recordings'));
    expect(result.report.exitCode).toBe(0);
    const rows = await db.pool.query<{
      row: (string | number)[];
      period: string;
      source: string;
      status: null;
      id: string;
    }>(
      `select json_build_array(date::text, province_code, province, producer, generation_type, megawatt_hours, generation_gwh) as row, period, source, status, id
       from public.provincial_generation`,
    );
    expect(rows.length).toBe(17_536);
    expect(rows.map(({ row }) => row.join('|')).sort()).toEqual([...expected].sort());
    expect(new Set(rows.map(({ period, source, status }) => `${period} ${source} ${status}`))).toEqual(
      new Set(['month kaggle null']),
    );
    expect(new Set(rows.map(({ id }) => id)).size).toBe(17_536);
    const [below] = await db.pool.query(
      `select failing_rows::int, severity from etl.check_result where check_name = 'sql(transforms/checks/net_generation_below_zero.sql)'`,
    );
    expect(below).toEqual({ failing_rows: lines.filter((line) => line.includes(',-')).length, severity: 'info' });
    expect(below).toEqual({ failing_rows: 154, severity: 'info' });
    const [artifact] = await db.pool.query('select url, sha256 from etl.artifact');
    expect(artifact).toMatchObject({ sha256: 'e8fd34fb47ae6986dce5633ce786365559eefa4152aa3494c79cdd0d9cefba83' });
    expect(JSON.stringify(artifact)).not.toContain('Signature=recorded');
  });
});

describe('what may come instead of an archive with one CSV', () => {
  test('the bare file: it loads', async () => {
    const { db, result } = await runOn(PROVINCIAL, answered(PROVINCIAL_URL, PROVINCIAL_CSV));
    expect(result.report.exitCode).toBe(0);
    expect(
      await db.pool.query(
        'select province_code, megawatt_hours, generation_gwh from public.provincial_generation order by 1',
      ),
    ).toEqual([
      { province_code: 'AB', megawatt_hours: -34, generation_gwh: -0.034 },
      { province_code: 'YT', megawatt_hours: 5, generation_gwh: 0.005 },
    ]);
  });

  test.each([
    ['two CSV files', { 'a.csv': PROVINCIAL_CSV, 'b.csv': PROVINCIAL_CSV }, '2 members of the archive are called like'],
    ['no CSV file', { 'readme.md': 'x' }, 'none of the 1 members of the archive is called like'],
  ])('an archive with %s: the interval fails and says so', async (_, members, said) => {
    const { db, result, fault } = await runOn(PROVINCIAL, answered(PROVINCIAL_URL, await storedZip(members)));
    expect(result.report.exitCode).toBe(2);
    expect(fault).toContain('FORMAT_ZIP_MEMBER');
    expect(fault).toContain(said);
    expect(await db.pool.query('select count(*)::int as n from public.provincial_generation')).toEqual([{ n: 0 }]);
  });

  test('other columns: the interval fails and names them', async () => {
    const { result, fault } = await runOn(
      PRICE,
      answered(PRICE_URL, 'date,hour,demand_kw,price\n2023-01-01,1,14000000,2.5\n'),
    );
    expect(result.report.exitCode).toBe(2);
    expect(fault).toContain('FORMAT_HEADER_CHANGED');
    expect(fault).toContain('demand_kw');
  });
});

describe('demand and price of Ontario', () => {
  test.each(['hourly_average_price', 'average_hourly_price'])(
    'kWh become MW and cents per kWh dollars per MWh, exactly, with the price as %s',
    async (column) => {
      const file = `date,hour,hourly_demand,${column}\n2023-01-01,1,13853000,3.57\n2023-01-01,24,14000500,-0.402\n2023-01-02,1,15000000,200.0\n2023-01-02,2,15000001,\n`;
      const { db, result } = await runOn(
        PRICE,
        answered(PRICE_URL, await storedZip({ 'ontario_electricity_demand.csv': file })),
      );
      expect(result.report.exitCode).toBe(0);
      const rows = await db.pool.query<{ hour: string; demand_mw: number; price_cad_per_mwh: number | null }>(
        `select to_char(hour at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as hour, demand_mw, price_cad_per_mwh from public.kaggle_ontario_demand_price order by 1`,
      );
      expect(rows).toEqual([
        { hour: '2023-01-01 05:00', demand_mw: 13_853, price_cad_per_mwh: 35.7 },
        { hour: '2023-01-02 04:00', demand_mw: 14_000.5, price_cad_per_mwh: -4.02 },
        { hour: '2023-01-02 05:00', demand_mw: 15_000, price_cad_per_mwh: 2_000 },
        { hour: '2023-01-02 06:00', demand_mw: 15_000.001, price_cad_per_mwh: null },
      ]);
    },
  );

  test('a file in MW after all is refused as a whole, not loaded a thousand times too small', async () => {
    const { result, fault } = await runOn(
      PRICE,
      answered(PRICE_URL, 'date,hour,hourly_demand,hourly_average_price\n2023-01-01,1,13853,3.57\n'),
    );
    expect(result.report.exitCode).toBe(2);
    expect(fault).toContain('FORMAT_NO_USABLE_ROW');
    expect(fault).toContain('13.853');
  });

  test("it is compared with IESO's own demand", async () => {
    await using folder = await temporaryFolder();
    const db = await freshDatabase();
    const demand = 'https://reports-public.ieso.ca/public/Demand/PUB_Demand_2023.csv';
    const recordings = await writeRecordings(join(folder.path, 'recordings'), [
      {
        url: demand,
        body: 'Date,Hour,Market Demand,Ontario Demand\n2023-01-01,1,16000,13853\n2023-01-01,2,16000,13700\n',
      },
      {
        url: PRICE_URL,
        body: 'date,hour,hourly_demand,hourly_average_price\n2023-01-01,1,13853000,3.57\n2023-01-01,2,13900000,3.57\n',
      },
    ]);
    const engine = await testEngine({ pool: db.pool, recordings, dataDir: folder.path, now: '2026-08-19T12:00Z' });
    await testRun(engine, { ids: ['ieso-demand', PRICE], from: '2023-01-01', to: '2024-01-01' });
    expect(
      await db.pool.query(
        `select check_name, result, failing_rows::int from etl.check_result where dataset = $1 and check_name like 'reconciles%' and result <> 'not checked'`,
        [PRICE],
      ),
    ).toEqual([
      {
        check_name: 'reconciles(demand_mw, public.ontario_hourly_demand.ontario_demand_mw)',
        result: 'found',
        failing_rows: 1,
      },
    ]);
  });
});
