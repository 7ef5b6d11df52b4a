/** The past of a series as a file: what DuckDB and others read in it is what PostgreSQL has, of one state, and of no more than was asked. */
import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { tableFromIPC } from 'apache-arrow';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Clock, Database } from '../../core/effects.ts';
import { createSeriesCatalog } from '../../serve/rows/catalog.ts';
import { createDownloads, type DownloadParts, type Downloads } from '../../serve/rows/download.ts';
import { createLoadSources } from '../../serve/rows/load-sources.ts';
import { ask } from '../serve/support.ts';
import { type RunningApi, startApi } from '../support/api.ts';
import { temporaryFolder } from '../support/engine.ts';
import { loadOf } from '../support/lineage.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import { putAlberta, putDemand, putGeneration, putMeters, putPrices } from './rows-support.ts';

let db: FreshDatabase;
let api: RunningApi;
let duck: DuckDBConnection;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  db = await freshDatabase();
  await putDemand(db.pool, 50_000);
  await putGeneration(db.pool, 20);
  await putPrices(db.pool, 30, 9);
  await putMeters(db.pool, 50, 3);
  await putAlberta(db.pool, 40);
  await db.pool.query('analyze');
  api = await startApi({ url: db.url });
  duck = await (await DuckDBInstance.create(':memory:')).connect();
  await duck.run(`set timezone to 'UTC'`);
  folder = await temporaryFolder();
});
afterAll(async () => {
  await api.stop();
  await folder[Symbol.asyncDispose]();
});

interface File {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly headers: Headers;
}

let files = 0;
async function download(query: string): Promise<File> {
  const answer = await fetch(`${api.url}/api/history/${query}`);
  expect(`${query} ${answer.status}`).toBe(`${query} 200`);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const path = join(folder.path, `file-${(files += 1)}`);
  await writeFile(path, bytes);
  return { path, bytes, headers: answer.headers };
}

const asked = async (sql: string): Promise<Record<string, unknown>[]> =>
  (await duck.runAndReadAll(sql)).getRowObjectsJson();

/** PostgreSQL's names of types as DuckDB says them. */
const DUCK_TYPES: Readonly<Record<string, string>> = {
  'timestamp with time zone': 'TIMESTAMP WITH TIME ZONE',
  date: 'DATE',
  'double precision': 'DOUBLE',
  integer: 'INTEGER',
  bigint: 'BIGINT',
  text: 'VARCHAR',
  uuid: 'UUID',
  'numeric(10,2)': 'DECIMAL(10,2)',
  'numeric(6,3)': 'DECIMAL(6,3)',
  'numeric(6,4)': 'DECIMAL(6,4)',
};

const TABLES = [
  'ontario_hourly_demand',
  'provincial_generation',
  'ontario_nodal_prices',
  'hf_electricity_demand',
  'grid_status',
];

