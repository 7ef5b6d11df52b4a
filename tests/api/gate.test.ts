/** What holds for every endpoint: keys, limits, forms of an answer, errors, other sites. Tried on the state of the grid. */
import { get } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { sign } from 'hono/jwt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../serve/support.ts';
import { ADMIN_KEY, type RunningApi, startApi } from '../support/api.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';

const PATH = '/api-v2-grid-status';
const SECRET = 'a-secret-of-tests-that-is-long-enough';
let db: FreshDatabase;
let open: RunningApi;
let strict: RunningApi;

beforeAll(async () => {
  db = await freshDatabase();
  open = await startApi({ url: db.url });
  strict = await startApi({
    url: db.url,
    settings: {
      anonKeys: ['public-key'],
      jwtSecret: SECRET,
      origins: ['https://energy.example.ca'],
      addressHeader: 'x-real-ip',
      limits: { read: 3, write: 1, stream: 1 },
    },
  });
});
afterAll(async () => {
  await Promise.all([open.stop(), strict.stop()]);
});

async function rawBytes(
  url: string,
  path: string,
  wanted: string,
): Promise<{ encoding: string | undefined; bytes: Buffer }> {
  return new Promise((done, failed) => {
    get(`${url}${path}`, { headers: { 'Accept-Encoding': wanted } }, (reply) => {
      const parts: Buffer[] = [];
      reply.on('data', (part: Buffer) => parts.push(part));
      reply.on('end', () => done({ encoding: reply.headers['content-encoding'], bytes: Buffer.concat(parts) }));
    }).on('error', failed);
  });
}

let addresses = 0;
/** Each test is a client of its own, where limits count. */
const client = (): Record<string, string> => ({ 'x-real-ip': `192.0.2.${(addresses += 1)}` });
const token = (claims: Record<string, unknown>, secret = SECRET): Promise<string> => sign(claims, secret, 'HS256');

describe('keys', () => {
  test('reads need no key', async () => {
    expect((await ask(strict.url, PATH, { headers: client() })).status).toBe(200);
  });

  test.each(['public-key', ADMIN_KEY])('a key that the server knows opens reads: %s', async (key) => {
    for (const headers of [{ apikey: key }, { Authorization: `Bearer ${key}` }])
      expect((await ask(strict.url, PATH, { headers: { ...client(), ...headers } })).status).toBe(200);
  });

  test('a key that it does not know is refused with 401, also beside a right one', async () => {
    const wrong = await ask(strict.url, PATH, { headers: { ...client(), apikey: 'public-kez' } });
    expect(wrong).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': expect.stringContaining('Bearer') as string },
    });
    expect(wrong.json()).toMatchObject({ status: 401, code: 'KEY_WRONG', title: 'Unauthorized' });
    const both = { ...client(), apikey: 'public-key', Authorization: 'Bearer nonsense' };
    expect((await ask(strict.url, PATH, { headers: both })).status).toBe(401);
  });

  test('a token is known by its signature, and ends when it says', async () => {
    const now = Math.floor(Date.now() / 1_000);
    const status = async (jwt: string): Promise<[number, unknown]> => {
      const { status: code, json } = await ask(strict.url, PATH, {
        headers: { ...client(), Authorization: `Bearer ${jwt}` },
      });
      return [code, code === 200 ? null : json()['code']];
    };
    expect(await status(await token({ role: 'anon', exp: now + 60 }))).toEqual([200, null]);
    expect(await status(await token({ role: 'anon', exp: now - 60 }))).toEqual([401, 'KEY_EXPIRED']);
    expect(await status(await token({ role: 'anon', exp: now + 60 }, 'another-secret'))).toEqual([401, 'KEY_WRONG']);
    expect(await status(await token({ role: 'postgres', exp: now + 60 }))).toEqual([401, 'KEY_WRONG']);
    const [head, body] = (await token({ role: 'anon', exp: now + 60 })).split('.');
    const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
    expect(await status(`${none}.${body}.`)).toEqual([401, 'KEY_WRONG']);
    expect(await status(`${head}.${body}.`)).toEqual([401, 'KEY_WRONG']);
  });
});

