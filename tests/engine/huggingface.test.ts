/** Data sets of the Hugging Face Hub, end to end, on generated Parquet: what is loaded is counted again by other means. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { Float64, Table, tableToIPC, Utf8, vectorFromArray } from 'apache-arrow';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { instant, measure, table, text } from '../../core/contract.ts';
import { arrow, csv, type Decode, json } from '../../core/decode.ts';
import { whole } from '../../core/partitions.ts';
import { definePipeline, type Pipeline } from '../../core/pipeline.ts';
import { loadCatalog } from '../../pipelines/index.ts';
import { huggingfaceSamples } from '../../data/samples/huggingface.ts';
import { createTableSql } from '../../sql/ddl.ts';
import { expectHelpful, healthOf, openWorld, type World } from '../support/bad-input.ts';
import { type Recorded, temporaryFolder } from '../support/engine.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';

const ID = 'hf-electricity-demand';
const NAME = `${ID} all`;
const REPO = 'EDS-lab/electricity-demand';
const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const fileUrl = (name: string, commit = COMMIT): string =>
  `https://huggingface.co/datasets/${REPO}/resolve/${commit}/data/${name}.parquet`;
const infoUrl = (repo = REPO): string =>
  `https://huggingface.co/api/datasets/${repo}/revision/main?${['private', 'downloads', 'gated', 'likes', 'lastModified', 'sha'].map((field) => `expand=${field}`).join('&')}`;
const info = (sha = COMMIT, repo = REPO): Recorded => ({
  url: infoUrl(repo),
  body: JSON.stringify({ _id: '1', id: repo, sha }),
});

const METADATA = `select * from (values
  ('m1', 'a', '1', 'loc1', 43.7::float, -79.4::float, 'Boston', 'America/New_York', '60T', 'Residential', 1),
  ('m2', 'a', '2', 'loc2', 51.5::float, 0::float, '', 'Europe/London', '30T', 'Commercial', 1),
  ('m3', 'a', '3', 'loc3', 51.5::float, 0::float, 'Nowhere', 'Mars/Olympus', '30T', 'Commercial', 1)
) m(unique_id, dataset, building_id, location_id, latitude, longitude, location, timezone, freq, building_class, cluster_size)`;
const WEATHER = `select location_id, timestamp '2013-03-09' + to_hours(h) as "timestamp", (h % 7)::float as temperature_2m,
  50::float as relative_humidity_2m, 0::float as precipitation, 3.5::float as wind_speed_10m, (h % 24)::float as shortwave_radiation
  from (values ('loc1')) l(location_id) cross join range(48) r(h)`;
/** Two days around 2013-03-10, when New York left out the hour from 02:00, and a meter that nobody described. */
const DEMAND = `select unique_id, timestamp '2013-03-09' + to_minutes(60 * n) as "timestamp", n / 1000.0::double + 0.0004 as y
  from (values ('m1'), ('m2'), ('m4')) m(unique_id) cross join range(48) r(n) order by all`;

let made: Awaited<ReturnType<typeof temporaryFolder>>;
let db: FreshDatabase;
let world: World;
beforeAll(async () => {
  made = await temporaryFolder();
  db = await freshDatabase();
});
beforeEach(async () => {
  await db.pool.query(
    'truncate public.hf_electricity_demand, history.hf_electricity_demand, etl.run, etl.artifact, etl.interval, etl.load, public.source_health cascade',
  );
  await world?.[Symbol.asyncDispose]();
  world = await openWorld(db.pool);
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await rm(made.path, { recursive: true, force: true });
});

async function parquetOf(select: string): Promise<Buffer> {
  const path = join(made.path, 'made.parquet');
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`copy (${select}) to '${path}' (format parquet, row_group_size 2048)`);
  connection.closeSync();
  instance.closeSync();
  return readFile(path);
}

async function files(
  change: { demand?: Buffer; weather?: string; metadata?: string } = {},
  commit = COMMIT,
): Promise<Recorded[]> {
  return [
    { url: fileUrl('demand', commit), body: change.demand ?? (await parquetOf(DEMAND)) },
    { url: fileUrl('metadata', commit), body: await parquetOf(change.metadata ?? METADATA) },
    { url: fileUrl('weather', commit), body: await parquetOf(change.weather ?? WEATHER) },
  ];
}
const run = (recorded: readonly Recorded[]): ReturnType<World['run']> => world.run(recorded, { ids: [ID] });

