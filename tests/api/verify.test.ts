/** verify against a real server: what is as it should be passes, and each planted fault fails with its line, and only there. */
import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databaseProof } from '../../serve/verify/identity.ts';
import { keepVerification } from '../../serve/verify/record.ts';
import { ask } from '../serve/support.ts';
import { type RunningApi, startApi } from '../support/api.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import { failures, liveDatabase, type Planted, plantedProxy, verified } from './verify-support.ts';

const DEMAND = 'stream.ontario-demand';
let db: FreshDatabase;
let server: RunningApi;
beforeAll(async () => {
  db = await liveDatabase();
  server = await startApi({ url: db.url });
}, 300_000);
afterAll(() => server.stop());

/** The checks of a server with one fault. */
async function planted(
  plant: (asked: IncomingMessage) => Planted | null,
  only: readonly string[],
  timeoutMs?: number,
): Promise<string[]> {
  const proxy = await plantedProxy(server.url, plant);
  try {
    return failures(await verified(proxy.url, only, timeoutMs === undefined ? {} : { timeoutMs }));
  } finally {
    await proxy.stop();
  }
}

const pathOf = ({ url = '' }: IncomingMessage): string => url.split('?', 1)[0] ?? '';

describe('a server that is as it should be', () => {
  test('passes in everything that has data; what has none says that nobody can tell how old it is', async () => {
    const checks = await verified(server.url, []);
    const failed = failures(checks);
    expect(failed.filter((line) => !/^stream\.(?!ontario-demand)\S+ freshness/.test(line))).toEqual([]);
    expect(failed.length).toBe(4);
    expect(new Set(checks.map(({ capability }) => capability)).size).toBe(11);
    expect(checks.length).toBeGreaterThan(1_000);
    for (const name of [
      'shape',
      'provenance',
      'freshness',
      'pages',
      'cross-origin',
      'strangers',
      'wrong key',
      'wrong method',
      'bad limit',
      'forged cursor',
      'climbing path',
      'push',
      'help text',
      'flags',
      'metrics',
      'ready',
    ])
      expect(checks.filter((check) => check.name === name && check.outcome === 'passed').length, name).toBeGreaterThan(
        0,
      );
  }, 300_000);

  test('without a language model the capability is off: no failure, and a row that opens no flag', async () => {
    const checks = await verified(server.url, ['llm']);
    expect(failures(checks)).toEqual([]);
    expect(checks.filter(({ outcome }) => outcome === 'off').map(({ name }) => name)).toEqual(['live']);
    await keep(server.url, checks, 'run off');
    expect(await db.pool.query(`select passed, checks_failed from etl.verification where run_id = 'run off'`)).toEqual([
      { passed: false, checks_failed: 1 },
    ]);
  });
});

function keep(
  baseUrl: string,
  checks: Awaited<ReturnType<typeof verified>>,
  runId: string,
  samplesAllowed = false,
): Promise<string[]> {
  const now = Date.now();
  return keepVerification(db.pool, {
    runId,
    baseUrl,
    startedAt: now - 1_000,
    finishedAt: now,
    version: 'test',
    checks,
    samplesAllowed,
  });
}

describe('what is kept', () => {
  test('a run that passed opens the flag, a later one that failed closes that door', async () => {
    const enable = (): Promise<unknown> =>
      db.pool.query(
        `insert into public.feature_flags (key, title, description, capability, enabled) values ($1, 't', 'd', $1, true)
         on conflict (key) do update set enabled = true`,
        [DEMAND],
      );
    const good = await verified(server.url, [DEMAND]);
    expect(failures(good)).toEqual([]);
    expect(await keep(server.url, good, 'run good')).toEqual([DEMAND]);
    await enable();
    await db.pool.query(`update public.feature_flags set enabled = false`);
    const [first] = good;
    expect(first).toBeDefined();
    await keep(
      server.url,
      good.map((check) => (check === first ? { ...check, outcome: 'failed' as const } : check)),
      'run bad',
    );
    await expect(enable()).rejects.toThrow('did not pass');
    const [row] = await db.pool.query<{ results: { name: string; outcome: string; count?: number }[] }>(
      `select results from etl.verification where run_id = 'run good'`,
    );
    expect(row?.results).toContainEqual({ name: 'pages', outcome: 'passed', why: null, count: 2 });
    await db.pool.query(`delete from public.feature_flags`);
  });

  test('what only samples passed leaves no row', async () => {
    const checks = (await verified(server.url, [DEMAND])).map((check) =>
      check.name === 'freshness' ? { ...check, outcome: 'allowed' as const } : check,
    );
    expect(await keep(server.url, checks, 'run samples', true)).toEqual([]);
    expect(await keep(server.url, checks, 'run stale')).toEqual([DEMAND]);
  });

  test('the server proves its database: another one, also a copy, gives another proof', async () => {
    const nonce = 'a-nonce-of-this-test';
    const { proof } = (await ask(server.url, `/api/database-proof?nonce=${nonce}`)).json<{ proof: string }>();
    expect(proof).toBe(await databaseProof(db.pool, nonce));
    expect(proof).not.toBe(await databaseProof(db.pool, `${nonce}-2`));
    const copy = await freshDatabase();
    await copy.pool.query(`update etl.setting set value = $1 where name = 'cursor_key'`, [
      (await db.pool.query<{ value: string }>(`select value from etl.setting where name = 'cursor_key'`))[0]?.value,
    ]);
    expect(await databaseProof(copy.pool, nonce)).not.toBe(proof);
  });
});

