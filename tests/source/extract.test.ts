/** Extract, from a definition to stored bytes, against a real server and a real landing. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { instant, mw, table } from '../../core/contract.ts';
import { csv, type Decode, zip } from '../../core/decode.ts';
import type { Validators } from '../../core/effects.ts';
import { yearly } from '../../core/partitions.ts';
import { type Credentials, definePipeline, definePublisher, type Pipeline } from '../../core/pipeline.ts';
import { extract, type ExtractEffects, type Extracted, type Previous } from '../../loaders/source/extract.ts';
import { type Landing, openLanding } from '../../loaders/source/landing.ts';
import {
  answer,
  breakOff,
  closeAll,
  faultOf,
  inTurn,
  publisherServer,
  type PublisherServer,
  testClient,
} from './publisher-server.ts';

const CSV = 'Date,Hour\n2025-01-01,1\n';
const INTERVAL = { start: Date.UTC(2025, 0, 1, 5), end: Date.UTC(2026, 0, 1, 5) };
const KEY: Credentials = {
  hosts: [],
  from: [{ kind: 'header', header: 'API-KEY', env: 'TEST_API_KEY' }],
  required: true,
  getOneAt: 'https://keys.example',
};

let dir: string;
let landing: Landing;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'penstock-extract-'));
  landing = await openLanding(dir, Date);
});
afterEach(async () => {
  await closeAll();
  await rm(dir, { recursive: true, force: true });
});

function pipelineOf(server: PublisherServer, decode: Decode = csv({ header: ['Date', 'Hour'] })): Pipeline {
  return definePipeline({
    id: 'test-demand',
    title: 'Test',
    publisher: 'test',
    licence: { name: 'none', attribution: 'none' },
    partitions: yearly({ from: 2003, zone: 'Etc/GMT+5' }),
    extract: { url: `http://${server.host}/Demand_{yyyy}.csv?token=topsecret`, decode },
    publishes: { every: 'PT1H', delay: 'P1D', staleAfter: 'P2D', schedule: '20 * * * *', zone: 'Etc/GMT+5' },
    transform: 'transforms/test.sql',
    table: table('public.test', { hour: instant({ key: true, doc: 'x' }), demand_mw: mw({ doc: 'x' }) }),
  });
}

interface Setting {
  readonly decode?: Decode;
  /** Asked for by the server of the test unless it names hosts. */
  readonly credentials?: Credentials;
  readonly previous?: { sha256: string; validators: Validators };
  readonly effects?: Partial<ExtractEffects>;
}

function run(server: PublisherServer, setting: Setting = {}): Promise<Extracted> {
  const publisher = definePublisher({
    id: 'test',
    title: 'Test',
    hosts: [server.host],
    pace: { perSecond: 1_000, concurrent: 2 },
    ...(setting.credentials !== undefined && {
      credentials: { ...setting.credentials, hosts: [...setting.credentials.hosts, server.host].slice(0, 1) },
    }),
  });
  const effects = {
    http: testClient({ attempts: 2 }).http,
    landing,
    env: {},
    needsKey: true,
    commits: new Map(),
    ...setting.effects,
  };
  return extract(
    {
      pipeline: pipelineOf(server, setting.decode),
      publisher,
      interval: INTERVAL,
      previous: previousOf(setting.previous),
    },
    effects,
  );
}

function previousOf(known: Setting['previous']): Previous | null {
  if (known === undefined) return null;
  return { main: { url: 'http://earlier/', bytes: CSV.length, fetchedAt: 0, contentType: null, ...known }, inputs: {} };
}

async function landed(
  server: PublisherServer,
  setting: Setting = {},
): Promise<Extract<Extracted, { outcome: 'landed' }>> {
  const extracted = await run(server, setting);
  if (extracted.outcome !== 'landed') throw new Error(`outcome is ${extracted.outcome}`);
  return extracted;
}

