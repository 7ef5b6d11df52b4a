/** Parquet import: a view with typed columns, and every kind of file that is refused. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Fault } from '../../core/errors.ts';
import { importParquet, importRaw } from '../../transforms/raw.ts';
import { openSession, type Session } from '../../transforms/session.ts';

let folder: string;
let session: Session;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'penstock-parquet-'));
  session = await openSession({ folder });
});
afterAll(async () => {
  await session.close();
  await rm(folder, { recursive: true, force: true });
});

async function parquetOf(name: string, select: string): Promise<string> {
  const path = join(folder, name);
  await session.run(`copy (${select}) to '${path}' (format parquet, row_group_size 2048)`);
  return path;
}

async function faultOf(path: string, columns: readonly string[]): Promise<Fault> {
  const error: unknown = await importParquet(session, 'raw', { columns }, path, 'report.parquet').catch(
    (thrown: unknown) => thrown,
  );
  if (error instanceof Fault) return error;
  throw new Error(`no fault but ${String(error)}`);
}

describe('a Parquet file', () => {
  test('becomes a view with its types and row numbers', async () => {
    const path = await parquetOf(
      'a.parquet',
      "select range::double as mw, timestamptz '2025-01-01 05:00:00Z' + to_hours(range) as hour, 'A' || range as unit from range(10000)",
    );
    expect(await importParquet(session, 'raw', { columns: ['unit', 'hour', 'mw'] }, path)).toEqual({ rows: 10_000 });
    expect(await session.rows('select * from raw where _line in (1, 10000) order by _line')).toEqual([
      { _line: 1, _raw: null, unit: 'A0', hour: '2025-01-01T05:00:00Z', mw: 0 },
      { _line: 10_000, _raw: null, unit: 'A9999', hour: '2026-02-21T20:00:00Z', mw: 9_999 },
    ]);
    expect(await session.rows("select table_type from information_schema.tables where table_name = 'raw'")).toEqual([
      { table_type: 'VIEW' },
    ]);
  });

  test('may follow a table of the same name, and a table may follow it', async () => {
    const path = await parquetOf('b.parquet', 'select 1 as n');
    await importRaw(session, 'raw', ['n'], (async function* () {})());
    await importParquet(session, 'raw', { columns: ['n'] }, path);
    await importRaw(session, 'raw', ['n'], (async function* () {})());
    expect(await session.rows('select count(*) as n from raw')).toEqual([{ n: 0 }]);
  });

  test.each<[string, string, RegExp]>([
    ['with a renamed column', 'select 1 as n, 2 as price', /added \["price"\], missing \["mw"\]/],
    ['with an added column', 'select 1 as n, 2 as mw, 3 as zone', /added \["zone"\]/],
    ['with a missing column', 'select 1 as n', /missing \["mw"\]/],
  ])('%s is refused', async (_, select, what) => {
    const fault = await faultOf(await parquetOf('c.parquet', select), ['n', 'mw']);
    expect([fault.code, fault.kind, fault.where]).toEqual(['FORMAT_HEADER_CHANGED', 'format', 'report.parquet']);
    expect(fault.what).toMatch(what);
  });

  test('may have further columns where the definition says so, also nested ones, but lacks none that it names', async () => {
    const path = await parquetOf('f.parquet', 'select 1 as n, 2 as mw, [3] as zones');
    const spec = { columns: ['mw'], others: 'left out' } as const;
    expect(await importParquet(session, 'raw', spec, path)).toEqual({ rows: 1 });
    expect(await session.rows('select * from raw')).toEqual([{ _line: 1, _raw: null, mw: 2 }]);
    const lacking = importParquet(session, 'raw', { ...spec, columns: ['mw', 'price'] }, path);
    await expect(lacking).rejects.toThrow(/FORMAT_HEADER_CHANGED.*missing \["price"\]/);
    const nested = importParquet(session, 'raw', { ...spec, columns: ['zones'] }, path);
    await expect(nested).rejects.toThrow('FORMAT_PARQUET_NESTED');
  });

  test.each(['[1, 2]', '{a: 1}', 'map {1: 2}'])('with a nested column %s is refused', async (value) => {
    const fault = await faultOf(await parquetOf('d.parquet', `select 1 as n, ${value} as x`), ['n', 'x']);
    expect(fault.code).toBe('FORMAT_PARQUET_NESTED');
    expect(fault.what).toContain('column x');
  });

  test.each<[string, (bytes: Buffer) => Buffer]>([
    ['cut off', (bytes) => bytes.subarray(0, bytes.length - 10)],
    [
      'with a damaged footer',
      (bytes) =>
        Buffer.concat([
          bytes.subarray(0, bytes.length - 60),
          Buffer.alloc(50, 0xff),
          bytes.subarray(bytes.length - 10),
        ]),
    ],
    ['empty', () => Buffer.alloc(0)],
    ['that is text', () => Buffer.from('a,b\n1,2\n')],
  ])('%s is refused', async (_, damage) => {
    const path = await parquetOf('e.parquet', 'select range as n from range(5000)');
    const broken = join(folder, 'broken.parquet');
    await writeFile(broken, damage(await readFile(path)));
    const fault = await faultOf(broken, ['n']);
    expect([fault.code, fault.where]).toEqual(['FORMAT_PARQUET_BROKEN', 'report.parquet']);
    expect(fault.message).not.toContain('\n');
  });
});
