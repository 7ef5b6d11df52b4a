/** The embedded server after kill -9 of any part of it, at moments chosen on purpose. Random moments: tests/long. */
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { acquire, runningUrl } from '../../loaders/postgres/embedded/index.ts';
import { withLock } from '../../loaders/postgres/embedded/lock.ts';
import { identityOf, isAlive, serversIn } from '../../loaders/postgres/embedded/processes.ts';
import { ask, child, dataFolder, finish, postmaster, readyDataFolder, until } from '../support/embedded.ts';
import { silentLog as log } from '../support/log.ts';

describe('the embedded server recovers unaided', () => {
  it('from a user that was killed: the next release stops the server', async () => {
    const dataDir = await readyDataFolder();
    const killed = child('acquire', dataDir);
    const { url } = await killed.answer;
    killed.process.kill('SIGKILL');
    await killed.closed;
    expect(runningUrl(dataDir)).toEqual({ url });
    const use = await acquire(dataDir, { log });
    expect(use.url).toBe(url);
    await use.release();
    expect(runningUrl(dataDir)).toMatchObject({ url: null });
  });

  it('from a starter that was killed during initdb, whose initdb is still at work', async () => {
    const dataDir = dataFolder();
    const base = join(dataDir, 'postgres');
    const killed = child('acquire', dataDir);
    await until(
      'initdb',
      () =>
        existsSync(base) &&
        readdirSync(base).some((name) => name.startsWith('new-') && existsSync(join(base, name, 'data/base'))),
    );
    killed.process.kill('SIGKILL');
    await killed.closed;
    const use = await acquire(dataDir, { log });
    expect(await ask(use.url, 'select 1')).toEqual([[1]]);
    expect(readdirSync(base).filter((name) => name.startsWith('new-'))).toEqual([]);
    await use.release();
  });

  it('from a starter that was killed between the start and the creation of the database', async () => {
    const dataDir = dataFolder();
    const killed = child('acquire', dataDir);
    await until('a postmaster', () => postmaster(dataDir) > 0);
    killed.process.kill('SIGKILL');
    await killed.closed;
    const use = await acquire(dataDir, { log });
    expect(await ask(use.url, 'select current_database()')).toEqual([['penstock']]);
    await use.release();
  });

  it('from a postmaster that was killed while it started', async () => {
    const dataDir = await readyDataFolder();
    const starting = acquire(dataDir, { log });
    await until('a postmaster', () => postmaster(dataDir) > 0);
    process.kill(postmaster(dataDir), 'SIGKILL');
    const use = await starting.catch(() => acquire(dataDir, { log }));
    expect(await ask(use.url, 'select 1')).toEqual([[1]]);
    await use.release();
  });

  it('from a killed postmaster whose backend computes on, without losing what was committed', async () => {
    const dataDir = await readyDataFolder();
    const before = await acquire(dataDir, { log });
    await ask(before.url, 'create table kept (n int)');
    await ask(before.url, 'insert into kept select generate_series(1, 1000)');
    const busy = new pg.Client({ connectionString: before.url });
    busy.on('error', () => undefined);
    await busy.connect();
    const pid = (await busy.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid ?? 0;
    const orphan = identityOf(pid) ?? '';
    busy
      .query('select count(*) from generate_series(1, 100000) a, generate_series(1, 100000) b')
      .catch(() => undefined);
    while (
      (await ask(before.url, `select 1 from pg_stat_activity where pid = ${pid} and state = 'active'`)).length === 0
    );
    process.kill(postmaster(dataDir), 'SIGKILL');
    expect(isAlive(orphan)).toBe(true);
    const after = await acquire(dataDir, { log });
    expect(isAlive(orphan)).toBe(false);
    expect(await ask(after.url, 'select count(*)::int from kept')).toEqual([[1000]]);
    await busy.end().catch(() => undefined);
    await before.release();
    await after.release();
    expect(runningUrl(dataDir)).toMatchObject({ url: null });
  });

  it('from a killed backend: whoever comes meanwhile waits until the server has restarted itself', async () => {
    const dataDir = await readyDataFolder();
    const use = await acquire(dataDir, { log });
    const victim = new pg.Client({ connectionString: use.url });
    victim.on('error', () => undefined);
    await victim.connect();
    const pid = (await victim.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid ?? 0;
    process.kill(pid, 'SIGKILL');
    const other = await acquire(dataDir, { log });
    expect(other.url).toBe(use.url);
    await victim.end().catch(() => undefined);
    await Promise.all([use.release(), other.release()]);
  });

  it.each([
    ['names a process that is not a server', `${process.pid}\n`],
    ['is empty', ''],
    ['is torn', '12'],
    ['is not a number', 'x\ny\n'],
  ])('from a pid file that %s', async (_, content) => {
    const dataDir = await readyDataFolder();
    const file = join(dataDir, 'postgres/cluster/postmaster.pid');
    const lines = content.endsWith(`${process.pid}\n`)
      ? `${content}${join(dataDir, 'postgres/cluster')}\n1700000000\n5432\n\n127.0.0.1\n1 1\nready\n`
      : content;
    writeFileSync(file, lines, { mode: 0o600 });
    const owner = statSync(dirname(file));
    chownSync(file, owner.uid, owner.gid);
    expect(runningUrl(dataDir)).toMatchObject({ url: null });
    const use = await acquire(dataDir, { log });
    expect(await ask(use.url, 'select 1')).toEqual([[1]]);
    await use.release();
  });

  it('from the copy of a running data folder: the copy gets a server of its own', async () => {
    const [dataDir, copy] = [await readyDataFolder(), dataFolder()];
    const use = await acquire(dataDir, { log });
    await ask(use.url, 'create table original (n int); checkpoint');
    mkdirSync(copy);
    expect(spawnSync('cp', ['-a', join(dataDir, 'postgres'), copy]).status).toBe(0);
    const other = await acquire(copy, { log });
    expect(other.url).not.toBe(use.url);
    expect(await ask(other.url, `select to_regclass('original') is not null`)).toEqual([[true]]);
    await other.release();
    expect(runningUrl(dataDir)).toEqual({ url: use.url });
    await use.release();
  });

  it('and says why when it cannot start: damaged data, data of another version', async () => {
    const dataDir = await readyDataFolder();
    const cluster = join(dataDir, 'postgres/cluster');
    const control = readFileSync(join(cluster, 'global/pg_control'));
    writeFileSync(join(cluster, 'global/pg_control'), control.subarray(0, 100));
    await expect(acquire(dataDir, { log })).rejects.toMatchObject({
      code: 'EMBEDDED_CANNOT_START',
      message: expect.stringMatching(/pg_control.*Next: /s),
    });
    writeFileSync(join(cluster, 'global/pg_control'), control);
    await (await acquire(dataDir, { log })).release();
    writeFileSync(join(cluster, 'PG_VERSION'), '17\n');
    await expect(acquire(dataDir, { log })).rejects.toMatchObject({ code: 'EMBEDDED_OTHER_VERSION' });
    expect(serversIn(cluster)).toEqual([]);
    expect(readdirSync(join(dataDir, 'postgres/users'))).toEqual([]);
  });
});

describe('the lock', () => {
  it('lets one process in at a time and outlives none of its holders', async () => {
    const folder = join(dirname(dataFolder()), 'lock');
    mkdirSync(folder);
    writeFileSync(`${folder}.count`, '0');
    const dead = child('count', folder);
    await until('a ticket', () => readdirSync(folder).some((name) => name.startsWith('ticket-')));
    dead.process.kill('SIGKILL');
    await dead.closed;
    writeFileSync(`${folder}.count`, '0');
    const processes = [1, 2, 3].map(() => child('count', folder));
    await Promise.all(processes.map(finish));
    expect(readFileSync(`${folder}.count`, 'utf8')).toBe('60');
    await withLock(folder, log, async () => undefined);
    expect(readdirSync(folder)).toEqual([]);
  });
});
