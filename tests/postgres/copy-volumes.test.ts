/** Sizes that cross a boundary: chunks, row groups, buffers, long strings, many columns, none at all. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyInto } from '../../loaders/postgres/copy/copy-into.ts';
import type { CopyColumn } from '../../loaders/postgres/copy/column.ts';
import { BUFFER_BYTES, encodeCopy, planCopy } from '../../loaders/postgres/copy/encode.ts';
import type { Connection } from '../../loaders/postgres/database.ts';
import { freshDatabase, testServers } from '../support/postgres.ts';
import { createTableSql, openDuckdb } from './copy-support.ts';

describe.each(testServers())('a COPY on $name', (server) => {
  let duckdb: DuckDBConnection;
  let connection: Connection;
  beforeAll(async () => {
    duckdb = await openDuckdb();
    connection = await (await freshDatabase(server)).pool.connect();
  });
  afterAll(() => {
    connection.release();
    duckdb.closeSync();
  });

  async function load(columns: readonly CopyColumn[], sql: string): Promise<number> {
    await connection.query('drop table if exists target');
    await connection.query(createTableSql('target', columns));
    return (await copyInto(connection.client, { table: 'target', columns }, await duckdb.stream(sql))).rows;
  }

  const MIXED: readonly CopyColumn[] = [
    { name: 'id', pg: 'int4' },
    { name: 'amount', pg: 'float8' },
    { name: 'label', pg: 'text' },
    { name: 'at', pg: 'timestamptz' },
  ];
  it.each([0, 1, 2_047, 2_048, 2_049, 4_096, 4_097, 122_880, 122_881])(
    'carries %i rows with their NULLs',
    async (rows) => {
      const loaded = await load(
        MIXED,
        `select i::integer as id, case when i % 3 <> 0 then i / 4 end::double as amount,
         case when i % 5 <> 0 and i % 2048 <> 2047 then repeat('é', (i % 20)::int) || i end as label,
         case when i % 2048 <> 0 then timestamptz '1999-12-31 00:00:00+00' + to_minutes(i) end as at
       from range(${rows}) t(i)`,
      );
      expect(loaded).toBe(rows);
      const wrong = await connection.query(
        `with wanted as (
         select i as id, case when i % 3 <> 0 then i::float8 / 4 end as amount,
           case when i % 5 <> 0 and i % 2048 <> 2047 then repeat('é', i % 20) || i end as label,
           case when i % 2048 <> 0 then timestamptz '1999-12-31 00:00:00+00' + i * interval '1 minute' end as at
         from generate_series(0, $1::int - 1) i
       )
       select w.id from wanted w full join target t using (id) where (w.amount, w.label, w.at) is distinct from (t.amount, t.label, t.at) limit 3`,
        [rows],
      );
      expect(wrong).toEqual([]);
    },
  );

  it('carries texts of every length, in any order of memory, repeated and longer than a buffer', async () => {
    await duckdb.run(`create or replace table texts as
      select i::integer as id,
        case when i % 11 = 0 then null
          when i = 700 then repeat('🜁', ${BUFFER_BYTES})
          when i % 500 = 1 then repeat(chr(97 + (i % 26)::int), ${BUFFER_BYTES} - 20 + (i % 40)::int)
          when i % 7 = 0 then 'a text that is repeated often ' || (i % 3)
          else repeat(md5(i::varchar), 1 + (i % 200)::int)[1:(hash(i) % 6000)::int] end as label
      from range(5000) t(i)`);
    const columns: readonly CopyColumn[] = [
      { name: 'id', pg: 'int4' },
      { name: 'label', pg: 'text' },
    ];
    expect(await load(columns, 'select * from texts order by hash(id)')).toBe(5000);
    const digests = await duckdb.runAndReadAll('select id, md5(label) as digest from texts order by id');
    expect(await connection.query('select id, md5(label) as digest from target order by id')).toEqual(
      digests.getRowObjectsJS(),
    );
  });

  it('carries 1,000 columns', async () => {
    const types = ['int4', 'float8', 'text', 'bool'] as const;
    const casts = { int4: 'integer', float8: 'double', text: 'varchar', bool: 'boolean' };
    const columns = Array.from({ length: 1000 }, (_, i): CopyColumn => ({ name: `c${i}`, pg: types[i % 4] ?? 'int4' }));
    const list = columns.map(
      ({ name, pg }, i) =>
        `case when (r + ${i}) % 7 <> 0 or ${i} = 0 then (r + ${i % 4 === 3 ? 0 : i})::${casts[pg as 'int4']} end as ${name}`,
    );
    expect(await load(columns, `select ${list.join(', ')} from range(50) t(r)`)).toBe(50);
    const [sums] = await connection.query(
      `select sum(c0)::int as c0, sum(c997)::int as c997, count(*) filter (where c999)::int as c999, count(c998)::int as c998 from target`,
    );
    const rows = Array.from({ length: 50 }, (_, r) => r);
    const kept = (i: number): number[] => rows.filter((r) => (r + i) % 7 !== 0);
    expect(sums).toEqual({
      c0: rows.reduce((a, b) => a + b, 0),
      c997: kept(997).reduce((a, r) => a + r + 997, 0),
      c998: kept(998).length,
      c999: kept(999).filter((r) => r !== 0).length,
    });
  });

  it('takes an ENUM for a text column, with more values than one byte counts', async () => {
    await duckdb.run(
      `create or replace type node as enum (select 'node ' || i || repeat('é', (i % 9)::int) from range(300) t(i))`,
    );
    const columns: readonly CopyColumn[] = [
      { name: 'id', pg: 'int4' },
      { name: 'node', pg: 'text' },
    ];
    const sql = `select i::integer as id, case when i % 4 <> 0 then ('node ' || i % 300 || repeat('é', (i % 300 % 9)::int))::node end as node from range(5000) t(i)`;
    expect(await load(columns, sql)).toBe(5000);
    const wrong = await connection.query(
      `select * from target where node is distinct from case when id % 4 <> 0 then 'node ' || id % 300 || repeat('é', id % 300 % 9) end`,
    );
    expect(wrong).toEqual([]);
  });

  it('accepts any DECIMAL for a numeric without precision', async () => {
    const columns: readonly CopyColumn[] = [
      { name: 'id', pg: 'int4' },
      { name: 'price', pg: 'numeric' },
    ];
    await load(columns, `select 1::integer as id, -1234.50::decimal(9, 2) as price`);
    expect(await connection.query('select price from target')).toEqual([{ price: '-1234.50' }]);
  });
});

describe('the encoder', () => {
  it('never hands out a buffer that is longer than a buffer, unless one row is', async () => {
    const duckdb = await openDuckdb();
    const source = await duckdb.stream(`select repeat('x', 20000) as label from range(50)`);
    const progress = { rows: 0, bytes: 0 };
    const lengths: number[] = [];
    for await (const buffer of encodeCopy(planCopy(source, [{ name: 'label', pg: 'text' }]), progress))
      lengths.push(buffer.length);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(BUFFER_BYTES);
    expect(lengths.reduce((a, b) => a + b, 0)).toBe(progress.bytes);
    expect(progress.bytes).toBe(19 + 50 * (2 + 4 + 20_000) + 2);
    duckdb.closeSync();
  });
});
