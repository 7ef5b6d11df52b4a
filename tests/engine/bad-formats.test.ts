/** Bad XML, zip, Parquet and Arrow files, end to end: refused as a whole, everything that was there stays. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { tableFromArrays, tableToIPC } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { instant, mw, table, type Table } from '../../core/contract.ts';
import { arrow, csv, type Decode, parquet, zip } from '../../core/decode.ts';
import { whole } from '../../core/partitions.ts';
import { definePipeline } from '../../core/pipeline.ts';
import type { Catalog } from '../../pipelines/index.ts';
import { createTableSql } from '../../sql/ddl.ts';
import { zipOf } from '../decode/zip-writer.ts';
import {
  contentOf,
  expectHelpful,
  expectNothingLeft,
  healthOf,
  openWorld,
  quarantineOf,
  type World,
} from '../support/bad-input.ts';
import { freshDatabase } from '../support/postgres.ts';

const FUEL_URL = 'https://reports-public.ieso.ca/public/GenOutputbyFuelHourly/PUB_GenOutputbyFuelHourly_2024.xml';
const fuel = (name: string, output: string): string =>
  `<FuelTotal><Fuel>${name}</Fuel><EnergyValue><OutputQuality>0</OutputQuality><Output>${output}</Output></EnergyValue></FuelTotal>`;
const hour = (n: number | string, ...fuels: string[]): string =>
  `<HourlyData><Hour>${n}</Hour>${fuels.join('')}</HourlyData>`;
const document = (...hours: string[]): string =>
  `<?xml version="1.0"?>\n<Document><DocBody><DailyData><Day>2024-01-01</Day>\n${hours.join('\n')}\n</DailyData></DocBody></Document>`;
const goodXml = document(hour(1, fuel('GAS', '1000'), fuel('WIND', '500')), hour(2, fuel('GAS', '1001')));
const FUELS = { ids: ['ieso-generation-by-fuel'], from: '2024-01-01', to: '2025-01-01' };

const bomb = `<?xml version="1.0"?>\n<!DOCTYPE Document [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>\n${document(
  hour(1, fuel('&c;', '1')),
)
  .split('\n')
  .slice(1)
  .join('\n')}`;
const outside = `<?xml version="1.0"?>\n<!DOCTYPE Document SYSTEM "file:///etc/passwd">\n<Document/>`;

const xmlCases = [
  { name: 'a bomb of entities', body: bomb, code: 'FORMAT_XML_DOCTYPE', says: /line 2/ },
  { name: 'a document type from outside', body: outside, code: 'FORMAT_XML_DOCTYPE', says: /DOCTYPE/ },
  {
    name: 'an entity that nobody declared',
    body: document(hour(1, fuel('&secret;', '1'))),
    code: 'FORMAT_XML_BROKEN',
    says: /entity/,
  },
  {
    name: 'a document that is cut off',
    body: goodXml.slice(0, -60),
    code: 'FORMAT_XML_BROKEN',
    says: /not well-formed/,
  },
  {
    name: 'tags that do not match',
    body: goodXml.replace('</Fuel>', '</Feul>'),
    code: 'FORMAT_XML_BROKEN',
    says: /line 3/,
  },
  {
    name: 'another report',
    body: '<?xml version="1.0"?><IMODocument><Rows/></IMODocument>',
    code: 'FORMAT_OTHER_REPORT',
    says: /IMODocument/,
  },
  { name: 'a document without rows', body: document(), code: 'FORMAT_OTHER_REPORT', says: /FuelTotal/ },
  { name: 'very deep nesting', body: `<Document>${'<x>'.repeat(500)}`, code: 'FORMAT_XML_LIMIT', says: /nested/ },
  {
    name: 'a text of 10 MB',
    body: document(hour(1, fuel('G'.repeat(10_000_000), '1'))),
    code: 'FORMAT_XML_LIMIT',
    says: /too long/,
  },
  {
    name: 'invalid UTF-8',
    body: Buffer.from(goodXml.replace('WIND', 'W\u00ffND'), 'latin1'),
    code: 'FORMAT_INVALID_UTF8',
    says: /line 3/,
  },
  { name: 'a NUL byte', body: goodXml.replace('WIND', 'W\0ND'), code: 'FORMAT_XML_BROKEN', says: /line 3/ },
  {
    name: 'a web page',
    body: '<!DOCTYPE html><html><body>down</body></html>',
    code: 'FORMAT_HTML_INSTEAD_OF_DATA',
    says: /web page/,
  },
  { name: 'CSV', body: 'Day,Hour\n2024-01-01,1\n', code: 'FORMAT_WRONG_TYPE', says: /not XML/ },
  { name: 'an empty file', body: '', code: 'FORMAT_EMPTY_BODY', says: /empty/ },
  {
    name: 'another year',
    body: goodXml.replace('2024-01-01', '2023-01-01'),
    code: 'FORMAT_NO_USABLE_ROW',
    says: /none of 3 rows/,
  },
] as const;

describe('an XML file', () => {
  let world: World;
  let before: unknown[];
  beforeAll(async () => {
    world = await openWorld((await freshDatabase()).pool);
    await world.run([{ url: FUEL_URL, body: goodXml }], FUELS);
    before = await contentOf(world.pool, 'ontario_generation_by_fuel');
    expect(before).toHaveLength(3);
  });
  afterAll(() => world[Symbol.asyncDispose]());

  test.each(xmlCases)('$name: $code', async ({ body, code, says }) => {
    const { report, intervals } = await world.run([{ url: FUEL_URL, body }], FUELS);
    const error = intervals['ieso-generation-by-fuel 2024']?.error;
    expect(error?.code, JSON.stringify(error)).toBe(code);
    expectHelpful(error);
    expect(`${error?.what} ${error?.where}`).toMatch(says);
    expect(report.exitCode).toBe(2);
    expect(await contentOf(world.pool, 'ontario_generation_by_fuel')).toEqual(before);
    expect((await healthOf(world.pool, 'ieso/ieso-generation-by-fuel'))?.notes).toContain(code);
    await expectNothingLeft(world.pool);
  });

  test('with bad rows that all stand in one line keeps each of them once', async () => {
    const oneLine = document(
      hour(1, fuel('GAS', '1000'), fuel('WIND', 'oops'), fuel('SOLAR', '9e9')),
      hour(25, fuel('GAS', '7')),
    ).replaceAll('\n', ' ');
    const { intervals } = await world.run([{ url: FUEL_URL, body: oneLine }], FUELS);
    expect(intervals['ieso-generation-by-fuel 2024']?.rows).toMatchObject({ read: 4, rejected: 3, unchanged: 1 });
    const kept = await quarantineOf(world.pool, 'ieso-generation-by-fuel', '2024');
    expect(kept.map(({ line }) => line)).toEqual([1, 1, 1]);
    expect(kept.map(({ reason }) => reason).sort()).toEqual([
      expect.stringMatching(/hour ending 25 is not an instant/),
      expect.stringMatching(/oops is not a number/),
      expect.stringMatching(/9e9|9000000000/),
    ]);
    for (const { raw } of kept) expect(raw).toContain('oops');
  });
});

const CONTRACT = table('public.toy_series', {
  hour: instant({ key: true, doc: 'Start.' }),
  load_mw: mw({ range: [0, 100], doc: 'Load.' }),
});
const toy = (id: string, decode: Decode) =>
  definePipeline({
    id,
    title: id,
    publisher: 'toys',
    licence: { name: 'none', attribution: 'none' },
    partitions: whole(),
    extract: { url: `https://toys.example.org/${id}`, decode },
    publishes: { every: 'P1D', delay: 'P1D', staleAfter: 'P2D', schedule: '0 1 * * *', zone: 'UTC' },
    transform: 'transforms/toy.sql',
    table: CONTRACT,
  });

describe('a definition of another format', () => {
  let world: World;
  let root: string;
  let good: { readonly zip: Buffer; readonly arrow: Uint8Array; readonly parquet: Buffer };
  let otherParquet: Buffer;
  const ROWS = 'hour,load\n2024-01-01T00:00Z,1\n2024-01-01T01:00Z,2\n';

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'penstock-toys-'));
    await mkdir(join(root, 'transforms'));
    await writeFile(join(root, 'transforms/toy.sql'), 'select _line, "hour" as hour, "load" as load_mw from raw');
    const pipelines = [
      toy('toy-arrow', arrow({ columns: ['hour', 'load'] })),
      toy('toy-parquet', parquet({ columns: ['hour', 'load'] })),
      toy('toy-zip', zip({ member: '^data\\.csv$', then: csv({ header: ['hour', 'load'] }) })),
    ];
    const publisher = { id: 'toys', title: 'Toys', hosts: ['toys.example.org'], pace: { perSecond: 9, concurrent: 1 } };
    const catalog: Catalog = { pipelines, publishers: new Map([['toys', publisher]]), root, files: new Map() };
    const { pool } = await freshDatabase();
    await pool.query(createTableSql(CONTRACT as Table, { title: 'toy' }));
    world = await openWorld(pool, catalog);
    good = {
      zip: zipOf([{ name: 'data.csv', content: ROWS }]),
      arrow: tableToIPC(
        tableFromArrays({ hour: ['2024-01-01T00:00Z', '2024-01-01T01:00Z'], load: Float64Array.of(1, 2) }),
      ),
      parquet: await parquetOf(
        `select * from (values ('2024-01-01T00:00Z', 1::double), ('2024-01-01T01:00Z', 2)) as t(hour, load)`,
      ),
    };
    otherParquet = await parquetOf(`select 1 as hour, 'x' as price`);
  });
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
    await rm(root, { recursive: true, force: true });
  });

  async function parquetOf(select: string): Promise<Buffer> {
    const file = join(root, 'made.parquet');
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    await connection.run(`copy (${select}) to '${file}' (format parquet)`);
    connection.closeSync();
    instance.closeSync();
    return readFile(file);
  }

  const damaged = (bytes: Uint8Array, at: number): Uint8Array =>
    Uint8Array.from(bytes, (byte, i) => (i >= at && i < at + 24 ? byte ^ 0xff : byte));
  const cases: {
    name: string;
    id: 'toy-zip' | 'toy-arrow' | 'toy-parquet';
    body: () => Uint8Array | string;
    code: string;
    says: RegExp;
  }[] = [
    {
      name: 'a member that leads out of its folder',
      id: 'toy-zip',
      body: () =>
        zipOf([
          { name: '../../etc/cron.d/x', content: ROWS },
          { name: 'data.csv', content: ROWS },
        ]),
      code: 'FORMAT_ZIP_UNSAFE_NAME',
      says: /cron\.d/,
    },
    {
      name: 'an absolute member',
      id: 'toy-zip',
      body: () => zipOf([{ name: '/etc/passwd', content: ROWS }]),
      code: 'FORMAT_ZIP_UNSAFE_NAME',
      says: /passwd/,
    },
    {
      name: 'a bomb',
      id: 'toy-zip',
      body: () => zipOf([{ name: 'data.csv', content: Buffer.alloc(40_000_000) }]),
      code: 'FORMAT_ZIP_BOMB',
      says: /40,000,000/,
    },
    {
      name: 'a bomb that lies about its size',
      id: 'toy-zip',
      body: () => zipOf([{ name: 'data.csv', content: Buffer.alloc(40_000_000, '1,2\n'), claims: { unpacked: 10 } }]),
      code: 'FORMAT_ZIP_BROKEN',
      says: /./,
    },
    { name: 'wrong magic', id: 'toy-zip', body: () => 'Rar!\x1a\x07', code: 'FORMAT_NOT_A_ZIP', says: /Rar!/ },
    {
      name: 'an archive that is cut off',
      id: 'toy-zip',
      body: () => good.zip.subarray(0, -30),
      code: 'FORMAT_ZIP_BROKEN',
      says: /cannot be read/,
    },
    {
      name: 'a wrong checksum',
      id: 'toy-zip',
      body: () => zipOf([{ name: 'data.csv', content: ROWS, claims: { crc: 1 } }]),
      code: 'FORMAT_ZIP_BROKEN',
      says: /checksum/,
    },
    {
      name: 'no such member',
      id: 'toy-zip',
      body: () => zipOf([{ name: 'readme.txt', content: ROWS }]),
      code: 'FORMAT_ZIP_MEMBER',
      says: /none of the 1 members/,
    },
    {
      name: 'a member with another header',
      id: 'toy-zip',
      body: () => zipOf([{ name: 'data.csv', content: 'hour,price\n' }]),
      code: 'FORMAT_HEADER_CHANGED',
      says: /price/,
    },
    {
      name: 'another schema',
      id: 'toy-arrow',
      body: () => tableToIPC(tableFromArrays({ hour: ['x'], price: Float64Array.of(1) })),
      code: 'FORMAT_HEADER_CHANGED',
      says: /price/,
    },
    {
      name: 'an Arrow file that is damaged',
      id: 'toy-arrow',
      body: () => good.arrow.subarray(0, good.arrow.length / 2),
      code: 'FORMAT_ARROW_BROKEN',
      says: /cannot be read/,
    },
    {
      name: 'no Arrow at all',
      id: 'toy-arrow',
      body: () => 'hour,load\n',
      code: 'FORMAT_WRONG_TYPE',
      says: /not Arrow/,
    },
    {
      name: 'another schema',
      id: 'toy-parquet',
      body: () => otherParquet,
      code: 'FORMAT_HEADER_CHANGED',
      says: /price.*toys\.example\.org/,
    },
    {
      name: 'a Parquet file that is cut off',
      id: 'toy-parquet',
      body: () => good.parquet.subarray(0, -20),
      code: 'FORMAT_PARQUET_BROKEN',
      says: /cannot be read.*toys\.example\.org/,
    },
    {
      name: 'a Parquet file with damaged pages',
      id: 'toy-parquet',
      body: () => damaged(good.parquet, 4),
      code: 'FORMAT_PARQUET_BROKEN',
      says: /toys\.example\.org/,
    },
    {
      name: 'no Parquet at all',
      id: 'toy-parquet',
      body: () => 'hour,load\n',
      code: 'FORMAT_WRONG_TYPE',
      says: /not Parquet/,
    },
  ];

  test.each(cases)('$id, $name: $code', async ({ id, body, code, says }) => {
    const kind = id.slice(4) as keyof typeof good;
    const url = `https://toys.example.org/${id}`;
    const first = await world.run([{ url, body: good[kind] }], { ids: [id] });
    expect(first.outcomes[`${id} all`], JSON.stringify(first.intervals)).toMatch(/loaded|unchanged/);
    const before = await contentOf(world.pool, 'toy_series');
    expect(before).toHaveLength(2);
    const { report, intervals } = await world.run([{ url, body: body() }], { ids: [id], from: '2024-01-01' });
    const error = intervals[`${id} all`]?.error;
    expect(error?.code, JSON.stringify(error)).toBe(code);
    expectHelpful(error);
    expect(`${error?.what} ${error?.where}`).toMatch(says);
    expect(report.exitCode).toBe(2);
    expect(await contentOf(world.pool, 'toy_series')).toEqual(before);
    await expectNothingLeft(world.pool);
  });
});
