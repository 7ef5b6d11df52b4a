/** The HTTP client against a real server with planted faults: statuses, retries, time-outs, limits. */
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { retryAfterMs } from '../../loaders/source/retry.ts';
import {
  answer,
  breakOff,
  closeAll,
  faultOf,
  inTurn,
  memorySink,
  publisherServer,
  requestTo,
  testClient,
} from './publisher-server.ts';

afterEach(closeAll);

const CSV = 'Date,Hour\n2025-01-01,1\n';

describe('an answer', () => {
  test('arrives with its validators, type and time', async () => {
    const server = await publisherServer(
      answer(200, { etag: '"a"', 'last-modified': 'Wed, 01 Jan 2025 00:00:00 GMT', 'content-type': 'text/csv' }, CSV),
    );
    const { http, clock } = testClient();
    const sink = memorySink();
    const reply = await http.download(requestTo(server), sink);
    expect(reply).toEqual({
      outcome: 'downloaded',
      url: server.url,
      validators: { etag: '"a"', lastModified: 'Wed, 01 Jan 2025 00:00:00 GMT' },
      contentType: 'text/csv',
      fetchedAt: clock.now(),
    });
    expect(sink.text()).toBe(CSV);
    expect(server.requests[0]?.headers).toMatchObject({ 'accept-encoding': 'identity', 'user-agent': 'penstock-test' });
  });

  test('that has not changed is not sent again', async () => {
    const server = await publisherServer((request, response) => {
      const same = request.headers['if-none-match'] === '"a"' && request.headers['if-modified-since'] === 'yesterday';
      response.writeHead(same ? 304 : 200).end();
    });
    const request = requestTo(server, { validators: { etag: '"a"', lastModified: 'yesterday' } });
    expect(await testClient().http.download(request, memorySink())).toEqual({ outcome: 'not modified' });
  });

  test.each([404, 410])('of %i is not found, without a second attempt', async (status) => {
    const server = await publisherServer(answer(status));
    expect(await testClient().http.download(requestTo(server), memorySink())).toEqual({ outcome: 'not found', status });
    expect(server.requests).toHaveLength(1);
  });

  test.each([400, 405, 451, 501])('of %i is a fault, without a second attempt', async (status) => {
    const server = await publisherServer(answer(status));
    const fault = await faultOf(testClient().http.download(requestTo(server), memorySink()));
    expect(fault).toMatchObject({ code: 'HTTP_STATUS', kind: 'request', where: server.url });
    expect(server.requests).toHaveLength(1);
  });

  test.each([401, 403])('of %i names the header of the key, and never its value', async (status) => {
    const server = await publisherServer(answer(status));
    const fault = await faultOf(
      testClient().http.download(requestTo(server, { headers: { 'API-KEY': 'hunter2secret' } }), memorySink()),
    );
    expect(fault.code).toBe('HTTP_KEY_REFUSED');
    expect(fault.message).toContain('API-KEY');
    expect(fault.message).not.toContain('hunter2secret');
    expect(server.requests).toHaveLength(1);
  });

  test('that came compressed although plain was asked is a fault', async () => {
    const server = await publisherServer(answer(200, { 'content-encoding': 'gzip' }, 'x'));
    expect((await faultOf(testClient().http.download(requestTo(server), memorySink()))).code).toBe('HTTP_ENCODED');
  });
});