describe('a planted fault', () => {
  test('a table that is gone: the endpoint that reads it, and nothing else', async () => {
    const broken = await freshDatabase();
    await broken.pool.query(`alter table public.threat_models rename to threat_models_gone`);
    const other = await startApi({ url: broken.url });
    const failed = failures(await verified(other.url, ['grid-and-security']));
    expect(failed.length).toBeGreaterThan(0);
    expect(failed.filter((line) => !line.includes('threat-models'))).toEqual([]);
    expect(failed[0]).toMatch(/status GET .*threat-models.*: a good question is not answered; status 500/);
    await other.stop();
  });

  test('stale data: freshness of that stream, unless it is allowed', async () => {
    const old = await freshDatabase();
    const { putDemand } = await import('../support/stream-loads.ts');
    await putDemand(old.pool, {
      hours: [
        [0, 15_000],
        [1, 15_100],
        [2, 15_200],
      ],
    });
    const other = await startApi({ url: old.url });
    const failed = failures(await verified(other.url, [DEMAND]));
    expect(failed).toEqual([
      expect.stringMatching(/^stream\.ontario-demand freshness GET .*: the data are stale; \d+ days old$/),
    ]);
    const allowed = await verified(other.url, [DEMAND], { allowStale: true });
    expect(failures(allowed)).toEqual([]);
    expect(allowed.filter(({ outcome }) => outcome === 'allowed')).toHaveLength(1);
    await other.stop();
  });

  test('samples: freshness of that stream', async () => {
    const made = await freshDatabase();
    const { putDemand } = await import('../support/stream-loads.ts');
    await putDemand(made.pool, { hours: [[0, 15_000]], source: 'samples' });
    const other = await startApi({ url: made.url });
    expect(failures(await verified(other.url, [DEMAND]))).toEqual([
      expect.stringContaining('freshness GET /stream-ontario-demand?limit=5: the data are generated samples'),
    ]);
    expect(failures(await verified(other.url, [DEMAND], { allowSamples: true }))).toEqual([]);
    await other.stop();
  });

  test('the front end is not among the origins: every preflight says so', async () => {
    const closed = await startApi({ url: db.url, settings: { origins: ['https://other.example.ca'] } });
    const failed = failures(await verified(closed.url, ['help']));
    expect(failed.length).toBeGreaterThan(0);
    for (const line of failed) expect(line).toMatch(/help (cross-origin|exposed headers) .*allow-origin missing/);
    await closed.stop();
  });

  test('a page of a stranger may read: that is said', async () => {
    const failed = await planted(
      (asked) =>
        asked.headers.origin === 'https://stranger.invalid'
          ? { headers: { 'access-control-allow-origin': 'https://stranger.invalid' } }
          : null,
      ['analytics'],
    );
    expect(failed.length).toBeGreaterThan(0);
    for (const line of failed) expect(line).toMatch(/analytics strangers OPTIONS .*a page of a stranger may read it/);
  });

  test('an exposed header is missing: the pages of the front end would stop after the first', async () => {
    const failed = await planted(
      (asked) => (asked.method === 'GET' ? { headers: { 'access-control-expose-headers': 'ETag' } } : null),
      [DEMAND],
    );
    expect(failed.some((line) => /exposed headers .*hidden: x-next-cursor/.test(line))).toBe(true);
    expect(failed.filter((line) => !line.includes('exposed headers'))).toEqual([]);
  });

  test('an endpoint that hangs is cut and named, and the rest is looked at', async () => {
    const checks = await planted(
      (asked) => (pathOf(asked).startsWith('/api-v2-grid-status') ? { hangs: true } : null),
      ['grid-and-security'],
      1_500,
    );
    expect(checks).toEqual([
      expect.stringMatching(
        /^grid-and-security time GET \/api-v2-grid-status.*: it does not answer; nothing for 1.5 s$/,
      ),
    ]);
  });

  test('an answer that lacks a field fails by its shape, with the field', async () => {
    const failed = await planted(
      (asked) =>
        pathOf(asked) === '/api-v2-grid-status' &&
        asked.method === 'GET' &&
        asked.headers.accept === 'application/json' &&
        asked.headers['apikey'] === undefined
          ? { body: (real) => real.replace('"region"', '"place"') }
          : null,
      ['grid-and-security'],
    );
    expect(failed).toEqual([
      expect.stringMatching(/^grid-and-security shape GET \/api-v2-grid-status.*required property 'region'/),
    ]);
  });

  test('an answer that calls samples live contradicts itself', async () => {
    const failed = await planted(
      (asked) =>
        pathOf(asked) === '/stream-ontario-demand' && asked.headers.accept === 'application/json'
          ? { body: (real) => real.replace('"is_fallback":false', '"is_fallback":true') }
          : null,
      [DEMAND],
    );
    expect(failed.filter((line) => line.includes('provenance GET /stream-ontario-demand?limit=5: '))).toHaveLength(1);
    expect(failed.filter((line) => !line.includes('provenance'))).toEqual([]);
  });

  test('a help text that is gone: its id, in the manifest and by itself', async () => {
    const [text] = await db.pool.query<{ row: string }>(
      `delete from public.help_content h where id = 'page.education' returning to_jsonb(h)::text as row`,
    );
    expect(text).toBeDefined();
    // A server that has kept nothing yet.
    const other = await startApi({ url: db.url });
    const failed = failures(await verified(other.url, ['help']));
    await other.stop();
    await db.pool.query(
      `insert into public.help_content select * from jsonb_populate_record(null::public.help_content, $1::jsonb)`,
      [text?.row],
    );
    expect(failed.length).toBeGreaterThanOrEqual(2);
    for (const line of failed) expect(line).toMatch(/page\.education/);
    expect(failed.some((line) => line.includes('the manifest does not name page.education'))).toBe(true);
  });

  test('a help text with a script in it is found', async () => {
    const failed = await planted(
      (asked) =>
        pathOf(asked).endsWith('/page.trends')
          ? { body: (real) => real.replace('"body_html":"', '"body_html":"<script>alert(1)</script>') }
          : null,
      ['help'],
    );
    expect(failed).toEqual([expect.stringMatching(/help text GET .*page\.trends: .*body_html holds <script/)]);
  });

  test('a wrong key is let in: that is said of each endpoint', async () => {
    const failed = await planted(
      (asked) => {
        if (asked.headers['apikey'] !== 'penstock-verify-wrong-key') return null;
        delete asked.headers['apikey'];
        delete asked.headers.authorization;
        return {};
      },
      ['analytics'],
    );
    expect(failed.length).toBeGreaterThan(0);
    for (const line of failed) expect(line).toMatch(/analytics wrong key GET .*it is not refused: wrong key/);
  });

  test('a stream that never says hello is left after the limit, and named', async () => {
    const failed = await planted(
      (asked) => (asked.headers.accept === 'text/event-stream' ? { silent: true } : null),
      [DEMAND],
      1_500,
    );
    expect(failed).toEqual([expect.stringMatching(/^stream\.ontario-demand push GET .*the stream never says hello/)]);
  });

  test('pages that repeat a row are found, and so is a cursor that only the header has', async () => {
    let page = 0;
    const failed = await planted(
      (asked) => {
        if (pathOf(asked) !== '/stream-ontario-demand' || !/limit=7/.test(asked.url ?? '')) return null;
        page += 1;
        return {
          body: (real) => {
            const body = JSON.parse(real) as { rows: unknown[] };
            return JSON.stringify(page === 2 ? { ...body, rows: [body.rows[0], ...body.rows.slice(0, -1)] } : body);
          },
        };
      },
      [DEMAND],
    );
    expect(failed.some((line) => /pages GET .*limit=7.*rows and \d+ keys, twice/.test(line))).toBe(true);
  });

  test('a header that protects is missing, or a stack trace is told', async () => {
    const failed = await planted(
      (asked) =>
        asked.method === 'GET' && pathOf(asked) === '/api-v2-grid-status'
          ? { headers: { 'x-content-type-options': '' } }
          : null,
      ['grid-and-security'],
    );
    expect(failed.length).toBeGreaterThan(0);
    for (const line of failed) expect(line).toMatch(/headers GET \/api-v2-grid-status.*nosniff is missing/);
  });

  test('nobody listens there: each capability that was asked for fails, and nothing is thrown', async () => {
    const failed = failures(await verified('http://127.0.0.1:9', ['help', DEMAND]));
    expect(failed).toEqual([
      expect.stringContaining('help time GET /openapi.json: the server cannot be reached'),
      expect.stringContaining('stream.ontario-demand time GET /openapi.json: the server cannot be reached'),
    ]);
  });
});
