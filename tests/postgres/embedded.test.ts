/** The embedded server as commands see it: start, share, keep, stop, who may reach it. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { connect } from '../../loaders/postgres/connect.ts';
import { acquire, runningUrl, stop } from '../../loaders/postgres/embedded/index.ts';
import { ask, child, dataFolder, finish, readyDataFolder } from '../support/embedded.ts';
import { recordingLog, silentLog as log } from '../support/log.ts';

describe('the embedded server', () => {
  it('starts on demand, is durable, and stops with its last user', async () => {
    const dataDir = dataFolder();
    expect(runningUrl(dataDir)).toMatchObject({ url: null, reason: expect.stringContaining('db start') });
    const first = await acquire(dataDir, { log });
    const second = await acquire(dataDir, { log });
    expect(second.url).toBe(first.url);
    expect(runningUrl(dataDir)).toEqual({ url: first.url });
    const settings = await ask(
      first.url,
      `select name, setting from pg_settings where name in ('fsync', 'full_page_writes', 'synchronous_commit', 'data_checksums',
        'server_encoding', 'listen_addresses', 'unix_socket_directories', 'TimeZone') order by name collate "C"`,
    );
    expect(Object.fromEntries(settings)).toEqual({
      TimeZone: 'UTC',
      data_checksums: 'on',
      fsync: 'on',
      full_page_writes: 'on',
      listen_addresses: '127.0.0.1',
      server_encoding: 'UTF8',
      synchronous_commit: 'on',
      unix_socket_directories: '',
    });
    // Bytes decide the order, not the machine's language.
    expect(await ask(first.url, `select upper('é'), 'a' > 'B'`)).toEqual([['É', true]]);
    await first.release();
    await first.release();
    expect(runningUrl(dataDir)).toEqual({ url: second.url });
    await second.release();
    expect(runningUrl(dataDir)).toMatchObject({ url: null });
    expect(readdirSync(join(dataDir, 'postgres/users'))).toEqual([]);
    expect(readdirSync(join(dataDir, 'postgres/lock'))).toEqual([]);
  });

  it('lets nobody in without the password, which only its owner can read', async () => {
    const dataDir = await readyDataFolder();
    const use = await acquire(dataDir, { log });
    expect(statSync(join(dataDir, 'postgres/password')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(dataDir, 'postgres/password'), 'utf8').trim().length).toBeGreaterThan(30);
    const guessed = new URL(use.url);
    guessed.password = 'guessed';
    await expect(connect({ databaseUrl: guessed.href, dataDir, log })).rejects.toMatchObject({
      code: 'DATABASE_WRONG_PASSWORD',
    });
    await use.release();
  });

  it('is one server for two processes that start it at the same moment, and the last of them stops it', async () => {
    const dataDir = dataFolder();
    const [one, two] = [child('acquire', dataDir), child('acquire', dataDir)];
    const [first, second] = await Promise.all([one.answer, two.answer]);
    expect(first.url).toMatch(/^postgresql:\/\/penstock:/);
    expect(second).toEqual(first);
    await finish(one);
    expect(await ask(second.url ?? '', 'select 1')).toEqual([[1]]);
    await finish(two);
    expect(runningUrl(dataDir)).toMatchObject({ url: null });
  });

  it('outlives the command that keeps it, holds none of its output open, and stops when told to', async () => {
    const dataDir = await readyDataFolder();
    const starter = child('keep', dataDir);
    await starter.closed;
    const { url } = await starter.answer;
    expect(runningUrl(dataDir)).toEqual({ url });
    // A command that comes and goes does not stop it.
    const use = await acquire(dataDir, { log });
    expect(use.url).toBe(url);
    await use.release();
    expect(await ask(url ?? '', 'select 1')).toEqual([[1]]);
    const user = child('acquire', dataDir);
    await user.answer;
    expect(await stop(dataDir, { log })).toEqual({ stopped: true, users: 1 });
    expect(await stop(dataDir, { log })).toEqual({ stopped: false, users: 0 });
    await finish(user);
    expect(await stop(dataFolder(), { log })).toEqual({ stopped: false, users: 0 });
  });

  it('is what connect() uses without a connection string, and gives back', async () => {
    const dataDir = await readyDataFolder();
    const lines = recordingLog();
    const database = await connect({ dataDir, log: lines });
    expect(database.kind).toBe('embedded');
    expect(database.describe).toMatch(/^PostgreSQL 18\.\d+ at 127\.0\.0\.1:\d+\/penstock \(embedded\)$/);
    expect(await database.pool.query('select current_database() as name')).toEqual([{ name: 'penstock' }]);
    await database.close();
    await database.close();
    expect(runningUrl(dataDir)).toMatchObject({ url: null });
    expect(lines.lines.join('\n')).not.toContain(readFileSync(join(dataDir, 'postgres/password'), 'utf8').trim());
  });
});
