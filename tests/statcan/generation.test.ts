/**
 * Table 25-10-0015 end to end, on generated archives in the publisher's layout (no recording of this table exists), and the layout
 * compared with a real archive of another table.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { csv, zip } from '../../core/decode.ts';
import { generationTable, statcanSamples } from '../../data/samples/statcan.ts';
import { storedZip } from '../../data/samples/zip.ts';
import { decode } from '../../loaders/source/decode/index.ts';
import full from '../../pipelines/statcan/electricity-generation.ts';
import { EXTRACT } from '../../pipelines/statcan/table-25-10-0015.ts';
import type { DatasetReport } from '../../reports/model.ts';
import { fileOf, gather } from '../decode/support.ts';
import { temporaryFolder, testEngine, testRun, writeRecordings } from '../support/engine.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import { hasShared, sharedFolder } from '../support/shared.ts';

const DATASETS = ['statcan-electricity-generation', 'statcan-provincial-generation'];

interface Loaded {
  readonly db: FreshDatabase;
  dataset(id: string): DatasetReport;
  finding(
    dataset: string,
    check: string,
  ): Promise<{ failing_rows: number; samples: { value: string; expectation: string }[] }>;
}

/** Runs both datasets over one version of the table. */
async function load(table: string, ids: readonly string[] = DATASETS): Promise<Loaded> {
  await using folder = await temporaryFolder();
  const db = await freshDatabase();
  const body = await storedZip({ '25100015.csv': table, '25100015_MetaData.csv': 'x' });
  const recordings = await writeRecordings(join(folder.path, 'recordings'), [{ url: EXTRACT.url, body }]);
  const engine = await testEngine({ pool: db.pool, recordings, dataDir: folder.path, now: '2026-01-31T12:00Z' });
  const { report } = await testRun(engine, { ids });
  return {
    db,
    dataset(id) {
      const found = report.datasets.find((one) => one.id === id);
      if (found === undefined) throw new Error(`no ${id}`);
      return found;
    },
    async finding(dataset, check) {
      const [found] = await db.pool.query<{ failing_rows: number; samples: { value: string; expectation: string }[] }>(
        'select failing_rows::int, samples from etl.check_result where dataset = $1 and check_name = $2',
        [dataset, check],
      );
      if (found === undefined) throw new Error(`no ${check}`);
      return found;
    },
  };
}

/** Rows of a table as objects, by splitting at the quotes. */
function rowsOf(table: string): Record<string, string>[] {
  const [header = [], ...rows] = table
    .replace('\uFEFF', '')
    .trim()
    .split('\n')
    .map((line) => line.slice(1, -1).split('","'));
  return rows.map((row) => Object.fromEntries(header.map((name, i) => [name, row[i] ?? ''])));
}

/** Text of a member, through the central directory by hand. */
function memberText(path: string, name: string): string {
  const bytes = readFileSync(path);
  const entry = bytes.lastIndexOf(name) - 46;
  const [method, size, at] = [
    bytes.readUInt16LE(entry + 10),
    bytes.readUInt32LE(entry + 20),
    bytes.readUInt32LE(entry + 42),
  ];
  const start = at + 30 + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28);
  const packed = bytes.subarray(start, start + size);
  return (method === 8 ? inflateRawSync(packed) : packed).toString('utf8');
}

const MONTHS = ['2022-10', '2022-11'];
const TABLE = generationTable(MONTHS);

