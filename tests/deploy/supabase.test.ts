/** The edge functions of Supabase: there is one for each name of the API, Deno takes them, and they answer as the server does. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { edgeFunctions } from '../../deploy/supabase/functions-of.ts';
import { generated } from '../../deploy/supabase/generate.ts';
import { reachedFrom, ROOT } from '../../deploy/supabase/reached.ts';
import { PLACES, SHARED } from '../../deploy/supabase/texts.ts';
import { machineClock } from '../../cli/clock.ts';
import { openProbe } from '../../loaders/verify/probe.ts';
import { databaseProof } from '../../serve/verify/identity.ts';
import { ownDocument } from '../../serve/verify/own-document.ts';
import { verify } from '../../serve/verify/run.ts';
import { ask } from '../serve/support.ts';
import { startApi } from '../support/api.ts';
import { kindOf, listenTo } from '../support/event-stream.ts';
import { freshDatabase, type FreshDatabase } from '../support/postgres.ts';
import { openDemandPush, putDemand } from '../support/stream-loads.ts';
import { type GatheredProject, gatheredProject, runFunction, type RunningFunction, typeFaults } from './deno.ts';
import { startGateway } from './gateway.ts';

const FOLDER = join(ROOT, 'deploy/supabase');
const functions = edgeFunctions();

describe('the folder of functions', () => {
  const folders = readdirSync(join(FOLDER, 'functions'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== '_shared')
    .map(({ name }) => name);

  it('has one for every /functions/v1/<name> of the OpenAPI document, and no other: npm run functions writes them', () => {
    const { paths } = ownDocument('0') as { paths: Record<string, unknown> };
    const named = Object.keys(paths).flatMap((path) => /^\/functions\/v1\/([^/]+)/.exec(path)?.[1] ?? []);
    expect(folders.toSorted()).toEqual([...new Set([...named, 'api', 'health'])].toSorted());
  });

  it('holds what the endpoints make: npm run functions writes it', () => {
    for (const [path, text] of generated(functions, PLACES.checkout))
      expect(readFileSync(join(FOLDER, path), 'utf8'), path).toBe(text);
  });

  it('needs no key at the gateway for any of them', () => {
    const config = readFileSync(join(FOLDER, 'config.toml'), 'utf8');
    for (const name of folders) {
      const table = config.split(`[functions.${name}]\n`)[1]?.split('\n[')[0] ?? '';
      expect(table, name).toContain('verify_jwt = false');
      expect(table, name).toContain(`entrypoint = "./functions/${name}/index.ts"`);
    }
  });

  it('brings along every file of the program that the functions import, and none that only the command line needs', () => {
    const { files } = reachedFrom(SHARED);
    expect(files).toContain('serve/app.ts');
    expect(files).toContain('package.json');
    expect(files.filter((file) => file.startsWith('engine/') || file.startsWith('cli/commands/'))).toEqual([]);
  });
});

describe('in Deno', () => {
  let database: FreshDatabase;
  let project: GatheredProject;
  const started: RunningFunction[] = [];
  const run = async (name: string, env: Readonly<Record<string, string>> = {}): Promise<string> => {
    const running = await runFunction(project, name, {
      SUPABASE_DB_URL: database.url,
      SUPABASE_ANON_KEY: 'the-anon-key',
      SUPABASE_SERVICE_ROLE_KEY: 'the-service-key',
      CORS_ALLOWED_ORIGINS: 'https://energy.example.ca',
      ...env,
    });
    started.push(running);
    return running.url;
  };

  beforeAll(async () => {
    database = await freshDatabase();
    project = await gatheredProject(functions);
  });
  afterAll(() => Promise.all(started.map(({ stop }) => stop())));

  it('every function is typed without a fault', () => {
    expect(typeFaults(project)).toBe('');
  }, 180_000);

  it('a function with a fault is found', async () => {
    const broken = await gatheredProject(functions.slice(0, 1));
    const name = functions[0]?.name ?? '';
    writeFileSync(
      join(broken.folder, 'functions', name, 'index.ts'),
      `import { answerer } from '../_shared/app.ts';\nDeno.serve(answerer({ stream: true }));\n`,
    );
    expect(typeFaults(broken)).toContain("'stream' does not exist in type 'FunctionOptions'");
  }, 180_000);

  it('a function answers what the server answers, under the path that the gateway leaves', async () => {
    const url = await run('api-v2-grid-status');
    const server = await startApi({ url: database.url });
    try {
      const path = '/api-v2-grid-status?region=Alberta&limit=3';
      const [here, there] = await Promise.all([ask(url, path), ask(server.url, path)]);
      expect(here.status).toBe(200);
      expect(here.json()).toEqual(there.json());
    } finally {
      await server.stop();
    }
  });

  it('takes the keys of the project and refuses others; pages of the site may read, also the headers', async () => {
    const url = await run('api-v2-grid-status');
    const asked = async (apikey: string): Promise<number> =>
      (await ask(url, '/api-v2-grid-status', { headers: { apikey, authorization: `Bearer ${apikey}` } })).status;
    expect(await asked('the-anon-key')).toBe(200);
    expect(await asked('the-service-key')).toBe(200);
    expect(await asked('another-key')).toBe(401);
    const { headers } = await ask(url, '/api-v2-grid-status', { headers: { origin: 'https://energy.example.ca' } });
    expect(headers['access-control-allow-origin']).toBe('https://energy.example.ca');
    expect(headers['access-control-expose-headers']).toContain('x-next-cursor');
  });

  it('counts clients by the header of the network in front, not by what a client says it is', async () => {
    const url = await run('api-v2-grid-status', { PENSTOCK_READS_PER_MINUTE: '1000' });
    const left = async (address: string): Promise<number> => {
      const headers = { 'cf-connecting-ip': address, 'x-forwarded-for': String(Math.random()) };
      return Number((await ask(url, '/api-v2-grid-status', { headers })).headers['x-ratelimit-remaining']);
    };
    const first = await left('192.0.2.1');
    expect(await left('192.0.2.1')).toBeLessThan(first);
    expect(await left('192.0.2.2')).toBe(first);
  });

  it('without a database it says so, tells nobody where the database is, and answers as soon as it can', async () => {
    const url = await run('api-v2-grid-status', {
      SUPABASE_DB_URL: ['postgresql://owner', 'hidden@127.0.0.1:9/postgres'].join(':'),
    });
    const { status, headers, body } = await ask(url, '/api-v2-grid-status');
    expect(status).toBe(503);
    expect(headers['retry-after']).toBe('5');
    expect(JSON.parse(body)).toMatchObject({ code: 'DATABASE_UNAVAILABLE', error: 'the database does not answer' });
    expect(body).not.toMatch(/hidden|127\.0\.0\.1/);
  });

  it('settings that make no sense are not served, and not told', async () => {
    const url = await run('api-v2-grid-status', { PENSTOCK_READS_PER_MINUTE: 'many' });
    const { status, body } = await ask(url, '/api-v2-grid-status');
    expect(status).toBe(500);
    expect(body).not.toContain('many');
  });

  it('a stream hears what the loader commits', async () => {
    await openDemandPush(database.pool);
    await putDemand(database.pool, { hours: [[-1, 14_000]] });
    const client = await listenTo(await run('stream-ontario-demand'), '/stream-ontario-demand');
    await client.find(({ event }) => event === 'hello');
    const load = await putDemand(database.pool, { hours: [[0, 15_000]] });
    const event = await client.find((one) => one.event === 'data' && kindOf(one)['load_id'] === String(load));
    expect(kindOf(event)).toMatchObject({ kind: 'load' });
    client.close();
  });

  it('language models are off until somebody configures them, and the words that refuse a question come along', async () => {
    const url = await run('llm');
    const asked = (userPrompt: string) =>
      ask(url, '/llm/explain-chart', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ datasetPath: 'ontario-demand', userPrompt }),
      });
    const off = await asked('what is this?');
    expect(off.status).toBe(503);
    expect(off.headers['x-llm-mode']).toBe('disabled');
    expect((await asked('how do I hack the grid with malware?')).status).toBe(403);
  });

  it('what is asked behind /api is one function, and health says that it is there', async () => {
    expect((await ask(await run('api'), '/api/grid/status?region=Alberta')).status).toBe(200);
    expect((await ask(await run('health'), '/health')).json()).toMatchObject({ status: 'ok' });
  });

  it('verify finds the functions behind their gateway as they should be, and the database behind them', async () => {
    const limits = {
      PENSTOCK_READS_PER_MINUTE: '0',
      PENSTOCK_WRITES_PER_MINUTE: '0',
      PENSTOCK_STREAMS_PER_MINUTE: '0',
    };
    const gateway = await startGateway(await run('api', limits));
    const probe = openProbe({ baseUrl: gateway.url, timeoutMs: 15_000, userAgent: 'test' });
    try {
      const checks = await verify({
        probe,
        clock: machineClock,
        key: 'the-service-key',
        anonKey: 'the-anon-key',
        origin: 'https://energy.example.ca',
        allowStale: true,
        allowSamples: false,
        helpIds: [],
        only: ['core', 'grid-and-security', 'analytics'],
        ownDocument: ownDocument('0'),
      });
      expect(checks.length).toBeGreaterThan(100);
      expect(checks.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
      const nonce = 'a-nonce-of-this-test';
      const proof = await ask(gateway.url, `/functions/v1/api/database-proof?nonce=${nonce}`);
      expect(proof.json()['proof']).toBe(await databaseProof(database.pool, nonce));
    } finally {
      await probe.close();
      await gateway.stop();
    }
  }, 120_000);
});
