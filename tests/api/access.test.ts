/** Who may do what, over HTTP: every endpoint, every kind of key; and nothing that is not public is in any answer. */
import { sign } from 'hono/jwt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OpenProbe, openProbe } from '../../loaders/verify/probe.ts';
import type { Pool } from '../../loaders/postgres/database.ts';
import {
  filled,
  goodValues,
  guess,
  type Operation,
  operationsOf,
  recordOf,
  withLiveValues,
} from '../../serve/verify/document.ts';
import { jsonOf } from '../../serve/verify/session.ts';
import { ADMIN_KEY, type RunningApi, startApi } from '../support/api.ts';
import type { FreshDatabase } from '../support/postgres.ts';
import { plantCanaries } from './canaries.ts';
import { fullDatabase } from './full-database.ts';

const SECRET = 'a-secret-of-tests-that-is-long-enough';
const NOW = Math.floor(Date.now() / 1_000);
const token = (role: string, exp: number): Promise<string> => sign({ role, sub: 'somebody', exp }, SECRET, 'HS256');

let db: FreshDatabase;
let server: RunningApi;
let probe: OpenProbe;
let operations: Operation[];
let planted: readonly string[];

beforeAll(async () => {
  db = await fullDatabase();
  planted = await plantCanaries(db.pool);
  server = await startApi({ url: db.url, settings: { anonKeys: ['public-key'], jwtSecret: SECRET } });
  probe = openProbe({ baseUrl: server.url, timeoutMs: 30_000, userAgent: 'test' });
  operations = withLiveValues(operationsOf(await (await fetch(`${server.url}/openapi.json`)).json()), [
    'tab.home',
    'page.trends',
  ]);
}, 300_000);
afterAll(async () => {
  await probe.close();
  await server.stop();
  // The planted lease is nobody's.
  await db.drop({ leasesMayRemain: true });
});

const CALLERS: Readonly<Record<string, () => Promise<Record<string, string>>>> = {
  nobody: async () => ({}),
  'the public key': async () => ({ apikey: 'public-key', authorization: 'Bearer public-key' }),
  'a token of somebody signed in': async () => ({ authorization: `Bearer ${await token('authenticated', NOW + 600)}` }),
  'a token of anon': async () => ({ authorization: `Bearer ${await token('anon', NOW + 600)}` }),
  'the key of the service': async () => ({ authorization: `Bearer ${ADMIN_KEY}` }),
  'a token of the service': async () => ({ authorization: `Bearer ${await token('service_role', NOW + 600)}` }),
  'a wrong key': async () => ({ apikey: 'wrong' }),
  'an expired token': async () => ({ authorization: `Bearer ${await token('service_role', NOW - 600)}` }),
  'a token with another signature': async () => ({
    authorization: `Bearer ${await sign({ role: 'service_role', exp: NOW + 600 }, 'another-secret', 'HS256')}`,
  }),
};

/** What each kind of caller gets: let in, or the refusal. */
function expected(caller: string, { needsService }: Operation): 'in' | 401 | 403 {
  if (/wrong|expired|another/.test(caller)) return 401;
  return needsService && !caller.includes('service') ? 403 : 'in';
}

function addressOf({ path, parameters }: Operation): string {
  const value = (one: (typeof parameters)[number]): string => goodValues(one)[0] ?? guess(one);
  const of = (where: string, all: boolean): Record<string, string> =>
    Object.fromEntries(
      parameters.filter((one) => one.in === where && (all || one.required)).map((one) => [one.name, value(one)]),
    );
  return filled(path, of('path', true), { ...of('query', false), ...limited(parameters) });
}

function limited(parameters: Operation['parameters']): Record<string, string> {
  return parameters.some(({ name }) => name === 'limit') ? { limit: '1000' } : {};
}

/** A body that no schema takes: whoever is let in is told so, and nothing is written. */
const NO_BODY = { body: '[]', headers: { 'content-type': 'application/json' } };