describe('limits', () => {
  test('the fourth call of a minute is refused with when to come again; another client is let in', async () => {
    const headers = client();
    const answers = [];
    for (let call = 0; call < 4; call += 1) answers.push(await ask(strict.url, PATH, { headers }));
    const minuteEnded = new Set(answers.slice(0, 3).map((answer) => answer.headers['x-ratelimit-remaining'])).size < 3;
    if (minuteEnded) return expect(answers.slice(0, 3).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    expect(answers.map((answer) => answer.headers['x-ratelimit-remaining'])).toEqual(['2', '1', '0', '0']);
    expect(answers[3]).toMatchObject({
      headers: { 'retry-after': expect.stringMatching(/^\d+$/) as string, 'x-ratelimit-limit': '3' },
    });
    expect(answers[3]?.json()).toMatchObject({ code: 'RATE_LIMITED', retryAfter: expect.any(Number) as number });
    expect((await ask(strict.url, PATH, { headers: client() })).status).toBe(200);
    // All of a /64 are one client.
    expect((await ask(strict.url, PATH, { headers: { 'x-real-ip': '2001:db8::1' } })).status).toBe(200);
  });

  test('two servers of one database count together, and never more than the limit', async () => {
    const address = '198.51.100.7';
    const grants = await Promise.all(
      Array.from({ length: 30 }, () =>
        db.pool.query<{ granted: number }>(`select granted from etl.take_calls($1, null, 'read', 4, 50)`, [address]),
      ),
    );
    const taken = await db.pool.query<{ taken: number; minutes: number }>(
      `select sum(taken)::int as taken, count(*)::int as minutes from etl.rate_limit where client_hash = etl.hash_client($1)`,
      [address],
    );
    const granted = grants.flat().reduce((sum, row) => sum + row.granted, 0);
    expect(taken[0]?.taken).toBe(granted);
    expect(granted).toBe(taken[0]?.minutes === 1 ? 50 : granted);
    expect(granted).toBeLessThanOrEqual(50 * (taken[0]?.minutes ?? 1));
  });
});

describe('forms of an answer', () => {
  test('an answer says where its numbers are from; an empty table is unknown', async () => {
    const answer = await ask(open.url, PATH);
    expect(answer.json()).toEqual({
      region: 'Ontario',
      records: [],
      provenance: { source: null, last_updated: null, freshness_status: 'unknown', is_fallback: false },
    });
    expect(answer.headers).toMatchObject({ 'x-penstock-freshness': 'unknown', 'content-type': 'application/json' });
  });

  test('what has not changed is not sent again', async () => {
    const { headers } = await ask(open.url, PATH);
    const again = await ask(open.url, PATH, { headers: { 'If-None-Match': `"x", ${headers.etag}` } });
    expect(again).toMatchObject({ status: 304, body: '', headers: { etag: headers.etag } });
    expect((await ask(open.url, PATH, { headers: { 'If-None-Match': '"other"' } })).status).toBe(200);
  });

  test('a load ends what was kept', async () => {
    const key = `${PATH}?region=Manitoba`;
    expect((await ask(open.url, key)).headers['x-cache']).toBe('miss');
    expect((await ask(open.url, key)).headers['x-cache']).toBe('hit');
    const tell = (table: string) =>
      db.pool.query(`select pg_notify('penstock_load', $1)`, [JSON.stringify({ table, loadId: '1', dataset: 'x' })]);
    await tell('public.ontario_prices');
    expect((await ask(open.url, key)).headers['x-cache']).toBe('hit');
    await tell('public.grid_status');
    await expect.poll(async () => (await ask(open.url, key)).headers['x-cache']).toBe('miss');
  });

  test('only what is known is given: other media types are 406', async () => {
    const refused = await ask(open.url, PATH, { headers: { Accept: 'image/png' } });
    expect(refused.status).toBe(406);
    expect(refused.json()).toMatchObject({ code: 'HTTP_NOT_ACCEPTABLE' });
    for (const Accept of ['*/*', 'application/json, text/plain, */*', 'text/html'])
      expect((await ask(open.url, PATH, { headers: { Accept } })).status).toBe(200);
  });

  test('a large answer is zipped where that is understood, and holds the same', async () => {
    await db.pool.query(
      `insert into public.grid_status (region, demand_mw, supply_mw, data_source, captured_at, load_id)
       select 'Quebec', 20000 + n, 21000, 'test', '2026-01-01T00:00Z'::timestamptz + n * interval '5 minutes', 1 from generate_series(1, 20) n`,
    );
    const plain = await ask(open.url, `${PATH}?region=Quebec`);
    expect(plain.json<{ records: unknown[] }>().records).toHaveLength(20);
    for (const [wanted, encoding] of [
      ['gzip', 'gzip'],
      ['br, gzip;q=0.5', 'gzip'],
      ['gzip;q=0', undefined],
      ['br', undefined],
    ] as const) {
      const zipped = await fetch(`${open.url}${PATH}?region=Quebec`, { headers: { 'Accept-Encoding': wanted } });
      const raw = await rawBytes(open.url, `${PATH}?region=Quebec`, wanted);
      expect(raw.encoding, wanted).toBe(encoding);
      expect((encoding === 'gzip' ? gunzipSync(raw.bytes) : raw.bytes).toString(), wanted).toBe(plain.body);
      expect(await zipped.text()).toBe(plain.body);
    }
  });
});

describe('questions that make no sense', () => {
  test.each(['0', '-1', 'abc', '1.5', '', ' 1', '0x10', '１'])('limit=%s is 400', async (limit) => {
    const answer = await ask(open.url, `${PATH}?limit=${encodeURIComponent(limit)}`);
    expect(answer.status).toBe(400);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.json()).toMatchObject({
      code: 'HTTP_QUERY_INVALID',
      detail: expect.stringContaining('limit') as string,
    });
  });

  test.each(['1e9', '1000000000', '99999999999999999999'])('limit=%s means the most that there is', async (limit) => {
    expect((await ask(open.url, `${PATH}?limit=${limit}`)).status).toBe(200);
  });

  test('all faults are named at once, and an unknown region names those that there are', async () => {
    const answer = await ask(open.url, `${PATH}?limit=0&region=Atlantis`);
    expect(answer.json()).toMatchObject({
      status: 400,
      detail: expect.stringMatching(/region.*Ontario.*limit/s) as string,
    });
  });

  test('a wrong method is 405 with those that there are', async () => {
    const answer = await ask(open.url, PATH, { method: 'DELETE' });
    expect(answer).toMatchObject({ status: 405, headers: { allow: expect.stringContaining('GET') as string } });
    expect(answer.json()).toMatchObject({ code: 'HTTP_METHOD_REFUSED' });
  });

  test('a path that there is not is 404, as a problem', async () => {
    const answer = await ask(open.url, '/functions/v1/nothing-here');
    expect(answer.status).toBe(404);
    expect(answer.json()).toMatchObject({ code: 'HTTP_PATH_UNKNOWN', error: expect.any(String) as string });
  });
});