describe('Parquet', () => {
  test.each(TABLES)('of %s has the types, the count, the sums and the bounds that PostgreSQL has', async (table) => {
    const { path } = await download(`${table}/download?format=parquet`);
    const columns = await db.pool.query<{ name: string; type: string }>(
      `select a.attname as name, format_type(a.atttypid, a.atttypmod) as type from pg_attribute a
       where a.attrelid = to_regclass('public.' || $1) and a.attnum > 0 and not a.attisdropped order by a.attnum`,
      [table],
    );
    const described = await asked(`describe select * from read_parquet('${path}')`);
    expect(described.map((column) => [column['column_name'], column['column_type']])).toEqual(
      columns.map(({ name, type }) => [name, DUCK_TYPES[type]]),
    );
    const figures = columns.flatMap(({ name, type }) => {
      const text = type === 'double precision' || type.startsWith('numeric') || type === 'bigint';
      return text
        ? [`sum("${name}"::numeric(30,6))::text as "sum ${name}"`, `count("${name}")::int as "count ${name}"`]
        : [
            `min("${name}"::text) as "min ${name}"`,
            `max("${name}"::text) as "max ${name}"`,
            `count(distinct "${name}")::int as "distinct ${name}"`,
          ];
    });
    const question = (from: string): string => `select count(*)::int as rows, ${figures.join(', ')} from ${from}`;
    // Bounds of text by bytes, as DuckDB compares.
    const own = await db.pool.query<Record<string, unknown>>(
      question(`public.${table}`).replaceAll('::text)', `::text collate "C")`),
    );
    const there = await asked(question(`read_parquet('${path}')`));
    expect(there).toEqual(own);
    expect(Number(own[0]?.['rows'])).toBeGreaterThan(50);
  });

  test('of a stream is the rows of the stream', async () => {
    const { path } = await download('ontario-prices/download?format=parquet');
    const [own] = await db.pool.query<object>(
      `select count(*)::int as rows, sum(lmp_price)::text as total, min(source) as source, max(interval_ending)::text as newest from public.stream_ontario_prices`,
    );
    expect(
      await asked(
        `select count(*)::int as rows, sum(lmp_price)::text as total, min(source) as source, max(interval_ending)::text as newest from read_parquet('${path}')`,
      ),
    ).toEqual([own]);
  });

  test('carries the provenance in its footer and in the header, and comes under a good name', async () => {
    const { path, headers } = await download('ontario_hourly_demand/download?from=2024-02-01&to=2024-03-01T00:00:00Z');
    const said = JSON.parse(headers.get('x-penstock-provenance') ?? '') as unknown;
    expect(said).toMatchObject({ source: 'ieso', is_fallback: false, last_updated: '2024-02-29T23:00:00+00:00' });
    const [kept] = await asked(
      `select decode(value) as value from parquet_kv_metadata('${path}') where decode(key) = 'provenance'`,
    );
    expect(JSON.parse(String(kept?.['value']))).toEqual(said);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'application/vnd.apache.parquet',
      'content-disposition':
        'attachment; filename="ontario_hourly_demand_from-2024-02-01_to-2024-03-01T000000Z.parquet"',
      'x-penstock-rows': String(29 * 24),
      'x-penstock-freshness': 'stale',
    });
    expect(await asked(`select count(*)::int as n from read_parquet('${path}')`)).toEqual([{ n: 29 * 24 }]);
  });

  test('has row groups that a reader can skip', async () => {
    const { path } = await download('ontario_hourly_demand/download');
    const groups = await asked(
      `select row_group_num_rows::int as rows, stats_min_value is not null as bounded from parquet_metadata('${path}') where path_in_schema = 'hour' order by row_group_id`,
    );
    expect(groups).toEqual([20_000, 20_000, 10_000].map((rows) => ({ rows, bounded: true })));
  });

  test('of no rows is a file with columns', async () => {
    const { path } = await download('ontario_hourly_demand/download?from=2100-01-01');
    expect(await asked(`select count(*)::int as n, count("hour")::int as hours from read_parquet('${path}')`)).toEqual([
      { n: 0, hours: 0 },
    ]);
  });
});

test('CSV and Arrow have the same rows as Parquet, in the same order', async () => {
  const query = 'ontario_hourly_demand/download?from=2024-01-01&to=2028-01-01';
  const parquet = await download(`${query}&format=parquet`);
  const rows = await asked(
    `select epoch_us("hour")::varchar as at, ontario_demand_mw as mw from read_parquet('${parquet.path}')`,
  );
  expect(rows.length).toBeGreaterThan(20_001);
  const arrow = tableFromIPC((await download(`${query}&format=arrow`)).bytes);
  expect(JSON.parse(arrow.schema.metadata.get('provenance') ?? '')).toMatchObject({ source: 'ieso' });
  const hours = arrow.getChild('hour')?.data.flatMap(({ values }) => Array.from(values as BigInt64Array)) ?? [];
  const mw = arrow.getChild('ontario_demand_mw');
  expect(hours.map((at, i) => ({ at: String(at), mw: mw?.get(i) as unknown }))).toEqual(rows);
  const csv = await download(`${query}&format=csv`);
  const cells = parse<Record<string, string>>(new TextDecoder().decode(csv.bytes), { columns: true });
  expect(
    cells.map((cell) => ({
      at: String(BigInt(Date.parse(cell['hour'] ?? '')) * 1_000n),
      mw: cell['ontario_demand_mw'] === '' ? null : Number(cell['ontario_demand_mw']),
    })),
  ).toEqual(rows);
});

