/** The Hugging Face Hub, as a server on this machine plays it: commits, storage behind a redirect, refusals in headers. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { instant, mw, table } from '../../core/contract.ts';
import { csv } from '../../core/decode.ts';
import { whole } from '../../core/partitions.ts';
import { definePipeline, type Pipeline } from '../../core/pipeline.ts';
import { extract, type ExtractEffects, type Extracted, type Previous } from '../../loaders/source/extract.ts';
import { type Landing, openLanding } from '../../loaders/source/landing.ts';
import { rateLimitMs } from '../../loaders/source/retry.ts';
import {
  answer,
  closeAll,
  faultOf,
  type Handler,
  inTurn,
  publisherServer,
  type PublisherServer,
  testClient,
} from './publisher-server.ts';

const COMMIT = 'a'.repeat(40);
const BODY = 'hour,load\n2024-01-01T00:00Z,1\n';
const HASH = createHash('sha256').update(BODY).digest('hex');

let dir: string;
let landing: Landing;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'penstock-hub-'));
  landing = await openLanding(dir, { now: Date.now });
});
afterEach(async () => {
  await closeAll();
  await rm(dir, { recursive: true, force: true });
});

const info = (sha: unknown = COMMIT): Handler =>
  answer(200, { 'content-type': 'application/json' }, JSON.stringify({ _id: '1', id: 'lab/grid', sha }));

/** Answers questions about the data set with `api`, everything else with `file`. */
function hub(api: Handler, file: Handler): Promise<PublisherServer> {
  return publisherServer((request, response, nth) =>
    (request.url?.startsWith('/api/') === true ? api : file)(request, response, nth),
  );
}

function pipelineOf({ host }: PublisherServer, revision = 'main'): Pipeline {
  return definePipeline({
    id: 'toy-hub',
    title: 'Toy',
    publisher: 'hub',
    licence: { name: 'none', attribution: 'none' },
    partitions: whole(),
    extract: {
      hub: { repo: 'lab/grid', revision },
      url: `http://${host}/datasets/lab/grid/resolve/{commit}/load.csv`,
      decode: csv({ header: ['hour', 'load'] }),
    },
    publishes: { every: 'P1D', delay: 'P1D', staleAfter: 'P2D', schedule: '0 1 * * *', zone: 'UTC' },
    transform: 'transforms/toy.sql',
    table: table('public.toy', { hour: instant({ key: true, doc: 'x' }), load_mw: mw({ doc: 'x' }) }),
  });
}

interface Setting {
  readonly revision?: string;
  readonly previous?: Previous;
  readonly env?: Record<string, string>;
  readonly commits?: ExtractEffects['commits'];
  readonly storage?: PublisherServer;
}

function run(server: PublisherServer, setting: Setting = {}): Promise<Extracted> {
  const { revision, previous = null, env = {}, commits = new Map(), storage } = setting;
  const publisher = {
    id: 'hub',
    title: 'Hub',
    hosts: [server.host, ...(storage === undefined ? [] : [storage.host])],
    pace: { perSecond: 1_000, concurrent: 2 },
    credentials: {
      hosts: [server.host],
      from: [{ kind: 'bearer' as const, env: 'HF_TOKEN' }],
      required: false,
      getOneAt: 'https://huggingface.co/settings/tokens',
    },
  };
  const job = {
    pipeline: pipelineOf(server, revision),
    publisher,
    interval: { start: -Infinity, end: Infinity },
    previous,
  };
  return extract(job, { http: testClient().http, landing, env, needsKey: true, commits });
}

async function landed(...args: Parameters<typeof run>): Promise<Extract<Extracted, { outcome: 'landed' }>> {
  const extracted = await run(...args);
  if (extracted.outcome !== 'landed') throw new Error(`outcome is ${extracted.outcome}`);
  return extracted;
}

describe('a revision', () => {
  test('is resolved to a commit once a run, and the commit stands in the address of the artifact', async () => {
    const server = await hub(info(), answer(200, {}, BODY));
    const commits = new Map();
    const { artifact } = await landed(server, { commits });
    await landed(server, { commits });
    expect(artifact.url).toBe(`http://${server.host}/datasets/lab/grid/resolve/${COMMIT}/load.csv`);
    expect(server.requests.map(({ path }) => path.split('?', 1)[0])).toEqual([
      '/api/datasets/lab/grid/revision/main',
      `/datasets/lab/grid/resolve/${COMMIT}/load.csv`,
      `/datasets/lab/grid/resolve/${COMMIT}/load.csv`,
    ]);
  });

  test('that is a commit already is not asked for', async () => {
    const server = await hub(answer(500), answer(200, {}, BODY));
    await landed(server, { revision: 'b'.repeat(40) });
    expect(server.requests.map(({ path }) => path)).toEqual([`/datasets/lab/grid/resolve/${'b'.repeat(40)}/load.csv`]);
  });

  test('with its slashes stays one part of the address', async () => {
    const server = await hub(info(), answer(200, {}, BODY));
    await landed(server, { revision: 'refs/convert/parquet' });
    expect(server.requests[0]?.path).toContain('/revision/refs%2Fconvert%2Fparquet?');
  });

  test('of the same commit as last time needs no download', async () => {
    const server = await hub(info(), answer(200, {}, BODY));
    const { files } = await landed(server);
    const again = await run(server, { previous: files });
    expect(again.outcome).toBe('not modified');
    expect(server.requests).toHaveLength(3);
    await rm(landing.path(files.main.sha256));
    expect((await landed(server, { previous: files })).unchanged).toBe(true);
  });

  test('of another commit with the same file is unchanged', async () => {
    const server = await hub(inTurn(info(), info(), info('c'.repeat(40))), answer(200, {}, BODY));
    const { files } = await landed(server);
    expect(await landed(server, { previous: files })).toMatchObject({
      unchanged: true,
      artifact: { url: expect.stringContaining('c'.repeat(40)) },
    });
  });

  test.each<[string, Handler, string]>([
    ['nobody knows', answer(404, { 'x-error-code': 'RevisionNotFound' }), 'HUB_REVISION_NOT_FOUND'],
    ['is answered without a commit', info(null), 'HUB_ANSWER_INVALID'],
    ['is answered with something else', answer(200, {}, '<html>'), 'HUB_ANSWER_INVALID'],
  ])('that %s is a fault', async (_, api, code) => {
    expect((await faultOf(run(await hub(api, answer(200, {}, BODY))))).code).toBe(code);
  });
});