interface Row {
  readonly at: string;
  readonly household_id: string;
  readonly electricity_demand: number;
  readonly temperature: number | null;
  readonly solar_irradiance: number | null;
  readonly location: string;
  readonly day_of_week: number;
  readonly hour: number;
}
const loaded = (): Promise<Row[]> =>
  db.pool.query<Row>(
    `select to_char(datetime at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as at, household_id, electricity_demand, temperature, solar_irradiance, location, day_of_week, hour
     from public.hf_electricity_demand order by household_id, datetime`,
  );

describe('the readings', () => {
  test('come out in UTC by the zone of their own meter, with the weather of their hour, to the last digit', async () => {
    const done = await run([info(), ...(await files())]);
    expect(done.outcomes).toEqual({ [NAME]: 'loaded' });
    const expected: Row[] = [];
    for (let n = 0; n < 48; n++) {
      const local = new Date(Date.UTC(2013, 2, 9, n));
      if (n === 26) continue;
      // New York is 5 hours behind, from 2013-03-10 03:00 on its clock 4.
      const behind = n < 26 ? 5 : 4;
      expected.push({
        at: new Date(local.getTime() + behind * 3_600_000).toISOString().slice(0, 16).replace('T', ' '),
        household_id: 'm1',
        electricity_demand: n / 1000 + 0.0004,
        temperature: n % 7,
        solar_irradiance: n % 24,
        location: 'Boston',
        day_of_week: n < 24 ? 6 : 0,
        hour: n % 24,
      });
    }
    for (let n = 0; n < 48; n++)
      expected.push({
        at: new Date(Date.UTC(2013, 2, 9, n)).toISOString().slice(0, 16).replace('T', ' '),
        household_id: 'm2',
        electricity_demand: n / 1000 + 0.0004,
        temperature: null,
        solar_irradiance: null,
        location: 'loc2',
        day_of_week: n < 24 ? 6 : 0,
        hour: n % 24,
      });
    expect(await loaded()).toEqual(expected);
    const refused = await db.pool.query<{ reason: string; n: number }>(
      `select regexp_replace(reason, '^.*\\d\\d:\\d\\d:\\d\\d ', '') as reason, count(*)::int as n from etl.quarantine group by 1 order by 2`,
    );
    expect(refused).toEqual([
      { reason: expect.stringContaining('does not exist in America/New_York'), n: 1 },
      { reason: expect.stringContaining('of a meter without metadata'), n: 48 },
    ]);
  });

  test('of the hour that autumn repeats are refused, and so are those of a zone that nobody knows', async () => {
    const demand = await parquetOf(`select * from (values
      ('m1', timestamp '2013-11-03 00:30', 1.0::double), ('m1', timestamp '2013-11-03 01:30', 2.0::double),
      ('m1', timestamp '2013-11-03 02:30', 3.0::double), ('m3', timestamp '2013-11-03 02:30', 4.0::double)) d(unique_id, "timestamp", y)`);
    await run([info(), ...(await files({ demand }))]);
    expect((await loaded()).map(({ at, electricity_demand }) => [at, electricity_demand])).toEqual([
      ['2013-11-03 04:30', 1],
      ['2013-11-03 07:30', 3],
    ]);
    const reasons = await db.pool.query<{ reason: string }>('select reason from etl.quarantine order by line');
    expect(reasons.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('is ambiguous in America/New_York'),
      expect.stringContaining('in unknown zone Mars/Olympus'),
    ]);
  });

  test('may be stamped in nanoseconds or as text, and a reading that is no number is NULL', async () => {
    const demand = await parquetOf(
      `select 'm1' as unique_id, '2013-06-01T10:15:00' as "timestamp", 'nan'::double as y`,
    );
    await run([info(), ...(await files({ demand }))]);
    expect(await loaded()).toMatchObject([{ at: '2013-06-01 14:15', electricity_demand: null, hour: 10 }]);
    const nanoseconds = await parquetOf(
      `select 'm1' as unique_id, timestamp_ns '2013-06-01 10:15:00' as "timestamp", 1.5::double as y`,
    );
    const other = 'f'.repeat(40);
    await world.run([info(other), ...(await files({ demand: nanoseconds }, other))], { ids: [ID], from: '2000-01-01' });
    expect(await loaded()).toMatchObject([{ at: '2013-06-01 14:15', electricity_demand: 1.5, hour: 10 }]);
  });

  test('of another commit with the same files are unchanged, with other weather they are loaded again', async () => {
    await run([info(), ...(await files())]);
    const other = 'e'.repeat(40);
    expect(
      (await world.run([info(other), ...(await files({}, other))], { ids: [ID], from: '2000-01-01' })).outcomes,
    ).toEqual({ [NAME]: 'unchanged' });
    const warm = WEATHER.replace('(h % 7)::float', '(h % 7 + 1)::float');
    const third = 'd'.repeat(40);
    const done = await world.run([info(third), ...(await files({ weather: warm }, third))], {
      ids: [ID],
      from: '2000-01-01',
    });
    expect(done.report.datasets[0]?.rows).toMatchObject({ revised: 47, unchanged: 48, inserted: 0 });
    expect(done.intervals[NAME]?.artifact?.parts?.map(({ table, url }) => [table, url])).toEqual([
      ['raw', fileUrl('demand', third)],
      ['raw_metadata', fileUrl('metadata', third)],
      ['raw_weather', fileUrl('weather', third)],
    ]);
  });

  test('of the shipped samples are all loaded', async () => {
    const done = await run((await huggingfaceSamples()).map(({ url, body }) => ({ url, body })));
    expect(done.report.datasets[0]?.rows).toMatchObject({ read: 648, inserted: 648, rejected: 0 });
    expect((await loaded()).every(({ temperature }) => temperature !== null)).toBe(true);
  });
});