describe('the table as published', () => {
  test('loads every member, totals included, each cell as it is', async () => {
    const { db, dataset } = await load(TABLE, DATASETS.slice(0, 1));
    const found = await db.pool.query<Record<string, string | number | null>>(
      'select ref_date::text, geo, class_of_producer, type_of_generation, province_code, megawatt_hours, status, vector, coordinate from public.statcan_electricity_generation order by vector, ref_date',
    );
    const expected = rowsOf(TABLE)
      .map((row) => ({
        ref_date: `${row['REF_DATE']}-01`,
        geo: row['GEO'],
        class_of_producer: row['Class of electricity producer'],
        type_of_generation: row['Type of electricity generation'],
        province_code: { Canada: 'CA', Ontario: 'ON', Alberta: 'AB', 'Nova Scotia': 'NS' }[row['GEO'] ?? ''],
        megawatt_hours: row['VALUE'] === '' ? null : Number(row['VALUE']),
        status: row['STATUS'] === '' ? null : row['STATUS'],
        vector: row['VECTOR'],
        coordinate: row['COORDINATE'],
      }))
      .sort((a, b) => `${a.vector} ${a.ref_date}`.localeCompare(`${b.vector} ${b.ref_date}`, 'en'));
    expect(found).toEqual(expected);
    expect(expected.filter(({ status }) => status !== null).length).toBe(4);
    expect(dataset('statcan-electricity-generation').rows.rejected).toBe(0);
  });

  test('applies the power of ten, exactly, and keeps flags beside values', async () => {
    const [first = '', second = '', third = '', fourth = '', fifth = ''] = TABLE.split('\n').slice(0, 5);
    const scaled = [
      first,
      second.replace(/"units ","0"(.*?)"(-?\d+)","","","","0"$/, '"thousands","3"$1"1234.5678","p","","t","4"'),
      third.replace(/("-?\d+"),"","","","0"$/, '"7","E","s","","0"'),
      fourth.replace(/"units ","0"/, '"units ","x"'),
      fifth,
    ].join('\n');
    const { db, dataset } = await load(scaled, DATASETS.slice(0, 1));
    expect(
      await db.pool.query(
        'select megawatt_hours, status, symbol, terminated, decimals from public.statcan_electricity_generation where status is not null order by 1',
      ),
    ).toEqual([
      { megawatt_hours: 7, status: 'E', symbol: 's', terminated: null, decimals: 0 },
      { megawatt_hours: 1_234_567.8, status: 'p', symbol: null, terminated: 't', decimals: 4 },
    ]);
    const { rows } = dataset('statcan-electricity-generation');
    expect([rows.inserted, rows.rejected]).toEqual([3, 1]);
    const [refused] = await db.pool.query<{ reason: string }>('select reason from etl.quarantine');
    expect(refused?.reason).toContain('× 10^x is not a number');
  });

  test('a total that is not the sum of its members is a warning; withheld members are left alone', async () => {
    const good = await load(TABLE, DATASETS.slice(0, 1));
    expect(
      (await good.finding('statcan-electricity-generation', 'sql(transforms/statcan/totals.sql)')).failing_rows,
    ).toBe(0);
    const total =
      /("2022-10","Ontario",[^\n]*"Electric utilities","Total all types of electricity generation",[^\n]*?)"(\d+)"(,"","","","0")/;
    expect(TABLE).toMatch(total);
    const { finding, dataset } = await load(
      TABLE.replace(total, (_, before, value, after) => `${before}"${Number(value) + 1_000}"${after}`),
      DATASETS.slice(0, 1),
    );
    const found = await finding('statcan-electricity-generation', 'sql(transforms/statcan/totals.sql)');
    // The types of the utilities do not add up to it any more, nor do the classes to the total of all.
    expect(found.failing_rows).toBe(2);
    expect(found.samples[0]?.expectation).toMatch(/^the sum of its \d members, which is \d+/);
    expect(dataset('statcan-electricity-generation').outcomes.loaded).toBe(1);
  });

  test('another unit than megawatt hours stops the load', async () => {
    const { dataset } = await load(TABLE.replaceAll('Megawatt hours', 'Gigawatt hours'), DATASETS.slice(0, 1));
    expect(dataset('statcan-electricity-generation').outcomes).toMatchObject({ blocked: 1 });
  });
});

