/** The password of the database and the key of a publisher: used, and found nowhere afterwards. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { instant, mw, table, type Table } from '../../core/contract.ts';
import { csv } from '../../core/decode.ts';
import { whole } from '../../core/partitions.ts';
import { type Credential, definePipeline } from '../../core/pipeline.ts';
import { openPool, type Pool } from '../../loaders/postgres/database.ts';
import { createHttp } from '../../loaders/source/http.ts';
import type { Catalog } from '../../pipelines/index.ts';
import { createTableSql } from '../../sql/ddl.ts';
import { answer, closeAll, type Handler, publisherServer } from '../source/publisher-server.ts';
import { openWorld, type World } from '../support/bad-input.ts';
import { recordingLog } from '../support/log.ts';
import { freshDatabase } from '../support/postgres.ts';

const KEY = 'k3y-0f-a-publisher/+==';
const CONTRACT = table('public.toy_keyed', {
  hour: instant({ key: true, doc: 'Start.' }),
  load_mw: mw({ doc: 'Load.' }),
});

function toyCatalog(
  root: string,
  host: string,
  credential: Credential = { kind: 'header', header: 'X-API-Key', env: 'TOY_KEY' },
): Catalog {
  const pipeline = definePipeline({
    id: 'toy-keyed',
    title: 'Toy with a key',
    publisher: 'toys',
    licence: { name: 'none', attribution: 'none' },
    partitions: whole(),
    extract: {
      url: `http://${host}/load.csv?api_key=${encodeURIComponent(KEY)}`,
      decode: csv({ header: ['hour', 'load'] }),
    },
    publishes: { every: 'P1D', delay: 'P1D', staleAfter: 'P2D', schedule: '0 1 * * *', zone: 'UTC' },
    transform: 'transforms/toy.sql',
    table: CONTRACT,
  });
  const publisher = {
    id: 'toys',
    title: 'Toys',
    hosts: [host],
    pace: { perSecond: 100, concurrent: 1 },
    credentials: { hosts: [host], from: [credential], required: true, getOneAt: 'https://toys.example.org' },
  };
  return { pipelines: [pipeline], publishers: new Map([['toys', publisher]]), root, files: new Map() };
}

describe('a key that the publisher echoes', () => {
  let root: string;
  let pool: Pool;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'penstock-secret-'));
    await mkdir(join(root, 'transforms'));
    await writeFile(join(root, 'transforms/toy.sql'), 'select _line, "hour" as hour, "load" as load_mw from raw');
    ({ pool } = await freshDatabase());
    await pool.query(createTableSql(CONTRACT as Table, { title: 'toy' }));
  });
  afterEach(closeAll);
  afterAll(() => rm(root, { recursive: true, force: true }));

  const echo = (status: number, headers: Record<string, string> = {}): Handler =>
    answer(status, { 'content-type': 'text/plain', 'x-echo': KEY, ...headers }, `bad key ${KEY}`);
  const cases: { name: string; handler: Handler; code: string | null }[] = [
    { name: '401', handler: echo(401), code: 'HTTP_KEY_REFUSED' },
    { name: '500', handler: echo(500), code: 'HTTP_SERVER_ERROR' },
    { name: '418', handler: echo(418), code: 'HTTP_STATUS' },
    { name: '404', handler: echo(404), code: 'HTTP_NOT_FOUND' },
    {
      name: 'a redirect to another host',
      handler: answer(302, { location: `http://evil.example.org/?k=${encodeURIComponent(KEY)}&plain=${KEY}` }),
      code: 'HTTP_HOST_REFUSED',
    },
    {
      name: 'a redirect to nowhere',
      handler: answer(302, { location: `http://[${KEY}` }),
      code: 'HTTP_REDIRECT_INVALID',
    },
    {
      name: '200 and something else',
      handler: answer(200, { 'content-type': KEY }, `{"key":"${KEY}"}`),
      code: 'FORMAT_WRONG_TYPE',
    },
    { name: '200 and another header', handler: answer(200, {}, `hour,${KEY}\n`), code: 'FORMAT_HEADER_CHANGED' },
    { name: 'a good file', handler: answer(200, {}, 'hour,load\n2024-01-01T00:00Z,1\n'), code: null },
  ];

  test.each(cases)('in $name is nowhere', async ({ handler, code }) => {
    const publisher = await publisherServer(handler);
    await using world = await openWorld(pool, toyCatalog(root, publisher.host));
    const log = recordingLog();
    const clock = { now: () => Date.parse('2026-03-01T12:00:00Z'), sleep: async () => undefined };
    const http = createHttp({ clock, random: () => 0, log, userAgent: 'test' });
    const done = await world.run([], { ids: ['toy-keyed'] }, { http, log, source: 'live', env: { TOY_KEY: KEY } });
    await http.close();
    expect(publisher.requests[0]?.headers['x-api-key']).toBe(KEY);
    expect(done.intervals['toy-keyed all']?.error?.code ?? null, JSON.stringify(done.intervals)).toBe(code);
    expectNowhere(KEY, [
      JSON.stringify(done.report),
      done.written,
      log.lines.join('\n'),
      await tablesOf(pool),
      await filesOf(world),
    ]);
    expectNowhere(encodeURIComponent(KEY), [
      JSON.stringify(done.report),
      done.written,
      log.lines.join('\n'),
      await tablesOf(pool),
    ]);
  });
});

describe('a token or password that the publisher echoes', () => {
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'penstock-secret-'));
    await mkdir(join(root, 'transforms'));
    await writeFile(join(root, 'transforms/toy.sql'), 'select _line, "hour" as hour, "load" as load_mw from raw');
  });
  afterEach(closeAll);
  afterAll(() => rm(root, { recursive: true, force: true }));

  const PAIR = Buffer.from(`jane:${KEY}`).toString('base64');
  test.each<{ credential: Credential; sent: string; secrets: readonly string[] }>([
    { credential: { kind: 'bearer', env: 'TOY_KEY' }, sent: `Bearer ${KEY}`, secrets: [KEY] },
    {
      credential: { kind: 'basic', user: 'TOY_USER', password: 'TOY_KEY' },
      sent: `Basic ${PAIR}`,
      secrets: [KEY, PAIR, encodeURIComponent(PAIR)],
    },
  ])('is nowhere: $credential.kind', async ({ credential, sent, secrets }) => {
    const { pool } = await freshDatabase();
    await pool.query(createTableSql(CONTRACT as Table, { title: 'toy' }));
    const echo = [sent, ...secrets].join(' ');
    const handlers: Handler[] = [
      answer(401, { 'x-error-code': 'GatedRepo', 'x-error-message': echo }),
      answer(503, {}, echo),
      answer(302, { location: `http://evil.example.org/?k=${encodeURIComponent(secrets.at(-1) ?? '')}&plain=${KEY}` }),
      answer(200, { 'content-type': 'application/json' }, JSON.stringify({ error: echo })),
    ];
    for (const handler of handlers) {
      const publisher = await publisherServer(handler);
      const catalog = toyCatalog(root, publisher.host, credential);
      await using world = await openWorld(pool, catalog);
      const log = recordingLog();
      const clock = { now: () => Date.parse('2026-03-01T12:00:00Z'), sleep: async () => undefined };
      const http = createHttp({ clock, random: () => 0, log, userAgent: 'test' });
      const env = { TOY_KEY: KEY, TOY_USER: 'jane' };
      const done = await world.run([], { ids: ['toy-keyed'] }, { http, log, source: 'live', env });
      await http.close();
      expect(publisher.requests[0]?.headers.authorization).toBe(sent);
      expect(done.intervals['toy-keyed all']?.error?.code).toBeTruthy();
      for (const secret of secrets)
        expectNowhere(secret, [JSON.stringify(done.report), done.written, log.lines.join('\n'), await tablesOf(pool)]);
    }
  });
});

describe('the password of the database', () => {
  test('is in no message when it is wrong, the database is missing or nobody answers', async () => {
    const { url } = await freshDatabase();
    const password = 'p4ss/w0rd@of:us';
    const wrong = (change: (target: URL) => void): string => {
      const target = new URL(url);
      target.password = encodeURIComponent(password);
      change(target);
      return target.href;
    };
    const cases = [
      { url: wrong(() => undefined), code: 'DATABASE_WRONG_PASSWORD' },
      { url: wrong((target) => (target.port = '1')), code: 'DATABASE_UNREACHABLE' },
      { url: `postgres://me:${password}@[broken/db`, code: 'DATABASE_URL_INVALID' },
    ];
    for (const { url: bad, code } of cases) {
      const log = recordingLog();
      const fault = await failure(async () => {
        const pool = openPool(bad, { log });
        await using world = await openWorld(pool);
        try {
          await world.run([], {}, { log });
        } finally {
          await pool.close();
        }
      });
      expect(fault).toMatchObject({ code });
      const texts = [JSON.stringify(fault), String(fault), log.lines.join('\n')];
      expectNowhere(password, texts);
      expectNowhere(encodeURIComponent(password), texts);
    }
  });

  test('is in no table, report or log of a run, also when its connection is lost', async () => {
    const { pool, url } = await freshDatabase();
    const password = new URL(url).password;
    const log = recordingLog();
    const own = openPool(url, { log });
    await using world = await openWorld(own);
    const body = 'Date,Hour,Market Demand,Ontario Demand\n2024-01-01,1,16000,14000\n';
    const reached = async (point: string): Promise<void> => {
      if (point !== 'copied') return;
      await pool.query(
        `select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and state = 'idle in transaction'`,
      );
    };
    const request = { ids: ['ieso-demand'], from: '2024-01-01', to: '2025-01-01' };
    const done = await world.run(
      [{ url: 'https://reports-public.ieso.ca/public/Demand/PUB_Demand_2024.csv', body }],
      request,
      { log, reached },
    );
    expect(done.intervals['ieso-demand 2024']?.error?.code).toBe('DATABASE_LOST');
    await own.close();
    expectNowhere(password, [
      JSON.stringify(done.report),
      done.written,
      log.lines.join('\n'),
      await tablesOf(pool),
      await filesOf(world),
    ]);
  });
});

async function failure(work: () => Promise<unknown>): Promise<unknown> {
  return work().then(
    () => null,
    (error: unknown) => error,
  );
}

function expectNowhere(secret: string, texts: readonly string[]): void {
  for (const text of texts) {
    const at = text.indexOf(secret);
    expect(at < 0 ? '' : text.slice(Math.max(0, at - 200), at + 80)).toBe('');
  }
}

/** All of etl, and the health of sources. */
async function tablesOf(pool: Pool): Promise<string> {
  const names = await pool.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('etl', 'history', 'public')`,
  );
  const texts = await Promise.all(
    names.map(({ name }) => pool.query(`select to_jsonb(t)::text as row from ${name} t`)),
  );
  return JSON.stringify(texts).replaceAll(String.raw`\"`, '"');
}

/** Everything in the data folder but the publishers' own answers. */
async function filesOf(world: World): Promise<string> {
  const all = await readdir(world.dataDir, { recursive: true, withFileTypes: true });
  const own = all.filter((file) => file.isFile() && !file.parentPath.includes('landing'));
  return (await Promise.all(own.map((file) => readFile(join(file.parentPath, file.name), 'utf8')))).join('\n');
}