describe('a bad answer', () => {
  const cases: [string, () => Promise<Recorded[]>, string][] = [
    [
      'of a gated data set',
      async () => [info(), { url: fileUrl('demand'), status: 401, headers: { 'x-error-code': 'GatedRepo' } }],
      'HUB_GATED',
    ],
    [
      'of a repository that is not there',
      async () => [{ url: infoUrl(), status: 401, headers: { 'x-error-code': 'RepoNotFound' } }],
      'HUB_REPO_NOT_FOUND',
    ],
    [
      'that is the pointer of Git LFS',
      async () => [
        info(),
        ...(await files({
          demand: Buffer.from(`version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 9\n`),
        })),
      ],
      'FORMAT_LFS_POINTER',
    ],
    [
      'with another schema',
      async () => [info(), ...(await files({ weather: WEATHER.replace('temperature_2m', 'temp') }))],
      'FORMAT_HEADER_CHANGED',
    ],
    [
      'with a nested column',
      async () => [
        info(),
        ...(await files({
          demand: await parquetOf(`select 'm1' as unique_id, timestamp '2013-06-01' as "timestamp", [1.0] as y`),
        })),
      ],
      'FORMAT_PARQUET_NESTED',
    ],
    [
      'with a corrupt footer',
      async () => {
        const bytes = await parquetOf(DEMAND);
        return [
          info(),
          ...(await files({
            demand: Buffer.concat([bytes.subarray(0, -60), Buffer.alloc(50, 0xff), bytes.subarray(-10)]),
          })),
        ];
      },
      'FORMAT_PARQUET_BROKEN',
    ],
    [
      'that is a web page',
      async () => [info(), ...(await files({ demand: Buffer.from('<!doctype html><p>hello') }))],
      'FORMAT_HTML_INSTEAD_OF_DATA',
    ],
  ];
  test.each(cases)('%s fails the interval, and what was loaded stays', async (_, answers, code) => {
    const earlier = 'c'.repeat(40);
    await run([info(earlier), ...(await files({}, earlier))]);
    const before = await loaded();
    const done = await world.run(await answers(), { ids: [ID], from: '2000-01-01' });
    expect(done.intervals[NAME]?.error?.code, JSON.stringify(done.intervals)).toBe(code);
    expectHelpful(done.intervals[NAME]?.error);
    expect(await loaded()).toEqual(before);
    expect((await healthOf(db.pool, `huggingface/${ID}`))?.status).toBe('degraded');
  });

  test('without a recording of the commit, or of a file, is not recorded', async () => {
    expect((await run([])).outcomes).toEqual({ [NAME]: 'not recorded' });
    expect((await run([info(), ...(await files()).slice(0, 2)])).outcomes).toEqual({ [NAME]: 'not recorded' });
  });
});

