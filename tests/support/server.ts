/** A throw-away PostgreSQL server from a folder of binaries, as an ordinary user, without durability. */
import { spawn, spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

export interface RunningServer {
  readonly name: string;
  /** Of the superuser and the database `postgres`. */
  readonly url: string;
  stop(): Promise<void>;
}

/** The user and group for a server that may not run as root: the first of these that the machine knows. */
export function ordinaryUser(
  names: readonly string[] = ['postgres', 'nobody'],
): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const lines = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of names) {
    const found = lines.find((fields) => fields[0] === name);
    if (found !== undefined) return { uid: Number(found[2]), gid: Number(found[3]) };
  }
  return undefined;
}

/** A port of 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise<unknown>((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Starts a server with its data in `folder`; `postgres` listens on 127.0.0.1 only. */
export async function startServer(name: string, bin: string, folder: string): Promise<RunningServer> {
  const user = ordinaryUser();
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const data = join(folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  const passwordFile = join(folder, 'password');
  const password = 'only-for-tests';
  writeFileSync(passwordFile, password);
  if (user !== undefined) {
    chownSync(data, user.uid, user.gid);
    chownSync(folder, user.uid, user.gid);
  }
  const env = { LC_ALL: 'C', PATH: '/usr/bin:/bin' };
  const made = spawnSync(
    join(bin, 'initdb'),
    [
      '-D',
      data,
      '-U',
      'tester',
      '-E',
      'UTF8',
      '--locale=C',
      '--auth=scram-sha-256',
      `--pwfile=${passwordFile}`,
      '--no-sync',
    ],
    { ...user, cwd: folder, env, encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`initdb of ${name} failed: ${made.error?.message ?? made.stderr}`);
  const port = await freePort();
  const log = openSync(join(folder, 'log'), 'a');
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'fsync=off',
    'max_connections=100',
    'timezone=UTC',
  ];
  const child = spawn(
    join(bin, 'postgres'),
    ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
    {
      ...user,
      cwd: folder,
      env,
      stdio: ['ignore', log, log],
    },
  );
  const url = `postgresql://tester:${password}@127.0.0.1:${port}/postgres`;
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      break;
    } catch (error) {
      if (child.exitCode !== null)
        throw new Error(`${name} did not start:\n${readFileSync(join(folder, 'log'), 'utf8')}`, { cause: error });
      await sleep(50);
    }
  }
  return {
    name,
    url,
    stop: async () => {
      // Immediate: the folder is thrown away.
      child.kill('SIGQUIT');
      await ended;
    },
  };
}