describe('trying again', () => {
  test('after 500 thrice the 200 is taken, with jittered exponential waits', async () => {
    const server = await publisherServer(inTurn(answer(500), answer(500), answer(500), answer(200, {}, CSV)));
    const { http, clock, log } = testClient({ backoffMs: 1_000, backoffCapMs: 3_000 });
    const sink = memorySink();
    await http.download(requestTo(server, { pace: { perSecond: 1_000_000, concurrent: 1 } }), sink);
    expect(sink.text()).toBe(CSV);
    expect(clock.sleeps).toEqual([500, 1_000, 1_500]);
    expect(log.lines).toHaveLength(3);
    expect(log.lines[0]).toContain('attempt 1 of 5 failed, next one in 0.5 s: HTTP_SERVER_ERROR');
  });

  test.each([408, 429, 500, 502, 503, 504])('a lasting %i is a fault after five attempts', async (status) => {
    const server = await publisherServer(answer(status));
    const { http, clock } = testClient();
    const fault = await faultOf(http.download(requestTo(server), memorySink()));
    expect(fault.code).toBe(status === 429 ? 'HTTP_RATE_LIMITED' : 'HTTP_SERVER_ERROR');
    expect(server.requests).toHaveLength(5);
    expect(clock.sleeps.filter((ms) => ms > 1)).toHaveLength(4);
  });

  test('429 waits as many seconds as Retry-After says', async () => {
    const server = await publisherServer(inTurn(answer(429, { 'retry-after': '7' }), answer(200, {}, CSV)));
    const { http, clock } = testClient();
    await http.download(requestTo(server), memorySink());
    expect(clock.sleeps).toEqual([7_000]);
  });

  test('429 waits until the date that Retry-After says', async () => {
    const { http, clock } = testClient();
    const until = new Date(clock.now() + 90_000).toUTCString();
    const server = await publisherServer(inTurn(answer(429, { 'retry-after': until }), answer(200, {}, CSV)));
    await http.download(requestTo(server), memorySink());
    expect(clock.sleeps).toEqual([90_000]);
  });

  test('a pause beyond the cap is a fault that says how long', async () => {
    const server = await publisherServer(answer(429, { 'retry-after': '3600' }));
    const { http, clock } = testClient();
    const fault = await faultOf(http.download(requestTo(server), memorySink()));
    expect(fault.code).toBe('HTTP_RETRY_AFTER_TOO_LONG');
    expect(fault.message).toContain('60 minutes');
    expect(clock.sleeps).toEqual([]);
  });

  test('a connection that breaks before the headers is tried again', async () => {
    const server = await publisherServer(inTurn((request) => request.socket.resetAndDestroy(), answer(200, {}, CSV)));
    const sink = memorySink();
    await testClient().http.download(requestTo(server), sink);
    expect(sink.text()).toBe(CSV);
  });

  test('a port where nobody listens is a fault', async () => {
    const server = await publisherServer(answer(200));
    await server.close();
    expect((await faultOf(testClient({ attempts: 2 }).http.download(requestTo(server), memorySink()))).code).toBe(
      'HTTP_CONNECTION_REFUSED',
    );
  });

  test('a host that could not be reached gets one attempt per file for a minute, then all of them again', async () => {
    const server = await publisherServer(answer(200));
    await server.close();
    const { http, clock } = testClient({ attempts: 3 });
    // Pauses between attempts; the pace of a host sleeps for a millisecond now and then.
    const pauses = (): number => clock.sleeps.filter((ms) => ms >= 500 && ms < 60_000).length;
    await faultOf(http.download(requestTo(server), memorySink()));
    expect(pauses()).toBe(2);
    await faultOf(http.download(requestTo(server), memorySink()));
    expect(pauses()).toBe(2);
    await clock.sleep(60_001);
    await faultOf(http.download(requestTo(server), memorySink()));
    expect(pauses()).toBe(4);
  });

  test('what the sink throws is passed on at once', async () => {
    const server = await publisherServer(answer(200, {}, CSV));
    const full = new Error('disk full');
    const sink = { write: () => Promise.reject(full), restart: () => Promise.resolve() };
    await expect(testClient().http.download(requestTo(server), sink)).rejects.toBe(full);
    expect(server.requests).toHaveLength(1);
  });

  test('an abort ends it with the reason that was given', async () => {
    const stop = new AbortController();
    const reason = new Error('stopped by SIGTERM');
    const server = await publisherServer(() => stop.abort(reason));
    await expect(testClient().http.download(requestTo(server, { signal: stop.signal }), memorySink())).rejects.toBe(
      reason,
    );
    await expect(testClient().http.download(requestTo(server, { signal: stop.signal }), memorySink())).rejects.toBe(
      reason,
    );
    expect(server.requests).toHaveLength(1);
  });

  test('an abort also ends what still waits for its turn', async () => {
    const stop = new AbortController();
    const server = await publisherServer(() => undefined);
    const { http } = testClient();
    const request = requestTo(server, { signal: stop.signal, pace: { perSecond: 1_000, concurrent: 1 } });
    const downloads = Array.from({ length: 20 }, () => http.download(request, memorySink()));
    setTimeout(() => stop.abort(new Error('stopped')), 50);
    const outcomes = await Promise.allSettled(downloads);
    expect(
      new Set(outcomes.map((outcome) => (outcome.status === 'rejected' ? String(outcome.reason) : 'done'))),
    ).toEqual(new Set(['Error: stopped']));
    expect(server.requests.length).toBeLessThanOrEqual(1);
  });

  test.each([
    ['12', 12_000],
    ['0', 0],
    ['Thu, 01 Jan 1970 00:00:30 GMT', 29_000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['soon', null],
    ['-5', null],
    ['1.5', null],
    ['', null],
    [undefined, null],
  ])('Retry-After %j, one second after the epoch, means %j ms', (text, expected) => {
    expect(retryAfterMs(text, 1_000)).toBe(expected);
  });
});

describe('a limit', () => {
  test('on silence before the headers is a fault of its own', async () => {
    const server = await publisherServer(() => undefined);
    const fault = await faultOf(
      testClient({ idleMs: 100, attempts: 2 }).http.download(requestTo(server), memorySink()),
    );
    expect(fault.code).toBe('HTTP_TIMEOUT_IDLE');
    expect(server.requests).toHaveLength(2);
  });

  test('on silence between two chunks is a fault that says how far it came', async () => {
    const server = await publisherServer((_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('x'.repeat(10));
    });
    const fault = await faultOf(
      testClient({ idleMs: 500, attempts: 1 }).http.download(requestTo(server), memorySink()),
    );
    expect(fault.code).toBe('HTTP_TIMEOUT_IDLE');
    expect(fault.what).toContain('after 10 bytes');
  });

  test('on the whole time ends a body that drips for ever', async () => {
    const server = await publisherServer((_, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(drip));
    });
    const fault = await faultOf(
      testClient({ totalMs: 200, attempts: 1 }).http.download(requestTo(server), memorySink()),
    );
    expect(fault.code).toBe('HTTP_TIMEOUT_TOTAL');
  });

  test('on connecting ends a TLS handshake that nobody answers', async () => {
    const mute: Server = createServer(() => undefined);
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const { port } = mute.address() as AddressInfo;
    const { http } = testClient({ connectMs: 100, attempts: 1 });
    const host = `127.0.0.1:${port}`;
    const request = { url: `https://${host}/x`, hosts: [host], maxBytes: 10, pace: { perSecond: 10, concurrent: 1 } };
    const fault = await faultOf(http.download(request, memorySink()));
    expect(fault.code).toBe('HTTP_TIMEOUT_CONNECT');
    mute.close();
  });

  test('on size refuses a declared length before a byte is written', async () => {
    const server = await publisherServer(answer(200, {}, 'x'.repeat(101)));
    const sink = memorySink();
    const fault = await faultOf(testClient().http.download(requestTo(server, { maxBytes: 100 }), sink));
    expect(fault.code).toBe('HTTP_TOO_LARGE');
    expect(sink.bytes()).toHaveLength(0);
    expect(server.requests).toHaveLength(1);
  });

  test('on size stops a body of undeclared length at the cap', async () => {
    const server = await publisherServer((_, response) => {
      const more = setInterval(() => response.write('x'.repeat(30)), 1);
      response.on('close', () => clearInterval(more));
    });
    const sink = memorySink();
    const fault = await faultOf(testClient().http.download(requestTo(server, { maxBytes: 100 }), sink));
    expect(fault.code).toBe('HTTP_TOO_LARGE');
    expect(sink.bytes().length).toBeLessThanOrEqual(100);
    expect(server.requests).toHaveLength(1);
  });

  test('on size lets a body of exactly that many bytes pass', async () => {
    const server = await publisherServer(answer(200, {}, 'x'.repeat(100)));
    const sink = memorySink();
    await testClient().http.download(requestTo(server, { maxBytes: 100 }), sink);
    expect(sink.bytes()).toHaveLength(100);
  });
});