describe('a file', () => {
  test('lies behind a redirect, and the storage does not see the token', async () => {
    const storage = await publisherServer(answer(200, {}, BODY));
    const file = answer(302, { location: `${storage.url}?X-Amz-Signature=s3cret`, 'x-linked-etag': `"${HASH}"` });
    const server = await hub(info(), file);
    const { artifact } = await landed(server, { storage, env: { HF_TOKEN: 'hf_topsecret' } });
    expect(artifact).toMatchObject({ sha256: HASH, url: expect.stringContaining(`/resolve/${COMMIT}/`) });
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(Array(2).fill('Bearer hf_topsecret'));
    expect(storage.requests[0]?.headers).not.toHaveProperty('authorization');
  });

  test('with other bytes than the Hub announced is refused and not kept', async () => {
    const storage = await publisherServer(answer(200, {}, BODY));
    const file = answer(302, { location: storage.url, 'x-linked-etag': `"${'0'.repeat(64)}"` });
    const fault = await faultOf(run(await hub(info(), file), { storage }));
    expect(fault).toMatchObject({ code: 'HTTP_BODY_DIFFERS', kind: 'request' });
    expect(await landing.has(HASH)).toBe(false);
  });

  test('that is only the pointer of Git LFS is a clear fault', async () => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${HASH}\nsize 31\n`;
    const fault = await faultOf(run(await hub(info(), answer(200, { 'content-type': 'text/plain' }, pointer))));
    expect(fault).toMatchObject({ code: 'FORMAT_LFS_POINTER', kind: 'format' });
    expect(fault.next).toContain('/resolve/');
  });
});

describe('a refusal', () => {
  const gated = (status: number): Handler =>
    answer(status, { 'x-error-code': 'GatedRepo', 'x-error-message': 'Access to dataset lab/grid is restricted.' });

  test.each([
    [401, {}, 'set HF_TOKEN'],
    [403, { HF_TOKEN: 'hf_topsecret' }, 'check HF_TOKEN'],
  ])('%i of a gated data set says what to open and which variable to set', async (status, env, says) => {
    const server = await hub(gated(status), gated(status));
    const fault = await faultOf(run(server, { env }));
    expect(fault).toMatchObject({ code: 'HUB_GATED', kind: 'request' });
    expect(fault.what).toContain('Access to dataset lab/grid is restricted.');
    expect(fault.next).toContain(`open http://${server.host}/datasets/lab/grid, log in, accept the conditions`);
    expect(fault.next).toContain(says);
    expect(fault.next).toContain('https://huggingface.co/settings/tokens');
    expect(fault.message).not.toContain('topsecret');
    expect(server.requests).toHaveLength(1);
  });

  test('of a repository that is not there or private says both', async () => {
    const fault = await faultOf(run(await hub(answer(401, { 'x-error-code': 'RepoNotFound' }), answer(500))));
    expect(fault.code).toBe('HUB_REPO_NOT_FOUND');
    expect(fault.next).toContain('set HF_TOKEN');
  });

  test('for too many requests waits until the Hub grants more', async () => {
    const limited = answer(429, {
      ratelimit: '"api";r=0;t=55',
      'ratelimit-policy': '"fixed window";"api";q=500;w=300',
    });
    const { http, clock } = testClient();
    const server = await publisherServer(inTurn(limited, answer(200, {}, BODY)));
    const request = { url: server.url, hosts: [server.host], maxBytes: 100, pace: { perSecond: 9, concurrent: 1 } };
    await http.download(request, { write: async () => undefined, restart: async () => undefined });
    expect(Math.max(...clock.sleeps)).toBe(55_000);
  });

  test.each([
    ['"api";r=0;t=55', 55_000],
    ['"api";r=12;t=55', null],
    ['"pages";r=0;t=7, "api";r=0;t=20', 20_000],
    ['', null],
    [undefined, null],
    ['soon', null],
  ])('RateLimit %j', (header, expected) => {
    expect(rateLimitMs(header)).toBe(expected);
  });
});
