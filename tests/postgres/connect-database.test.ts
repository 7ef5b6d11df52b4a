/** Connections against real servers: types, session settings, transactions, and what people are told when it goes wrong. */
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../core/errors.ts';
import { connect } from '../../loaders/postgres/connect.ts';
import { openPool } from '../../loaders/postgres/database.ts';
import { recordingLog, silentLog as log } from '../support/log.ts';
import { freshDatabase, testServers, urlOf } from '../support/postgres.ts';
import { freePort } from '../support/server.ts';

const dataDir = '/nonexistent';

async function faultOf(databaseUrl: string): Promise<Fault> {
  const outcome = await connect({ databaseUrl, dataDir, log }).then(
    async (connected) => {
      await connected.close();
      throw new Error('it connected');
    },
    (error: unknown) => error,
  );
  if (outcome instanceof Fault) return outcome;
  throw outcome;
}

describe.each(testServers())('a pool on the $name server', (server) => {
  it('speaks UTC and ISO, whatever zone the machine is in, and loses no digit', async () => {
    const { pool } = await freshDatabase(server);
    expect(new Date(0).getTimezoneOffset()).not.toBe(0);
    const [row] = await pool.query(`select current_setting('timezone') as zone, current_setting('datestyle') as style,
      '1921-03-01T05:00Z'::timestamptz as instant, '2025-03-09'::date as day, '2025-03-09 02:30'::timestamp as wall,
      9007199254740993 as big, 0.10::numeric(5,2) as n, array[9007199254740993] as bigs, array['2025-03-09'::date] as days`);
    expect(row).toEqual({
      zone: 'UTC',
      style: 'ISO, YMD',
      instant: new Date('1921-03-01T05:00Z'),
      day: '2025-03-09',
      wall: '2025-03-09 02:30:00',
      big: '9007199254740993',
      n: '0.10',
      bigs: ['9007199254740993'],
      days: ['2025-03-09'],
    });
    const sent = new Date('1921-03-01T05:00:00.123Z');
    expect(await pool.query('select $1::timestamptz::text as instant', [sent])).toEqual([
      { instant: '1921-03-01 05:00:00.123+00' },
    ]);
  });

  it('commits what resolves and rolls back what rejects, nested too', async () => {
    const { pool } = await freshDatabase(server);
    await pool.query('create table t (n int primary key)');
    await pool.transaction(async (tx) => {
      await tx.query('insert into t values (1)');
      await tx.transaction((inner) => inner.query('insert into t values (2)'));
      await expect(tx.transaction((inner) => inner.query('insert into t values (1)'))).rejects.toMatchObject({
        code: '23505',
      });
      await tx.query('insert into t values (3)');
    });
    await expect(
      pool.transaction(async (tx) => {
        await tx.query('insert into t values (4)');
        throw new RangeError('mine');
      }),
    ).rejects.toThrow(RangeError);
    expect(await pool.query('select n from t order by n')).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
  });

  it('does not call a commit what PostgreSQL rolled back', async () => {
    const { pool } = await freshDatabase(server);
    const swallowed = pool.transaction(async (tx) => {
      await tx.query('create table gone (n int)');
      await tx.query('select 1/0').catch(() => undefined);
    });
    await expect(swallowed).rejects.toMatchObject({ code: 'DATABASE_ROLLED_BACK' });
    expect(await pool.query(`select to_regclass('gone') as gone`)).toEqual([{ gone: null }]);
  });

  it('survives cut connections, idle and in use, and says so once', async () => {
    const { pool } = await freshDatabase(server);
    const mine = 'select pg_backend_pid() as pid';
    const [idle] = await pool.query<{ pid: number }>(mine);
    const admin = openPool(server.url, { max: 1 });
    await admin.query('select pg_terminate_backend($1)', [idle?.pid]);
    const work = pool.transaction(async (tx) => {
      const [row] = await tx.query<{ pid: number }>(mine);
      await admin.query('select pg_terminate_backend($1)', [row?.pid]);
      await new Promise((done) => setTimeout(done, 100));
      await tx.query('select 1');
    });
    await expect(work).rejects.toMatchObject({ code: 'DATABASE_LOST', kind: 'database' });
    expect(await pool.query('select 1 as one')).toEqual([{ one: 1 }]);
    await admin.close();
  });

  it('waits for a connection as long as others use them all', async () => {
    const { url } = await freshDatabase(server);
    const pool = openPool(url, { max: 1, connectTimeoutMs: 200 });
    const connection = await pool.connect();
    const waiting = pool.query('select 1 as one');
    await new Promise((done) => setTimeout(done, 500));
    connection.release();
    connection.release();
    expect(await waiting).toEqual([{ one: 1 }]);
    await pool.close();
  });

  it('tells a wrong password, an unknown user and a missing database apart, and never shows the password', async () => {
    const wrong = new URL(server.url);
    wrong.password = 'hunter2';
    const stranger = new URL(wrong);
    stranger.username = 'stranger';
    const faults = [await faultOf(wrong.href), await faultOf(stranger.href), await faultOf(urlOf(server, 'no_such'))];
    expect(faults.map(({ code }) => code)).toEqual([
      'DATABASE_WRONG_PASSWORD',
      'DATABASE_WRONG_PASSWORD',
      'DATABASE_MISSING',
    ]);
    for (const fault of faults) {
      expect(fault.message).toMatch(/\(127\.0\.0\.1:\d+\/\w+\); nothing was read or written\. Next: /);
      expect(JSON.stringify(fault) + fault.message).not.toMatch(/hunter2|only-for-tests/);
    }
  });

  it('describes itself in one line', async () => {
    const { url } = await freshDatabase(server);
    const lines = recordingLog();
    const connected = await connect({ databaseUrl: url, dataDir, log: lines });
    expect(connected.kind).toBe('external');
    expect(connected.describe).toMatch(
      /^PostgreSQL \d+\.\d+ at 127\.0\.0\.1:\d+\/t_connect_database_\w+ \(external\)$/,
    );
    expect(lines.lines).toEqual([]);
    await connected.close();
    await connected.close();
  });
});

describe('without a server', () => {
  it('says which host and port did not answer', async () => {
    const port = await freePort();
    const fault = await faultOf(`postgresql://me:hunter2@127.0.0.1:${port}/power`);
    expect(fault).toMatchObject({ code: 'DATABASE_UNREACHABLE', where: `127.0.0.1:${port}/power` });
    expect(fault.message).not.toContain('hunter2');
    expect((await faultOf('postgresql://me@no-such-host.invalid/power')).code).toBe('DATABASE_UNREACHABLE');
  });

  it('gives up on a host that accepts and stays silent', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done));
    const address = silent.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const pool = openPool(`postgresql://me@127.0.0.1:${port}/power`, { connectTimeoutMs: 300 });
    await expect(pool.query('select 1')).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' });
    await pool.close();
    silent.close();
  });

  it.each([
    '',
    'localhost/power',
    'mysql://me:hunter2@localhost/power',
    'postgresql://me:hun#ter2/@localhost:port/power',
  ])('refuses the connection string %j without repeating it', async (url) => {
    const fault = await faultOf(url);
    expect(fault).toMatchObject({ code: 'DATABASE_URL_INVALID', kind: 'configuration' });
    expect(fault.message).not.toMatch(/hun/);
  });
});