describe('any other data set', () => {
  const TABLE = table('public.toy_hub', {
    at: instant({ key: true, doc: 'Start.' }),
    place: text({ key: true, doc: 'Place.' }),
    demand_gw: measure('GW', { doc: 'Demand.' }),
  });
  const toy = (name: string, decode: Decode): Pipeline =>
    definePipeline({
      id: 'hf-toy',
      title: 'Toy',
      publisher: 'huggingface',
      licence: { name: 'none', attribution: 'none' },
      partitions: whole(),
      extract: {
        hub: { repo: 'lab/toy', revision: 'main' },
        url: `https://huggingface.co/datasets/lab/toy/resolve/{commit}/${name}`,
        decode,
      },
      publishes: { every: 'P1D', delay: 'P1D', staleAfter: 'P36500D', schedule: '0 1 * * *', zone: 'UTC' },
      transform: 'transforms/toy.sql',
      table: TABLE,
    });
  const columns = ['at', 'place', 'gw'];
  const paths = Object.fromEntries(columns.map((column) => [column, column]));
  const values = { at: ['2014-01-01T00:00:00Z', '2014-01-01T01:00:00Z'], place: ['Vic', 'Vic'], gw: [4.91, 4.5] };
  const ipc = tableToIPC(
    new Table({
      at: vectorFromArray(values.at, new Utf8()),
      place: vectorFromArray(values.place, new Utf8()),
      gw: vectorFromArray(values.gw, new Float64()),
    }),
    'file',
  );
  const rows = values.at.map((at, i) => ({ at, place: values.place[i], gw: values.gw[i] }));

  test.each<[string, Decode, string | Uint8Array]>([
    [
      'toy.csv',
      csv({ header: columns }),
      `at,place,gw\n${rows.map(({ at, place, gw }) => `${at},${place},${gw}\n`).join('')}`,
    ],
    ['toy.json', json({ rows: '', columns: paths }), JSON.stringify(rows)],
    [
      'toy.jsonl',
      json({ rows: '', columns: paths, lines: true }),
      rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
    ],
    ['toy.arrow', arrow({ columns }), ipc],
  ])('needs a definition and its SQL: %s', async (name, decode, body) => {
    await using root = await temporaryFolder();
    const own = await freshDatabase();
    const { publishers } = await loadCatalog();
    const pipeline = toy(name, decode);
    await writeFile(join(root.path, 'toy.sql'), 'select _line, "at", place, number_text(gw) as demand_gw from raw');
    await own.pool.query(createTableSql(pipeline.table, { title: 'toy' }));
    const catalog = {
      pipelines: [{ ...pipeline, transform: 'toy.sql' }],
      publishers,
      root: root.path,
      files: new Map(),
    };
    await using toys = await openWorld(own.pool, catalog);
    const url = `https://huggingface.co/datasets/lab/toy/resolve/${COMMIT}/${name}`;
    const done = await toys.run([info(COMMIT, 'lab/toy'), { url, body }], {});
    expect(done.outcomes, JSON.stringify(done.intervals)).toEqual({ 'hf-toy all': 'loaded' });
    expect(
      await own.pool.query(
        `select to_char("at" at time zone 'UTC', 'HH24') as at, place, demand_gw from public.toy_hub order by 1`,
      ),
    ).toEqual([
      { at: '00', place: 'Vic', demand_gw: 4.91 },
      { at: '01', place: 'Vic', demand_gw: 4.5 },
    ]);
    expect(done.intervals['hf-toy all']?.artifact?.url).toBe(url);
  });
});