describe('every endpoint under every path', () => {
  test.each(Object.keys(CALLERS))(
    'asked by %s',
    async (caller) => {
      const headers = await CALLERS[caller]?.();
      const wrong: string[] = [];
      for (const operation of operations) {
        // Only with a body that is refused can a write be tried without writing.
        if (operation.method !== 'GET' && !operation.hasBody && expected(caller, operation) === 'in') continue;
        const answer = await probe.ask({
          method: operation.method,
          path: addressOf(operation),
          ...(operation.hasBody && { body: NO_BODY.body }),
          headers: { accept: 'application/json', ...(operation.hasBody && NO_BODY.headers), ...headers },
        });
        const status = answer.outcome === 'answered' ? answer.status : 0;
        const want = expected(caller, operation);
        const good = want === 'in' ? status !== 0 && status !== 401 && status !== 403 && status < 500 : status === want;
        if (!good) wrong.push(`${operation.method} ${operation.path}: ${status} instead of ${want}`);
      }
      expect(operations.length).toBeGreaterThan(100);
      expect(wrong).toEqual([]);
    },
    300_000,
  );
});

test('what needs the key of the service says so in the document, and nothing else writes help, flags or heartbeats', () => {
  const writes = operations.filter(({ method, path, primary }) => method !== 'GET' && path === primary);
  const open = writes.filter(({ needsService }) => !needsService).map(({ method, path }) => `${method} ${path}`);
  // Each of them counts its client and keeps what it is given apart from published data.
  for (const name of open) expect(name).toMatch(/^POST \/(llm\/|help\/.*feedback$|stream-)/);
});

test('whoever is not the service cannot write: the sessions of reads refuse it, too', async () => {
  await expect(server.api.reads.query(`delete from public.ontario_hourly_demand`)).rejects.toThrow(
    /permission denied|read-only/,
  );
  await expect(server.api.reads.query(`select * from etl.run`)).rejects.toThrow(/permission denied/);
  await expect(server.api.reads.query(`select * from public.llm_call_log`)).rejects.toThrow(/permission denied/);
});

test('nothing that is not public is in any answer, whoever is not the service asks', async () => {
  expect(planted.length).toBeGreaterThan(15);
  const found: string[] = [];
  let bytes = 0;
  let answers = 0;
  for (const caller of ['nobody', 'a token of somebody signed in'])
    for (const operation of operations.filter(({ method, path, primary }) => method === 'GET' && path === primary)) {
      const values = operation.parameters.find((one) => one.in === 'path');
      const paths =
        values === undefined || goodValues(values).length < 2
          ? [addressOf(operation)]
          : goodValues(values).map((value) =>
              filled(operation.path, { [values.name]: value }, limited(operation.parameters)),
            );
      for (const path of paths)
        for (const accept of [
          'application/json',
          ...(operation.responses['200'] ?? []).filter((type) => /csv|arrow/.test(type)),
        ]) {
          const answer = await probe.ask({ method: 'GET', path, headers: { accept, ...(await CALLERS[caller]?.()) } });
          if (answer.outcome !== 'answered') continue;
          answers += answer.status === 200 ? 1 : 0;
          bytes += answer.bytes.length;
          const text = `${Buffer.from(answer.bytes).toString('latin1')} ${JSON.stringify(answer.headers)}`;
          for (const canary of text.match(/canary-[a-z_.]+/g) ?? []) found.push(`${canary} in GET ${path} (${caller})`);
        }
    }
  expect([...new Set(found)]).toEqual([]);
  expect(answers).toBeGreaterThan(40);
  expect(bytes).toBeGreaterThan(10_000);
}, 300_000);

test('the search would find them: a public text with a canary is found', async () => {
  await addPublicCanary(db.pool);
  const item = operations.find(
    ({ method, path, needsService }) => method === 'GET' && !needsService && /help.*\/\{id\}$/.test(path),
  );
  expect(item).toBeDefined();
  const answer = await probe.ask({ method: 'GET', path: filled(item?.path ?? '', { id: 'tab.home' }, {}) });
  expect(answer.outcome === 'answered' && JSON.stringify(recordOf(jsonOf(answer)))).toContain('canary-public');
});

async function addPublicCanary(pool: Pool): Promise<void> {
  await pool.query(`update public.help_content set short_text = 'canary-public' where id = 'tab.home'`);
}