/** Files in the landing, part files included. */
async function stored(): Promise<number> {
  return (await readdir(dir, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).length;
}

describe('an interval', () => {
  test('is asked for by its filled-in address and stored', async () => {
    const server = await publisherServer(answer(200, { etag: '"a"', 'content-type': 'text/csv' }, CSV));
    const { artifact, unchanged } = await landed(server);
    expect(server.requests[0]?.path).toBe('/Demand_2025.csv?token=topsecret');
    expect(unchanged).toBe(false);
    expect(artifact).toMatchObject({
      url: `http://${server.host}/Demand_2025.csv?token=***`,
      bytes: CSV.length,
      validators: { etag: '"a"' },
      contentType: 'text/csv',
    });
    await landing.verify(artifact.sha256);
  });

  test('whose bytes are those of last time is unchanged', async () => {
    const server = await publisherServer(answer(200, {}, CSV));
    const { artifact } = await landed(server);
    const again = await landed(server, { previous: { sha256: artifact.sha256, validators: {} } });
    expect(again).toMatchObject({ unchanged: true, artifact: { sha256: artifact.sha256 } });
  });

  test('is not sent again while the publisher says that it is the same', async () => {
    const server = await publisherServer((request, response) => {
      response.writeHead(request.headers['if-none-match'] === '"a"' ? 304 : 200, { etag: '"a"' });
      response.end(request.headers['if-none-match'] === '"a"' ? undefined : CSV);
    });
    const { sha256, validators } = (await landed(server)).artifact;
    expect((await run(server, { previous: { sha256, validators } })).outcome).toBe('not modified');
    await rm(landing.path(sha256));
    const refetched = await landed(server, { previous: { sha256, validators } });
    expect(refetched).toMatchObject({ unchanged: true });
    expect(server.requests[2]?.headers).not.toHaveProperty('if-none-match');
    expect(await stored()).toBe(1);
  });

  test('that is not there is not found', async () => {
    const server = await publisherServer(answer(404));
    expect(await run(server)).toEqual({
      outcome: 'not found',
      status: 404,
      url: `http://${server.host}/Demand_2025.csv?token=***`,
    });
    expect(await stored()).toBe(0);
  });

  test('that broke off and started again is stored whole and judged by its last beginning', async () => {
    const server = await publisherServer(
      inTurn(breakOff({ 'content-length': '99' }, '<html>oops'), answer(200, {}, CSV)),
    );
    expect((await landed(server)).artifact.bytes).toBe(CSV.length);
  });
});

describe('nothing is stored of', () => {
  const member = csv({ header: ['Date'] });
  const archive = zip({ member: '\\.csv$', then: member });
  test.each([
    [
      'a web page with status 200',
      'FORMAT_HTML_INSTEAD_OF_DATA',
      answer(200, { 'content-type': 'text/html' }, '<!DOCTYPE html>'),
      undefined,
    ],
    ['an empty body', 'FORMAT_EMPTY_BODY', answer(200), undefined],
    [
      'another format',
      'FORMAT_WRONG_TYPE',
      answer(200, { 'content-type': 'application/json' }, '{"error": 1}'),
      undefined,
    ],
    ['an archive with wrong magic', 'FORMAT_NOT_A_ZIP', answer(200, {}, 'PK\x01\x02'), archive],
    ['a truncated body', 'HTTP_BODY_SHORT', breakOff({ 'content-length': '99' }, 'Date'), undefined],
  ])('%s', async (_, code, handler, decode) => {
    const server = await publisherServer(handler);
    const fault = await faultOf(run(server, decode === undefined ? {} : { decode }));
    expect(fault.code).toBe(code);
    expect(fault.where).toBe(`http://${server.host}/Demand_2025.csv?token=***`);
    expect(fault.message).not.toContain('topsecret');
    expect(await stored()).toBe(0);
  });
});

describe('the key', () => {
  test('goes into the header that the publisher wants', async () => {
    const server = await publisherServer(answer(200, {}, CSV));
    await landed(server, { credentials: KEY, effects: { env: { TEST_API_KEY: ' hunter2secret\n' } } });
    expect(server.requests[0]?.headers['api-key']).toBe('hunter2secret');
  });

  test.each([{}, { TEST_API_KEY: '' }, { TEST_API_KEY: '  ' }])(
    'that is not set is an outcome, and nobody is asked: %j',
    async (env) => {
      const server = await publisherServer(answer(200, {}, CSV));
      const outcome = await run(server, { credentials: KEY, effects: { env } });
      expect(outcome).toEqual({
        outcome: 'not configured',
        note: 'TEST_API_KEY is not set: get one at https://keys.example',
      });
      expect(server.requests).toHaveLength(0);
    },
  );

  test('is not needed for recordings', async () => {
    const server = await publisherServer(answer(200, {}, CSV));
    expect((await run(server, { credentials: KEY, effects: { needsKey: false } })).outcome).toBe('landed');
    expect(server.requests[0]?.headers).not.toHaveProperty('api-key');
  });

  test('that is refused is named by its variable, never by its value', async () => {
    const server = await publisherServer(answer(401));
    const fault = await faultOf(run(server, { credentials: KEY, effects: { env: { TEST_API_KEY: 'hunter2secret' } } }));
    expect(fault).toMatchObject({
      code: 'HTTP_KEY_REFUSED',
      next: 'check TEST_API_KEY; a key can be had at https://keys.example',
    });
    expect(fault.message).not.toContain('hunter2secret');
  });
});