describe('pages of other sites', () => {
  const preflight = (url: string, origin: string) =>
    ask(url, PATH, {
      method: 'OPTIONS',
      headers: {
        Origin: origin,
        'Access-Control-Request-Method': 'GET',
        'Access-Control-Request-Headers': 'apikey,authorization,content-type',
      },
    });

  test('an allowed page may ask and may read what the client needs', async () => {
    const asked = await preflight(strict.url, 'https://energy.example.ca');
    expect(asked.status).toBe(204);
    expect(asked.headers['access-control-allow-origin']).toBe('https://energy.example.ca');
    const allowed = asked.headers['access-control-allow-headers']?.toLowerCase() ?? '';
    for (const name of ['authorization', 'x-client-info', 'apikey', 'content-type', 'x-user-id'])
      expect(allowed).toContain(name);
    const answer = await ask(strict.url, PATH, { headers: { ...client(), Origin: 'https://energy.example.ca' } });
    const exposed = answer.headers['access-control-expose-headers']?.toLowerCase() ?? '';
    for (const name of [
      'x-next-cursor',
      'x-ratelimit-limit',
      'x-ratelimit-remaining',
      'x-ratelimit-reset',
      'retry-after',
      'x-cache',
      'x-llm-mode',
    ])
      expect(exposed).toContain(name);
    expect(answer.headers.vary).toContain('Origin');
  });

  test('a page of a stranger may not read the answer', async () => {
    for (const url of [strict.url, open.url])
      for (const origin of [
        'https://stranger.example',
        'null',
        'https://energy.example.ca.evil.example',
        'http://localhost.evil.example',
      ]) {
        expect((await preflight(url, origin)).headers['access-control-allow-origin']).toBeUndefined();
        expect(
          (await ask(url, PATH, { headers: { ...client(), Origin: origin } })).headers['access-control-allow-origin'],
        ).toBeUndefined();
      }
  });

  test('pages of this machine may, where no site is named', async () => {
    const answer = await ask(open.url, PATH, { headers: { Origin: 'http://localhost:5173' } });
    expect(answer.headers['access-control-allow-origin']).toBe('http://localhost:5173');
  });

  test('errors can be read by the page, too', async () => {
    const headers = { Origin: 'http://localhost:5173' };
    for (const path of [`${PATH}?limit=0`, '/functions/v1/nothing-here'])
      expect((await ask(open.url, path, { headers })).headers['access-control-allow-origin']).toBe(
        'http://localhost:5173',
      );
  });
});