test('as_of gives the file of what was known then', async () => {
  const first = await loadOf(db.pool, 'alberta_grid_prices', 'live', 'aeso');
  const second = await loadOf(db.pool, 'alberta_grid_prices', 'live', 'aeso');
  await db.pool.query(`update etl.load set known_at = '2025-01-01' where load_id = $1`, [first]);
  await db.pool.query(`update etl.load set known_at = '2025-02-01' where load_id = $1`, [second]);
  const hour = `timestamptz '2024-01-01T00:00Z' + make_interval(hours => h)`;
  await db.pool.query(
    `insert into public.alberta_grid_prices (timestamp, pool_price_cad_per_mwh, data_source, load_id) select ${hour}, h + 0.5, 'x', case when h < 10 then $1::bigint else $2::bigint end from generate_series(1, 20) h`,
    [second, first],
  );
  await db.pool.query(
    `insert into history.alberta_grid_prices (timestamp, pool_price_cad_per_mwh, data_source, created_at, load_id, closed_by_load_id) select ${hour}, h, 'x', now(), $1, $2 from generate_series(1, 9) h`,
    [first, second],
  );
  const total = async (query: string): Promise<unknown> => {
    const { path, headers } = await download(`alberta_grid_prices/download?${query}`);
    const [row] = await asked(
      `select count(*)::int as rows, sum(pool_price_cad_per_mwh)::double as total from read_parquet('${path}')`,
    );
    expect(headers.get('x-penstock-rows')).toBe(String(row?.['rows']));
    return row;
  };
  expect(await total('')).toEqual({ rows: 20, total: 220 });
  expect(await total('as_of=2025-03-01')).toEqual({ rows: 20, total: 220 });
  expect(await total('as_of=2025-01-15')).toEqual({ rows: 20, total: 215.5 });
  expect(await total('as_of=2024-12-01')).toEqual({ rows: 0, total: null });
  expect(await total('as_of=2025-01-15&from=2024-01-01T03:00:00Z&to=2024-01-01T05:00:00Z')).toEqual({
    rows: 2,
    total: 7,
  });
});

describe('a question that cannot be answered is refused before the first byte', () => {
  test.each([
    ['nothing/download', 404, 'DATA_UNKNOWN'],
    ['llm_call_log/download', 404, 'DATA_UNKNOWN'],
    ['ontario_hourly_demand/download?format=xlsx', 400, 'HTTP_QUERY_INVALID'],
    ['ontario_hourly_demand/download?from=2025-02-01&to=2025-01-01', 400, 'HTTP_QUERY_INVALID'],
    ['ontario-demand/download?as_of=2025-01-01', 400, 'HTTP_QUERY_INVALID'],
    ['data_sources/download?from=2025-01-01', 400, 'HTTP_QUERY_INVALID'],
  ])('%s', async (query, status, code) => {
    const answer = await ask(api.url, `/api/history/${query}`);
    expect(answer.status).toBe(status);
    expect(answer.json()).toMatchObject({ code });
  });
});

/** The clock of the machine, but nothing that waits ever wakes up by itself. */
const clock: Clock = {
  now: () => Date.now(),
  sleep: (_ms, signal) =>
    new Promise((_done, failed) => signal?.addEventListener('abort', () => failed(new Error('woken')))),
};

/** Downloads in small pieces, and the transactions that are open. */
function small(parts: Partial<DownloadParts> = {}): { readonly downloads: Downloads; readonly open: () => number } {
  let open = 0;
  const reads: Database = {
    query: (text, params) => api.api.reads.query(text, params),
    transaction: async (work) => {
      open += 1;
      try {
        return await api.api.reads.transaction(work);
      } finally {
        open -= 1;
      }
    },
  };
  return {
    downloads: createDownloads({ reads, sources: createLoadSources(), clock, pieceRows: 1_000, ...parts }),
    open: () => open,
  };
}

const series = (name: string) => createSeriesCatalog(db.pool, clock).find(name);

test('the file is of one state: rows that arrive while it is read are not in it', async () => {
  const { downloads } = small();
  const { body, rows } = await downloads.start(await series('ontario_hourly_demand'), {
    format: 'csv',
    to: '2030-01-01',
  });
  const reader = body.getReader();
  const pieces = [await reader.read()];
  // One before, one among the rows that are still to be read, and one that is changed.
  await db.pool.query(`
    insert into public.ontario_hourly_demand (hour, ontario_demand_mw, load_id) values ('1990-01-01T00:00Z', -1, 1), ('2029-01-01T00:30Z', -1, 1);
    update public.ontario_hourly_demand set ontario_demand_mw = -1 where hour = '2029-01-02T00:00Z'`);
  for (let next = await reader.read(); !next.done; next = await reader.read()) pieces.push(next);
  const text = pieces.map(({ value }) => new TextDecoder().decode(value)).join('');
  const cells = parse<Record<string, string>>(text, { columns: true });
  expect(cells.length).toBe(rows);
  expect(cells.filter((cell) => cell['ontario_demand_mw'] === '-1')).toEqual([]);
  await db.pool.query(
    `delete from public.ontario_hourly_demand where ontario_demand_mw = -1 and hour <> '2029-01-02T00:00Z'`,
  );
});

