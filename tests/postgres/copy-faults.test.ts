/** A COPY that fails stores nothing, says why, and leaves the connection usable. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Fault } from '../../core/errors.ts';
import { copyInto } from '../../loaders/postgres/copy/copy-into.ts';
import type { CopyColumn } from '../../loaders/postgres/copy/column.ts';
import { encodeCopy, planCopy, type CopySource } from '../../loaders/postgres/copy/encode.ts';
import type { Connection, Pool } from '../../loaders/postgres/database.ts';
import { freshDatabase, testServers } from '../support/postgres.ts';
import { interrupted, openDuckdb } from './copy-support.ts';

const COLUMNS: readonly CopyColumn[] = [
  { name: 'id', pg: 'int4' },
  { name: 'label', pg: 'text' },
];
/** Several buffers long, so that the server has rows before the fault. */
const MANY = `select i::integer as id, repeat('x', 100) as label from range(100000) t(i)`;

async function faultOf(work: Promise<unknown>): Promise<Fault> {
  return work.then(
    () => expect.fail('expected a fault'),
    (error: unknown) => error as Fault,
  );
}

describe.each(testServers())('a failing COPY on $name', (server) => {
  let duckdb: DuckDBConnection;
  let pool: Pool;
  let connection: Connection;
  beforeAll(async () => {
    duckdb = await openDuckdb();
    pool = (await freshDatabase(server)).pool;
    await pool.query('create table target (id int primary key, label text not null)');
  });
  beforeEach(async () => {
    connection = await pool.connect();
    return () => connection.release();
  });
  afterAll(() => duckdb.closeSync());

  const copy = (source: CopySource, table = 'public.target'): Promise<unknown> =>
    copyInto(connection.client, { table, columns: COLUMNS }, source);
  const stored = async (): Promise<unknown> => pool.query('select count(*)::int as rows from target');

  async function expectUsable(): Promise<void> {
    await connection.query('rollback');
    expect(await connection.query('select 1 as one')).toEqual([{ one: 1 }]);
    expect(await stored()).toEqual([{ rows: 0 }]);
  }

  it('passes on what the source throws in the middle', async () => {
    await connection.query('begin');
    const source = interrupted(await duckdb.stream(MANY), 40, () => Promise.reject(new Error('the transform broke')));
    expect((await faultOf(copy(source))).message).toBe('the transform broke');
    await expectUsable();
  });

  it('passes on what the source throws before the first row', async () => {
    const source = interrupted(await duckdb.stream(MANY), 0, () => Promise.reject(new Error('no first row')));
    expect((await faultOf(copy(source))).message).toBe('no first row');
    await expectUsable();
  });

  it('names the key of a duplicate, also when it is the last row', async () => {
    await connection.query('begin');
    const source = await duckdb.stream(`${MANY} union all select 4711, 'again'`);
    const fault = await faultOf(copy(source));
    expect(fault).toMatchObject({ code: 'COPY_DUPLICATE_KEY', kind: 'database' });
    expect(fault.message).toContain('Key (id)=(4711) already exists.');
    await expectUsable();
  });

  it('names the column of a NULL where none may be', async () => {
    const fault = await faultOf(
      copy(
        await duckdb.stream(
          `select i::integer as id, case when i <> 70000 then 'x' end as label from range(90000) t(i)`,
        ),
      ),
    );
    expect(fault).toMatchObject({ code: 'COPY_REFUSED' });
    expect(fault.message).toMatch(/label.*line 70001/);
    await expectUsable();
  });

  it('reports a table that does not exist', async () => {
    expect(await faultOf(copy(await duckdb.stream(MANY), 'public.nowhere'))).toMatchObject({ code: 'COPY_REFUSED' });
    await expectUsable();
  });

  it('treats SQL text in a table name as a name', async () => {
    expect(await faultOf(copy(await duckdb.stream(MANY), 'target; drop table target; --'))).toMatchObject({
      code: 'COPY_REFUSED',
    });
    await expectUsable();
  });

  it('ends with a fault when the backend is terminated in the middle', async () => {
    const [backend] = await connection.query<{ pid: number }>('select pg_backend_pid() as pid');
    await connection.query('begin');
    const source = interrupted(await duckdb.stream(MANY), 30, async () => {
      await pool.query('select pg_terminate_backend($1)', [backend?.pid]);
    });
    expect(await faultOf(copy(source))).toMatchObject({ code: 'COPY_CONNECTION_LOST', kind: 'database' });
    connection.release(true);
    expect(await stored()).toEqual([{ rows: 0 }]);
  });

  it('ends with a fault when the backend was gone before the COPY', async () => {
    const [backend] = await connection.query<{ pid: number }>('select pg_backend_pid() as pid');
    await pool.query('select pg_terminate_backend($1)', [backend?.pid]);
    expect(await faultOf(copy(await duckdb.stream(MANY)))).toMatchObject({ code: 'COPY_CONNECTION_LOST' });
    connection.release(true);
    expect(await stored()).toEqual([{ rows: 0 }]);
  });

  it('notices that a trigger swallowed rows', async () => {
    await connection.query('begin');
    await connection.query(
      `create function skip_odd() returns trigger language plpgsql as $$ begin if new.id % 2 = 1 then return null; end if; return new; end $$`,
    );
    await connection.query('create trigger skip_odd before insert on target for each row execute function skip_odd()');
    const fault = await faultOf(copy(await duckdb.stream(`select i::integer as id, 'x' as label from range(10) t(i)`)));
    expect(fault).toMatchObject({ code: 'COPY_ROW_COUNT_DIFFERS', what: '10 rows were sent and the server stored 5' });
    await expectUsable();
  });
});

