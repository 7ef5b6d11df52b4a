/** Folders, processes and questions for the tests of the embedded server. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach } from 'vitest';
import { canEnter } from '../../loaders/postgres/embedded/account.ts';
import { acquire, stop } from '../../loaders/postgres/embedded/index.ts';
import { serversIn } from '../../loaders/postgres/embedded/processes.ts';
import { silentLog } from './log.ts';

export const isRoot: boolean = process.getuid?.() === 0;

const folders: string[] = [];
const children = new Set<ChildProcess>();

/** A data folder of one's own that every user may pass through; its server is stopped and it is removed after the test. */
export function dataFolder(mode = 0o755): string {
  const folder = mkdtempSync(join(tmpdir(), `penstock-tests-${process.pid}-embedded-`));
  chmodSync(folder, mode);
  folders.push(folder);
  return join(folder, 'data');
}

let made: Promise<string> | undefined;

/** The same with a database already made, as a copy of one that is made once per file: `initdb` is slow on a busy disk. */
export async function readyDataFolder(): Promise<string> {
  made ??= (async () => {
    const folder = mkdtempSync(join(tmpdir(), `penstock-tests-${process.pid}-made-`));
    chmodSync(folder, 0o755);
    await (await acquire(folder, { log: silentLog })).release();
    return folder;
  })();
  const dataDir = dataFolder();
  const copied = spawnSync('cp', ['-a', await made, dataDir], { encoding: 'utf8' });
  if (copied.status !== 0) throw new Error(copied.stderr);
  return dataDir;
}

afterAll(async () => {
  if (made !== undefined) rmSync(await made, { recursive: true, force: true });
});

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
  for (const folder of folders.splice(0)) {
    const dataDir = join(folder, 'data');
    await stop(dataDir, { log: silentLog });
    const pointer = join(dataDir, 'postgres/location');
    if (existsSync(pointer)) rmSync(readFileSync(pointer, 'utf8').trim(), { recursive: true, force: true });
    const left = serversIn(folder);
    rmSync(folder, { recursive: true, force: true });
    if (left.length > 0) throw new Error(`servers were left behind: ${left.join(', ')}`);
  }
});

const PROJECT = join(import.meta.dirname, '../..');
let passage: string | undefined;

/** The project's folder on a path that the user may walk: the checkout may lie in a folder that only root may enter. */
function projectFor(user: { uid: number; gid: number }): string {
  if (canEnter({ name: 'user', ...user }, PROJECT)) return PROJECT;
  if (passage === undefined) {
    passage = mkdtempSync(join(tmpdir(), `penstock-tests-${process.pid}-passage-`));
    const mounted = spawnSync('mount', ['--bind', PROJECT, passage], { encoding: 'utf8' });
    if (mounted.status !== 0) {
      throw new Error(
        `the project lies where user ${user.uid} cannot go, and it cannot be mounted elsewhere: ${mounted.stderr}`,
      );
    }
  }
  return passage;
}

afterAll(() => {
  if (passage === undefined) return;
  spawnSync('umount', ['-l', passage]);
  rmdirSync(passage);
});

export interface Child {
  readonly process: ChildProcess;
  /** Its one line of output. */
  readonly answer: Promise<{ url?: string; error?: string; stopped?: boolean; users?: number }>;
  /** When it is gone and nobody holds its output open any more. */
  readonly closed: Promise<void>;
}

/** Runs `tests/support/embedded-child.ts` in a process of its own, as another user if one is given. */
export function child(command: string, dataDir: string, user?: { uid: number; gid: number }): Child {
  const project = user === undefined ? PROJECT : projectFor(user);
  const script = join(project, 'tests/support/embedded-child.ts');
  const process_ = spawn(process.execPath, ['--import', 'tsx', script, command, dataDir], {
    ...user,
    cwd: project,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.add(process_);
  let output = '';
  process_.stdout.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  const closed = new Promise<void>((done) => process_.once('close', () => done()));
  const line = new Promise<string>((done) => {
    process_.stdout.on('data', () => output.includes('\n') && done(output));
    void closed.then(() => done(output));
  });
  return {
    process: process_,
    closed,
    answer: line.then((text) => (text === '' ? { error: 'no answer' } : JSON.parse(text))),
  };
}

/** Ends a child that has acquired the way a command ends. */
export async function finish({ process: { stdin }, closed }: Child): Promise<void> {
  stdin?.end();
  await closed;
}

/** One statement on a connection of its own; rows as text. */
export async function ask(url: string, sql: string): Promise<unknown[][]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<unknown[]>({ text: sql, rowMode: 'array' })).rows;
  } finally {
    await client.end();
  }
}

/** Number of the postmaster, from its pid file; 0 when there is none. */
export function postmaster(dataDir: string): number {
  const file = join(dataDir, 'postgres/cluster/postmaster.pid');
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : 0;
}

export async function until(what: string, condition: () => boolean): Promise<void> {
  for (let round = 0; !condition(); round++) {
    if (round > 3_000) throw new Error(`never happened: ${what}`);
    await sleep(5);
  }
}