describe('the level that does not overlap', () => {
  test('does not count totals: the sum is that of utilities and industries over the types', async () => {
    const { db, finding } = await load(TABLE, DATASETS.slice(1));
    const [sum] = await db.pool.query<{ mwh: number; gwh: number; n: number; nulls: number }>(
      `select sum(megawatt_hours) as mwh, sum(generation_gwh) as gwh, count(*)::int as n, (count(*) - count(megawatt_hours))::int as nulls
       from public.provincial_generation where source = 'statcan'`,
    );
    const rows = rowsOf(TABLE);
    const level = rows.filter(
      (row) =>
        row['GEO'] !== 'Canada' &&
        ['Electric utilities', 'Industries'].includes(row['Class of electricity producer'] ?? '') &&
        !/^Total (all|.*biomass|.*non-renewable)/.test(row['Type of electricity generation'] ?? ''),
    );
    const expected = level.reduce((total, row) => total + Number(row['VALUE']), 0);
    expect(sum?.mwh).toBe(expected);
    expect(sum?.gwh).toBeCloseTo(expected / 1_000, 6);
    expect([sum?.n, sum?.nulls]).toEqual([level.length, 4]);
    const everything = rows.reduce((total, row) => total + Number(row['VALUE']), 0);
    expect(everything).toBeGreaterThan(5 * expected);
    const left = await finding('statcan-provincial-generation', 'sql(transforms/statcan/left_out.sql)');
    expect(left.failing_rows).toBe(rows.length - level.length);
  });

  test('names labels as the Kaggle copy does, and keeps the symbols of withheld cells', async () => {
    const { db } = await load(TABLE, DATASETS.slice(1));
    const labels = await db.pool.query<{ producer: string; types: string[] }>(
      'select producer, array_agg(distinct generation_type order by generation_type) as types from public.provincial_generation group by 1 order by 1',
    );
    const types = [
      'combustible fuels',
      'hydraulic turbine',
      'nuclear steam turbine',
      'other types of electricity generation',
      'solar',
      'tidal power turbine',
      'wind power turbine',
    ];
    expect(labels).toEqual([
      { producer: 'electric utilities', types },
      { producer: 'industries', types },
    ]);
    expect(
      await db.pool.query(
        `select distinct province_code, producer, generation_type, megawatt_hours, generation_gwh, status from public.provincial_generation where status is not null order by producer`,
      ),
    ).toEqual([
      {
        province_code: 'NS',
        producer: 'electric utilities',
        generation_type: 'wind power turbine',
        megawatt_hours: null,
        generation_gwh: null,
        status: '..',
      },
      {
        province_code: 'NS',
        producer: 'industries',
        generation_type: 'wind power turbine',
        megawatt_hours: null,
        generation_gwh: null,
        status: 'x',
      },
    ]);
  });

  test('a member that we do not know is kept and reported, a place that we do not know is refused and reported', async () => {
    const table = TABLE.replaceAll('"Solar"', '"Geothermal"').replaceAll('"Nova Scotia"', '"Atlantic Region"');
    const { db, dataset, finding } = await load(table, DATASETS.slice(1));
    const unknown = await finding('statcan-provincial-generation', 'sql(transforms/statcan/unknown_members.sql)');
    expect(unknown.failing_rows).toBe(3);
    expect(unknown.samples.map(({ value }) => value)).toContain('Electric utilities, Geothermal');
    const [kept] = await db.pool.query<{ n: number }>(
      `select count(*)::int as n from public.provincial_generation where generation_type = 'geothermal'`,
    );
    expect(kept?.n).toBe(8);
    expect(dataset('statcan-provincial-generation').rows.rejected).toBe(16);
    const [refused] = await db.pool.query<{ reason: string }>('select reason from etl.quarantine limit 1');
    expect(refused?.reason).toContain('Atlantic Region');
  });
});