test('a file with too many rows is refused, as of now and as of an instant', async () => {
  const { downloads } = small({ rowsMax: 1_000 });
  const demand = await series('ontario_hourly_demand');
  const range = { format: 'parquet', from: '2024-01-01T05:00Z' } as const;
  for (const as_of of [undefined, '2100-01-01']) {
    await expect(downloads.start(demand, { ...range, as_of, to: '2024-02-11T22:00Z' })).rejects.toMatchObject({
      code: 'DOWNLOAD_TOO_LARGE',
      next: expect.stringContaining('from and to') as string,
    });
    const fits = await downloads.start(demand, { ...range, as_of, to: '2024-02-11T21:00Z' });
    expect(fits.rows).toBe(1_000);
    await fits.body.cancel();
  }
});

test('a reader that goes away ends the reading, and one that takes nothing holds no more than a piece', async () => {
  const { downloads, open } = small();
  const download = await downloads.start(await series('ontario_hourly_demand'), { format: 'csv' });
  const reader = download.body.getReader();
  await reader.read();
  expect(open()).toBe(1);
  await reader.cancel();
  await expect.poll(open).toBe(0);
});

test('a reader that takes nothing for a minute is given up', async () => {
  let wake: () => void = () => undefined;
  const { downloads, open } = small({
    clock: { now: () => Date.now(), sleep: () => new Promise((done) => (wake = done)) },
  });
  const { body } = await downloads.start(await series('ontario_hourly_demand'), { format: 'csv' });
  const reader = body.getReader();
  await reader.read();
  await expect.poll(open).toBe(1);
  await expect
    .poll(() => {
      wake();
      return open();
    })
    .toBe(0);
  await expect(
    (async () => {
      for (let next = await reader.read(); !next.done; next = await reader.read());
    })(),
  ).rejects.toThrow('took nothing');
});

test('three at once are enough; the next is told to come again, and let in when one has ended', async () => {
  const { downloads } = small();
  const demand = await series('ontario_hourly_demand');
  const start = () => downloads.start(demand, { format: 'csv' });
  const held = [await start(), await start(), await start()];
  await expect(start()).rejects.toMatchObject({ code: 'DOWNLOADS_BUSY' });
  await held[0]?.body.cancel();
  await expect
    .poll(() =>
      start().then(
        (late) => late.body.cancel().then(() => 'let in'),
        () => 'refused',
      ),
    )
    .toBe('let in');
  await Promise.all(held.slice(1).map(({ body }) => body.cancel()));
});

test('a client that hangs up in the middle frees the connection of the server', async () => {
  const inTransaction = async (): Promise<number> =>
    (
      await db.pool.query<{ n: number }>(
        `select count(*)::int as n from pg_stat_activity where datname = current_database() and application_name = 'test reads' and xact_start is not null`,
      )
    )[0]?.n ?? -1;
  // More than all buffers on the way hold.
  await db.pool.query(
    `insert into public.ontario_generation_by_fuel (hour, fuel, output_mw, output_quality, load_id)
     select timestamptz '1990-01-01T00:00Z' + make_interval(hours => h), 'GAS', h, 0, 1 from generate_series(1, 300000) h`,
  );
  await expect.poll(inTransaction).toBe(0);
  const url = new URL(`${api.url}/api/history/ontario_generation_by_fuel/download?format=csv`);
  const paused = new Promise<() => void>((began) => {
    const asking = request(url, (answer) => {
      answer.once('data', () => {
        answer.pause();
        began(() => asking.destroy());
      });
      answer.on('error', () => undefined);
    });
    asking.on('error', () => undefined);
    asking.end();
  });
  const hangUp = await paused;
  expect(await inTransaction()).toBe(1);
  hangUp();
  await expect.poll(inTransaction).toBe(0);
  expect((await ask(api.url, '/stream-ontario-demand?limit=1')).status).toBe(200);
});