describe('politeness', () => {
  test('never has more requests under way than the publisher allows', async () => {
    let underWay = 0;
    let most = 0;
    const server = await publisherServer((_, response) => {
      most = Math.max(most, ++underWay);
      setTimeout(() => {
        underWay--;
        response.end('x');
      }, 15);
    });
    const { http } = testClient();
    const request = requestTo(server, { pace: { perSecond: 1_000_000, concurrent: 3 } });
    await Promise.all(Array.from({ length: 12 }, () => http.download(request, memorySink())));
    expect(most).toBe(3);
    expect(server.requests).toHaveLength(12);
  });

  test('spaces requests by the rate, retries included', async () => {
    const server = await publisherServer(inTurn(answer(200), answer(500), answer(200)));
    const { http, clock } = testClient({ backoffMs: 0 });
    const start = clock.now();
    const request = requestTo(server, { pace: { perSecond: 2, concurrent: 1 } });
    for (let i = 0; i < 4; i++) await http.download(request, memorySink());
    expect(server.requests).toHaveLength(5);
    expect(clock.now() - start).toBe(4 * 500);
  });

  test('a pause that one request was asked for holds the others of that host too', async () => {
    const server = await publisherServer(inTurn(answer(429, { 'retry-after': '60' }), answer(200)));
    const { http, clock } = testClient({ attempts: 1 });
    const start = clock.now();
    await faultOf(http.download(requestTo(server), memorySink()));
    await http.download(requestTo(server), memorySink());
    expect(clock.now() - start).toBe(60_000);
  });
});

test('no message and no log line holds a key, wherever the publisher echoes it', async () => {
  const { http, log } = testClient({ attempts: 2 });
  const headers = { 'API-KEY': 'hunter2secret' };
  const foreign = await publisherServer(
    answer(302, { location: 'http://elsewhere.example/?who=hunter2secret&X-Goog-Signature=abc123' }),
  );
  const broken = await publisherServer(breakOff({ 'content-length': '9' }, 'x'));
  const query = '?api_key=topsecret1&sig=topsecret2&password=topsecret3';
  const faults = [
    await faultOf(http.download(requestTo(foreign, { headers, url: foreign.url + query }), memorySink())),
    await faultOf(http.download(requestTo(broken, { headers, url: broken.url + query }), memorySink())),
    await faultOf(
      http.download(
        requestTo(broken, { headers, hosts: [], url: `http://user:topsecret4@${broken.host}/${query}` }),
        memorySink(),
      ),
    ),
  ];
  const said = [...faults.flatMap((fault) => [fault.message, JSON.stringify(fault)]), ...log.lines].join('\n');
  expect(said).not.toMatch(/hunter2secret|topsecret|abc123/);
  expect(said).toContain('***');
});