test('the second release revises, withdraws nothing that is still there, and leaves the other source alone', async () => {
  await using folder = await temporaryFolder();
  const db = await freshDatabase();
  const kaggle = 'https://www.kaggle.com/api/v1/datasets/download/jacobsharples/provincial-energy-production-canada';
  const bare = 'date,province,producer,generation_type,megawatt_hours\n2022-10,Ontario,industries,solar,5.0\n';
  const release = async (name: string, table: string): Promise<void> => {
    const recordings = await writeRecordings(join(folder.path, name), [
      { url: EXTRACT.url, body: await storedZip({ '25100015.csv': table }) },
      { url: kaggle, body: bare, headers: { 'content-type': 'text/csv' } },
    ]);
    const engine = await testEngine({ pool: db.pool, recordings, dataDir: folder.path, now: '2026-01-31T12:00Z' });
    const { report } = await testRun(engine, {
      ids: ['statcan-provincial-generation', 'kaggle-provincial-generation'],
      from: '2022-01-01',
      to: '2023-01-01',
    });
    expect(report.exitCode).toBe(0);
  };
  await release('first', generationTable(['2022-10']));
  await release(
    'second',
    TABLE.replace(/("2022-10","Alberta",[^\n]*"Industries","Solar",[^\n]*?)"\d+"(,"","","","0")/, '$1"4321"$2'),
  );
  const counts = await db.pool.query(
    `select source, count(*)::int as n, count(distinct load_id)::int as loads from public.provincial_generation group by 1 order by 1`,
  );
  expect(counts).toEqual([
    { source: 'kaggle', n: 1, loads: 1 },
    { source: 'statcan', n: 56, loads: 2 },
  ]);
  const closed = await db.pool.query(
    'select province, generation_type, source, id is not null as has_id from history.provincial_generation',
  );
  expect(closed).toEqual([{ province: 'Alberta', generation_type: 'solar', source: 'statcan', has_id: true }]);
  const [reconciled] = await db.pool.query<{ failing_rows: number }>(
    `select failing_rows::int from etl.check_result where check_name like 'reconciles%' and dataset = 'statcan-provincial-generation' order by check_result_id desc limit 1`,
  );
  expect(reconciled?.failing_rows).toBe(1);
});

describe.skipIf(!hasShared('fixtures'))('the layout, on a real archive of table 18-10-0204', () => {
  const path = join(hasShared('fixtures') ? sharedFolder('fixtures') : '', 'statcan_18100204-eng.zip');
  const header = [
    'REF_DATE',
    'GEO',
    'DGUID',
    'Index',
    'UOM',
    'UOM_ID',
    'SCALAR_FACTOR',
    'SCALAR_ID',
    'VECTOR',
    'COORDINATE',
    'VALUE',
    'STATUS',
    'SYMBOL',
    'TERMINATED',
    'DECIMALS',
  ];

  test('decodes to the rows, sums and blanks that unzip and a split at the quotes give', async () => {
    const decoded = await gather(decode(path, zip({ member: '^18100204\\.csv$', then: csv({ header }) })));
    const text = memberText(path, '18100204.csv');
    const lines = text.replace('\uFEFF', '').trim().split(/\r?\n/).slice(1);
    expect(decoded.undecodable).toEqual([]);
    expect(decoded.cells.length).toBe(lines.length);
    expect(lines.length).toBeGreaterThan(9_000);
    const expected = lines.map((line) => line.slice(1, -1).split('","'));
    expect(decoded.cells).toEqual(expected);
    const value = header.indexOf('VALUE');
    expect(decoded.cells.reduce((sum, row) => sum + Number(row[value]), 0)).toBe(
      expected.reduce((sum, row) => sum + Number(row[value]), 0),
    );
  });

  test('is that of our sample but for the two dimensions: names and order of columns, quotes, byte order mark, members', async () => {
    const [sample] = await statcanSamples();
    const spec = full.extract.decode;
    const ours = await gather(decode(fileOf(sample?.body ?? '', 'ours.zip'), spec));
    expect(ours.cells.length).toBe(rowsOf(TABLE).length);
    const head = (file: string, member: string): string => memberText(file, member).split('\n', 1)[0] ?? '';
    const dimensions = '"Class of electricity producer","Type of electricity generation"';
    expect(head(fileOf(sample?.body ?? '', 'head.zip'), '25100015.csv').replace(dimensions, '"Index"')).toBe(
      head(path, '18100204.csv'),
    );
  });
});
