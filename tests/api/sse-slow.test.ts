/** Whoever is slow: a client that does not read is let go, one that does not say what it wants is cut off, and a quiet stream stays open. */
import { connect, type Socket } from 'node:net';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { endpoint } from '../../serve/api/endpoint.ts';
import { ask } from '../serve/support.ts';
import { ADMIN_KEY, startApi } from '../support/api.ts';
import { kindOf, listenTo } from '../support/event-stream.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import { openDemandPush, putDemand } from '../support/stream-loads.ts';
import { startStreams, type StreamServer } from '../support/stream-server.ts';

const PATH = '/stream-ontario-demand';
const LONG = { timeout: 60_000 };
let db: FreshDatabase;
let server: StreamServer;
beforeAll(async () => {
  db = await freshDatabase();
  await openDemandPush(db.pool);
  await putDemand(db.pool, { hours: [[-1, 14_000]] });
});
afterEach(async () => server.stop());

/** A connection that a test writes to and reads from by itself. */
async function socketTo(url: string): Promise<{ socket: Socket; text: () => string; closed: () => boolean }> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let text = '';
  let closed = false;
  socket.on('data', (part: Buffer) => (text += part.toString()));
  socket.on('close', () => (closed = true));
  socket.on('error', () => undefined);
  await new Promise<void>((done) => socket.once('connect', () => done()));
  return { socket, text: () => text, closed: () => closed };
}

describe('a client that does not read', () => {
  test(
    'is let go with the reason, counted, and gets the rest when it comes back; the others notice nothing',
    LONG,
    async () => {
      server = await startStreams({ url: db.url });
      const slow = await listenTo(server.url, PATH);
      await slow.find(({ event }) => event === 'data');
      slow.pause();
      const quick = await listenTo(server.url, `${PATH}?events=named`);
      const rows = 4_000;
      const loads: number[] = [];
      // What the operating system takes for it comes on top of what is allowed.
      while ((server.hub.stats().dropped['SSE_SLOW_CLIENT'] ?? 0) === 0) {
        loads.push(
          await putDemand(db.pool, { hours: Array.from({ length: rows }, (_, hour) => [hour, 15_000 + loads.length]) }),
        );
        const load = String(loads.at(-1));
        await quick.find((event) => kindOf(event)['load_id'] === load && kindOf(event)['part'] === 8);
        expect(loads.length).toBeLessThan(100);
      }
      expect(server.hub.stats()).toMatchObject({
        clients: { 'ontario-demand': 1 },
        dropped: { SSE_SLOW_CLIENT: 1 },
      });
      expect(quick.events.filter((event) => kindOf(event)['kind'] === 'load')).toHaveLength(loads.length * 8);
      slow.resume();
      await slow.untilEnded();
      // It had read less than was sent, and every event that it has is whole.
      expect(slow.events.length).toBeLessThan(loads.length * 16);
      expect(slow.events.at(-1)).toMatchObject({ event: 'error', data: { code: 'SSE_SLOW_CLIENT' } });
      const back = await listenTo(server.url, PATH, { 'Last-Event-ID': slow.lastId ?? '' });
      await back.find((event) => kindOf(event)['load_id'] === String(loads.at(-1)));
      back.close();
      quick.close();
    },
  );

  test('and never reads again is cut off', LONG, async () => {
    server = await startStreams({ url: db.url, quicker: 100 });
    const { socket, closed } = await socketTo(server.url);
    socket.pause();
    socket.write(`GET ${PATH} HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n`);
    await vi.waitUntil(() => server.hub.stats().clients['ontario-demand'] === 1);
    for (let i = 0; (server.hub.stats().dropped['SSE_SLOW_CLIENT'] ?? 0) === 0; i += 1) {
      await putDemand(db.pool, { hours: Array.from({ length: 4_000 }, (_, hour) => [hour, 16_000 + i]) });
      expect(i).toBeLessThan(100);
    }
    // Whoever reads nothing only learns of it by writing; an empty line is no request.
    await vi.waitUntil(
      () => {
        socket.write('\r\n');
        return closed();
      },
      { timeout: 20_000 },
    );
  });
});

describe('a client that does not say what it wants', () => {
  const taking = endpoint({
    name: 'taking',
    method: 'post',
    paths: ['/taking'],
    tag: 'Test',
    summary: 'test',
    limit: 'none',
    body: z.object({ word: z.string() }),
    answer: z.object({}),
    handle: async () => ({ body: {} }),
  });
  beforeEach(async () => {
    server = await startStreams({
      url: db.url,
      more: [taking],
      patience: { requestMs: 400, headersMs: 200, lookEveryMs: 50 },
    });
  });

  test('headers that do not end are cut off with 408', async () => {
    const { socket, text, closed } = await socketTo(server.url);
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nX-');
    await vi.waitUntil(closed, { timeout: 20_000 });
    expect(text()).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
  });

  test('a body that does not end is cut off with 408, and costs nobody else anything', async () => {
    const { socket, text, closed } = await socketTo(server.url);
    socket.write(
      'POST /taking HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"w',
    );
    await vi.waitUntil(closed, { timeout: 20_000 });
    expect(text()).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    const body = JSON.stringify({ word: 'x' });
    const headers = { 'Content-Type': 'application/json', 'Content-Length': String(body.length) };
    expect((await ask(server.url, '/taking', { method: 'POST', headers, body })).status).toBe(200);
  });

  test('a stream that is open longer than a request may take stays open', async () => {
    const client = await listenTo(server.url, `${PATH}?events=named`);
    const { socket, closed } = await socketTo(server.url);
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nX-');
    // The clocks that cut this one off have looked at the stream, too.
    await vi.waitUntil(closed, { timeout: 20_000 });
    await new Promise((done) => setTimeout(done, 600));
    const load = await putDemand(db.pool, { hours: [[8_000, 15_000]] });
    await client.find((event) => kindOf(event)['load_id'] === String(load));
    expect(client.ended).toBe(false);
    client.close();
  });
});

test.each(['with its length said before', 'without'])(
  'a body of 10 MB, %s, is 413 and is not read',
  LONG,
  async (how) => {
    server = await startStreams({ url: db.url });
    const api = await startApi({ url: db.url });
    try {
      const body = new Uint8Array(10 * 1024 * 1024).fill(0x20);
      const said = { 'Content-Type': 'application/json', Authorization: `Bearer ${ADMIN_KEY}` };
      const length = how === 'without' ? { 'Transfer-Encoding': 'chunked' } : { 'Content-Length': String(body.length) };
      const answer = await ask(api.url, '/api/review/aaaa0000', {
        method: 'POST',
        body,
        headers: { ...said, ...length },
      });
      expect(answer.status).toBe(413);
      expect(answer.json()).toMatchObject({ code: 'HTTP_BODY_TOO_LARGE' });
      expect((await ask(api.url, '/api/flags')).status).toBe(200);
    } finally {
      await api.stop();
    }
  },
);