describe('the encoder refuses', () => {
  let duckdb: DuckDBConnection;
  beforeAll(async () => {
    duckdb = await openDuckdb();
  });
  afterAll(() => duckdb.closeSync());

  async function encode(columns: readonly CopyColumn[], sql: string): Promise<void> {
    for await (const buffer of encodeCopy(planCopy(await duckdb.stream(sql), columns), { rows: 0, bytes: 0 }))
      expect(buffer.length).toBeGreaterThan(0);
  }

  const nul = "'a' || chr(0)";
  const longNul = "repeat('b', 90) || chr(0)";
  it.each([
    ['a NUL in a short text', 'text', `'abc' || ${nul}`],
    ['a NUL in a text of twelve bytes', 'text', `repeat('a', 11) || chr(0)`],
    ['a NUL in a text of forty bytes', 'text', `repeat('b', 39) || chr(0)`],
    ['a NUL in a long text', 'text', longNul],
    ['a NUL in a text of 5,000 bytes', 'text', `repeat('b', 4999) || chr(0)`],
    ['a NUL in JSON', 'jsonb', `'"' || ${nul} || '"'`],
    ['a NUL in an array', 'text[]', `['fine', ${longNul}]`],
    ['a timestamp before PostgreSQL’s first', 'timestamptz', `timestamptz '4715-01-01 (BC) 00:00:00+00'`],
    ['the first timestamp of DuckDB', 'timestamp', `timestamp '290309-12-22 (BC) 00:00:00'`],
    ['a date before PostgreSQL’s first', 'date', `date '4715-01-01 (BC)'`],
    ['a date after PostgreSQL’s last', 'date', `date '5874898-01-01'`],
    ['a text that is no number', 'numeric', `'1,234.5'`],
    ['an empty text as a number', 'numeric', `''`],
    ['a number of too many digits', 'numeric', `'1e200000'`],
  ] as const)('%s, with column and row', async (_, pg, value) => {
    const sql = `select case when i = 3000 then ${value} end as odd from range(5000) t(i)`;
    const fault = await faultOf(encode([{ name: 'odd', pg }], sql));
    expect(fault).toMatchObject({
      code: 'COPY_CELL_NOT_STORABLE',
      kind: 'format',
      where: 'column odd, row 3001 of the load',
    });
  });

  it.each([
    ['int8', 'integer'],
    ['int4', 'bigint'],
    ['float8', 'float'],
    ['timestamptz', 'timestamp'],
    ['timestamp', 'timestamptz'],
    ['text', 'blob'],
    ['uuid', 'varchar'],
    ['text[]', 'integer[]'],
    ['date', 'timestamp'],
    ['bool', 'utinyint'],
  ] as const)('%s from %s before anything is sent', async (pg, type) => {
    const source = await duckdb.stream(`select null::${type} as odd`);
    expect(() => planCopy(source, [{ name: 'odd', pg }])).toThrow(/COPY_TYPE_MISMATCH.*column odd is/);
  });

  it('a numeric of another scale, for the server would round it', async () => {
    const source = await duckdb.stream('select 1.234::decimal(10, 3) as odd');
    expect(() => planCopy(source, [{ name: 'odd', pg: 'numeric', precision: 10, scale: 2 }])).toThrow(
      'needs DECIMAL(10,2)',
    );
  });

  it('columns in another order or number, naming every difference', async () => {
    const source = await duckdb.stream(`select 'x' as label, 1::integer as id, true as more`);
    expect(() => planCopy(source, COLUMNS)).toThrow(
      /3 columns.*column 1 is label, expected id; column 2 is id, expected label/,
    );
  });
});
