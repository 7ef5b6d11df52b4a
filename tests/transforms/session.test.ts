/** The DuckDB session: what it may touch, what it may use, what it leaves behind. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSession, type Session } from '../../transforms/session.ts';

const root = await mkdtemp(join(tmpdir(), 'penstock-session-'));
const folder = join(root, "it's here");
const outside = join(root, 'outside.csv');
let session: Session;

beforeAll(async () => {
  await mkdir(folder);
  await writeFile(outside, 'a,b\n1,2\n');
  await writeFile(join(folder, 'inside.csv'), 'a,b\n1,2\n');
  session = await openSession({ folder, memoryLimitMb: 48 });
});
afterAll(async () => {
  await session.close();
  await rm(root, { recursive: true, force: true });
});

describe('a session is shut off', () => {
  test.each([
    ['a file outside its folder', (path: string) => `select * from read_csv('${path}')`, /Permission Error/],
    [
      'a file by a path that climbs out',
      () => `select * from read_csv('${folder.replaceAll("'", "''")}/../outside.csv')`,
      /Permission Error/,
    ],
    ['a text outside its folder', (path: string) => `select * from read_text('${path}')`, /Permission Error/],
    ['the names of files outside', () => `select * from glob('${root}/*')`, /Permission Error/],
    ['a database outside its folder', () => `attach '${root}/other.duckdb' as other`, /Permission Error/],
    ['writing outside its folder', () => `copy (select 1) to '${root}/out.csv'`, /Permission Error/],
    ['an address', () => "select * from read_csv('https://example.com/a.csv')", /Permission Error/],
    ['an extension', () => 'load httpfs', /Permission Error/],
    ['an extension from the network', () => 'install httpfs', /Permission Error/],
    [
      'another PostgreSQL',
      () => "attach 'dbname=postgres' as pg (type postgres)",
      /Permission Error|Catalog Error|disabled/,
    ],
    ['its memory limit', () => "set memory_limit = '8GB'", /locked/],
    ['its own lock', () => 'set lock_configuration = false', /locked/],
    ['its time zone', () => "set TimeZone = 'America/Toronto'", /locked/],
  ])('from %s', async (_, sql, message) => {
    await expect(session.run(sql(outside))).rejects.toThrow(message);
  });

  test('but reads the files of its own folder', async () => {
    expect(await session.rows(`select * from read_csv('${folder.replaceAll("'", "''")}/inside.csv')`)).toEqual([
      { a: 1, b: 2 },
    ]);
  });
});

describe('a session', () => {
  test('gives plain values', async () => {
    const [row] = await session.rows(`select
      12::bigint as small, 9007199254740993::bigint as large, sum(1) as total, 1.50::decimal(10, 2) as price, 'é' as word, null as nothing,
      timestamptz '2025-05-01 05:00:00Z' as hour, timestamptz '1969-12-31 23:59:59.9999Z' as early, timestamptz 'infinity' as forever,
      timestamp '2025-05-01 00:00:00' as local, timestamp_ns '2025-05-01 00:00:00.000000001' as nano, date '2025-05-01' as day, [1, null]::bigint[] as list, {a: 1::bigint, b: 'x'} as pair,
      true as yes, 0.1 + 0.2e0 as x`);
    expect(row).toEqual({
      small: 12,
      large: '9007199254740993',
      total: 1,
      price: '1.50',
      word: 'é',
      nothing: null,
      hour: '2025-05-01T05:00:00Z',
      early: '1969-12-31T23:59:59.9999Z',
      forever: 'infinity',
      local: '2025-05-01T00:00:00',
      nano: '2025-05-01T00:00:00.000000001',
      day: '2025-05-01',
      list: [1, null],
      pair: { a: 1, b: 'x' },
      yes: true,
      x: 0.30000000000000004,
    });
  });

  test('binds parameters by place and by name', async () => {
    expect(await session.rows('select $1 as a, $2 as b', ["it's", 2n])).toEqual([{ a: "it's", b: 2 }]);
    expect(await session.rows('select $x as a', { x: null })).toEqual([{ a: null }]);
  });

  test('knows the macros of the transforms and lives in UTC', async () => {
    expect(
      await session.rows(
        "select ieso_hour_start('2025-07-15', '24') as hour, number_text('-1,054') as n, '2025-05-01 05:00'::timestamptz::text as t",
      ),
    ).toEqual([{ hour: '2025-07-16T04:00:00Z', n: '-1054', t: '2025-05-01 05:00:00+00' }]);
  });

  test('streams a result while other statements run, and survives a reader that stops early', async () => {
    await session.run('create or replace table n as select range as i from range(100000)');
    let rows = 0;
    for await (const chunk of session.stream('select i from n')) {
      rows += chunk.rowCount;
      await session.run('create or replace table other as select 1 as x');
    }
    expect(rows).toBe(100_000);
    for await (const chunk of session.stream('select i from n')) {
      expect(chunk.rowCount).toBeGreaterThan(0);
      break;
    }
    expect(await session.rows('select count(*) as n from n')).toEqual([{ n: 100_000 }]);
  });

  test('names the columns of a query without running it', async () => {
    const { names, types } = await session.columns(
      "select 1::bigint as a, 'x' as b, now() as c from range(1000000000000)",
    );
    expect(names).toEqual(['a', 'b', 'c']);
    expect(types.map(String)).toEqual(['BIGINT', 'VARCHAR', 'TIMESTAMP WITH TIME ZONE']);
  });

  test('spills to its folder when a query needs more than its memory', async () => {
    await session.run(
      'create or replace table big as select range as i, md5(range::varchar) || md5((range + 1)::varchar) as t from range(700000)',
    );
    await session.run('create or replace table sorted as select * from big order by t');
    const [row] = await session.rows<{ n: number; ordered: boolean }>(
      'select count(*) as n, bool_and(t >= before) as ordered from (select t, lag(t, 1, t) over (order by rowid) as before from sorted)',
    );
    expect(row).toEqual({ n: 700_000, ordered: true });
  });

  test('refuses a query that cannot be spilled, and goes on', async () => {
    await expect(session.rows("select length(string_agg(t || t || t, '')) as n from big")).rejects.toThrow(
      /Out of Memory/,
    );
    expect(await session.rows('select 1 as x')).toEqual([{ x: 1 }]);
  });

  test('leaves nothing of its own behind, and starts empty after a crash left something', async () => {
    const other = join(root, 'other');
    await mkdir(other);
    await writeFile(join(other, 'session.duckdb'), 'not a database');
    const second = await openSession({ folder: other });
    await second.run('create table t as select 1 as x');
    await second.close();
    expect(await readdir(other)).toEqual([]);
  });
});
