/** Recorded responses answer as the publisher did, and `--record` writes what `--recordings` reads. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DownloadReply, DownloadRequest } from '../../core/effects.ts';
import { recordingHttp } from '../../loaders/source/record.ts';
import { recordingsHttp } from '../../loaders/source/recordings.ts';
import {
  answer,
  breakOff,
  closeAll,
  fakeClock,
  faultOf,
  inTurn,
  memorySink,
  publisherServer,
  requestTo,
  testClient,
} from './publisher-server.ts';

let dir: string;
const clock = fakeClock();
const CSV = 'Date,Hour\n2025-01-01,1\n';

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'penstock-recordings-'));
});
afterEach(async () => {
  await closeAll();
  await rm(dir, { recursive: true, force: true });
});

const URL_A = 'https://a.example/file.csv';

async function folder(...recordings: object[]): Promise<void> {
  await mkdir(join(dir, 'a'), { recursive: true });
  await writeFile(join(dir, 'a/file.csv'), CSV);
  await writeFile(join(dir, 'index.json'), JSON.stringify({ recordings }));
}

function request(url = URL_A, more: Partial<DownloadRequest> = {}): DownloadRequest {
  return { url, hosts: ['a.example', 'b.example'], maxBytes: 1_000, pace: { perSecond: 1, concurrent: 1 }, ...more };
}

async function ask(asked: DownloadRequest = request()): Promise<{ reply: DownloadReply; text: string }> {
  const sink = memorySink();
  const reply = await (await recordingsHttp(dir, clock)).download(asked, sink);
  return { reply, text: sink.text() };
}

describe('a recording', () => {
  test('gives body, type, validators and the time of recording', async () => {
    const headers = { 'Content-Type': 'text/csv', ETag: '"a"', 'last-modified': 'then' };
    await folder({
      url: URL_A,
      file: 'a/file.csv',
      status: 200,
      headers,
      recordedAt: '2026-01-02T03:04:05Z',
      note: 'ignored',
    });
    const { reply, text } = await ask();
    expect(text).toBe(CSV);
    expect(reply).toEqual({
      outcome: 'downloaded',
      url: URL_A,
      validators: { etag: '"a"', lastModified: 'then' },
      contentType: 'text/csv',
      fetchedAt: Date.UTC(2026, 0, 2, 3, 4, 5),
    });
  });

  test('without a time is as old as the clock', async () => {
    await folder({ url: URL_A, file: 'a/file.csv', status: 200 });
    expect((await ask()).reply).toMatchObject({ fetchedAt: clock.now(), contentType: null, validators: {} });
  });

  test.each([
    ['the query in another order', `${URL_A}?b=2&a=1`, `${URL_A}?a=1&b=2`, true],
    ['the query encoded otherwise', `${URL_A}?q=Download+Data`, `${URL_A}?q=Download%20Data`, true],
    ['another secret', `${URL_A}?X-Goog-Signature=***`, `${URL_A}?X-Goog-Signature=123`, true],
    ['the default port spelled', 'https://a.example:443/file.csv', URL_A, true],
    ['another value', `${URL_A}?a=1`, `${URL_A}?a=2`, false],
    ['one value more', `${URL_A}?a=1`, `${URL_A}?a=1&a=1`, false],
    ['another scheme', 'http://a.example/file.csv', URL_A, false],
    ['another path', 'https://a.example/File.csv', URL_A, false],
  ])('with %s: recorded %s, asked %s, found: %j', async (_, recorded, asked, found) => {
    await folder({ url: recorded, file: 'a/file.csv', status: 200 });
    expect((await ask(request(asked))).reply.outcome).toBe(found ? 'downloaded' : 'not recorded');
  });

  test('of another method is not used', async () => {
    await folder({ method: 'POST', url: URL_A, file: 'a/file.csv', status: 200 });
    expect((await ask()).reply).toEqual({ outcome: 'not recorded' });
  });

  test.each([
    [{ etag: '"a"' }, true],
    [{ etag: 'W/"a"' }, true],
    [{ etag: '"b"', lastModified: 'then' }, false],
    [{ lastModified: 'then' }, true],
    [{ lastModified: 'before' }, false],
    [{}, false],
  ])('asked with %j is unmodified: %j', async (validators, unmodified) => {
    await folder({ url: URL_A, file: 'a/file.csv', status: 200, headers: { etag: '"a"', 'last-modified': 'then' } });
    expect((await ask(request(URL_A, { validators }))).reply.outcome).toBe(unmodified ? 'not modified' : 'downloaded');
  });

  test('of a redirect leads on inside the folder', async () => {
    const location = 'https://b.example/signed?X-Goog-Signature=abc';
    await folder(
      { url: URL_A, status: 302, headers: { location } },
      { url: location, file: 'a/file.csv', status: 200 },
    );
    const { reply, text } = await ask();
    expect(text).toBe(CSV);
    expect(reply).toMatchObject({ url: 'https://b.example/signed?X-Goog-Signature=***' });
    expect(await faultOf(ask(request(URL_A, { hosts: ['a.example'] })))).toMatchObject({ code: 'HTTP_HOST_REFUSED' });
  });

  test('of a redirect whose target is not there is not recorded', async () => {
    await folder({ url: URL_A, status: 302, headers: { location: '/gone' } });
    expect((await ask()).reply).toEqual({ outcome: 'not recorded' });
  });

  test('of a circle of redirects is a fault', async () => {
    await folder({ url: URL_A, status: 302, headers: { location: URL_A } });
    expect((await faultOf(ask())).code).toBe('HTTP_REDIRECT_LOOP');
  });

  test.each([404, 410])('of %i is not found', async (status) => {
    await folder({ url: URL_A, status });
    expect((await ask()).reply).toEqual({ outcome: 'not found', status });
  });

  test.each([
    [500, 'HTTP_SERVER_ERROR'],
    [429, 'HTTP_RATE_LIMITED'],
    [403, 'HTTP_KEY_REFUSED'],
    [400, 'HTTP_STATUS'],
  ])('of %i gives the fault that the network would have given', async (status, code) => {
    await folder({ url: URL_A, status });
    const recorded = await faultOf(ask());
    const server = await publisherServer(answer(status));
    const live = await faultOf(testClient().http.download(requestTo(server), memorySink()));
    expect([recorded.code, live.code]).toEqual([code, code]);
  });

  test('shorter than its own length is the fault of a short body', async () => {
    await folder({ url: URL_A, file: 'a/file.csv', status: 200, headers: { 'content-length': '1000' } });
    expect(await faultOf(ask())).toMatchObject({
      code: 'HTTP_BODY_SHORT',
      what: `the body ended after ${CSV.length} of 1000 bytes`,
    });
  });

  test('larger than the cap is a fault', async () => {
    await folder({ url: URL_A, file: 'a/file.csv', status: 200 });
    expect((await faultOf(ask(request(URL_A, { maxBytes: 5 })))).code).toBe('HTTP_TOO_LARGE');
  });

  test('whose file is gone is a fault', async () => {
    await folder({ url: URL_A, file: 'a/gone.csv', status: 200 });
    expect((await faultOf(ask())).code).toBe('RECORDING_FILE_MISSING');
  });

  test('of a host that the publisher does not have is refused', async () => {
    await folder({ url: URL_A, file: 'a/file.csv', status: 200 });
    expect((await faultOf(ask(request(URL_A, { hosts: ['b.example'] })))).code).toBe('HTTP_HOST_REFUSED');
  });
});

describe('an index', () => {
  test('that is not there is a fault', async () => {
    expect(await faultOf(recordingsHttp(dir, clock))).toMatchObject({
      code: 'RECORDINGS_NOT_FOUND',
      kind: 'configuration',
    });
  });

  test('that is no JSON is a fault', async () => {
    await writeFile(join(dir, 'index.json'), '{');
    expect((await faultOf(recordingsHttp(dir, clock))).code).toBe('RECORDINGS_INVALID');
  });

  test('has all its faults listed at once', async () => {
    await folder(
      { url: 'nonsense', status: 404 },
      { url: URL_A, status: 200 },
      { url: URL_A, status: 99 },
      { url: URL_A, status: 200, file: '../secret' },
      { url: URL_A, status: 200, file: 'a/../../secret' },
      { url: URL_A, status: 200, file: '/etc/passwd' },
      { url: URL_A, status: 404, recordedAt: 'yesterday' },
    );
    const fault = await faultOf(recordingsHttp(dir, clock));
    expect(fault.what).toContain('7 faults');
    expect(fault.what).toContain('recordings[0].url: must be an http or https address');
    expect(fault.what).toContain('recordings[1].file: a 200 needs the file with its body');
    expect(fault.what.match(/must stay inside the folder/g)).toHaveLength(3);
  });

  test('with an address twice is a fault', async () => {
    await folder({ url: `${URL_A}?a=1&b=2`, status: 404 }, { url: `${URL_A}?b=2&a=1`, status: 404 });
    expect((await faultOf(recordingsHttp(dir, clock))).what).toContain('recordings[1].url');
  });
});

describe('recording', () => {
  test('keeps what was answered, so that the folder answers the same', async () => {
    const server = await publisherServer(answer(200, { etag: '"a"', 'content-type': 'text/csv' }, CSV));
    const { http, clock: live } = testClient();
    const sink = memorySink();
    const asked = requestTo(server, { url: `${server.url}?b=2&a=1`, validators: { etag: '"a"' } });
    const reply = await recordingHttp(http, dir, live).download(asked, sink);
    expect(sink.text()).toBe(CSV);
    expect(server.requests[0]?.headers).not.toHaveProperty('if-none-match');
    await server.close();
    const again = await ask(requestTo(server, { url: `${server.url}?a=1&b=2` }));
    expect(again.text).toBe(CSV);
    expect(again.reply).toEqual({ ...reply, url: `${server.url}?a=1&b=2` });
  });

  test('keeps only the last answer of an address', async () => {
    const server = await publisherServer(inTurn(answer(200, {}, 'first'), answer(404), answer(200, {}, 'third')));
    const { http } = testClient();
    const recorder = recordingHttp(http, dir, clock);
    for (const outcome of ['downloaded', 'not found', 'downloaded']) {
      expect((await recorder.download(requestTo(server), memorySink())).outcome).toBe(outcome);
      expect((await ask(requestTo(server))).reply.outcome).toBe(outcome);
    }
    expect((await ask(requestTo(server))).text).toBe('third');
  });

  test('keeps the whole body of a download that broke off and started again', async () => {
    const server = await publisherServer(
      inTurn(breakOff({ 'content-length': '9' }, 'wrong'), answer(200, {}, 'right one')),
    );
    await recordingHttp(testClient().http, dir, clock).download(requestTo(server), memorySink());
    expect((await ask(requestTo(server))).text).toBe('right one');
  });

  test('keeps nothing of a failure', async () => {
    const server = await publisherServer(answer(500));
    await faultOf(recordingHttp(testClient().http, dir, clock).download(requestTo(server), memorySink()));
    expect(await readdir(dir)).toEqual([]);
  });

  test('loses nothing when many answers come at once', async () => {
    const server = await publisherServer((asked, response) => response.end(asked.url));
    const recorder = recordingHttp(testClient().http, dir, clock);
    const paths = Array.from({ length: 20 }, (_, i) => `/f/${i}`);
    await Promise.all(
      paths.map((path) => recorder.download(requestTo(server, { url: `http://${server.host}${path}` }), memorySink())),
    );
    for (const path of paths)
      expect((await ask(requestTo(server, { url: `http://${server.host}${path}` }))).text).toBe(path);
  });

  test('stores no key, neither of a header nor of the query', async () => {
    const server = await publisherServer(answer(200, {}, CSV));
    const asked = requestTo(server, {
      url: `${server.url}?api_key=topsecret`,
      headers: { 'API-KEY': 'hunter2secret' },
    });
    await recordingHttp(testClient().http, dir, clock).download(asked, memorySink());
    const stored = await readFile(join(dir, 'index.json'), 'utf8');
    expect(stored).not.toMatch(/topsecret|hunter2secret/);
    expect(stored).toContain('api_key=***');
  });
});

const shared = resolve(process.env['PENSTOCK_RECORDINGS'] ?? join(import.meta.dirname, '../../../shared/recordings'));
const present = existsSync(join(shared, 'index.json'));
if (!present && process.env['CI'] === undefined) {
  process.stderr.write(
    `skipped: real recordings are not at ${shared}; set PENSTOCK_RECORDINGS to a folder with them\n`,
  );
}
test.skipIf(!present && process.env['CI'] === undefined)('the real recordings all answer', async () => {
  const http = await recordingsHttp(shared, clock);
  const index = JSON.parse(await readFile(join(shared, 'index.json'), 'utf8')) as { recordings: { url: string }[] };
  const hosts = [...new Set(index.recordings.map(({ url }) => new URL(url).host))];
  expect(index.recordings.length).toBeGreaterThan(0);
  for (const { url } of index.recordings) {
    const reply = await http.download(request(url, { hosts, maxBytes: 1e9 }), memorySink());
    expect([url, reply.outcome]).toEqual([url, 'downloaded']);
  }
});
