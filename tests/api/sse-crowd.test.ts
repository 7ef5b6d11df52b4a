/** A crowd that listens: over one listening connection of the database, with one question per load, and all of them come back at once. */
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import { openDemandPush, putDemand } from '../support/stream-loads.ts';
import { startStreams, type StreamServer } from '../support/stream-server.ts';

const CROWD = 1_200;
const LONG = { timeout: 180_000 };
const SOON = { timeout: 120_000, interval: 100 };
let db: FreshDatabase;
let server: StreamServer;
beforeAll(async () => {
  db = await freshDatabase();
  await openDemandPush(db.pool);
  await putDemand(db.pool, { hours: [[0, 15_000]] });
  server = await startStreams({ url: db.url });
});
afterAll(async () => server.stop());

interface Member {
  readonly socket: Socket;
  text: string;
  closed: boolean;
}

/** Each has an address of its own, as a proxy in front would say it. */
function member(number: number, lastId = ''): Member {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  const one: Member = { socket, text: '', closed: false };
  socket.setEncoding('utf8');
  socket.on('data', (part: string) => (one.text += part));
  socket.on('close', () => (one.closed = true));
  socket.on('error', () => undefined);
  socket.write(
    `GET /stream-ontario-demand?events=unnamed HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nX-Real-IP: 10.0.${number >> 8}.${number & 255}\r\n${lastId === '' ? '' : `Last-Event-ID: ${lastId}\r\n`}\r\n`,
  );
  return one;
}
const count = (text: string, part: string): number => text.split(part).length - 1;
const listening = (): number => server.hub.stats().clients['ontario-demand'];

test(
  'each of them gets each load once; who comes back gets what was missed; one question is asked for all',
  LONG,
  async () => {
    const crowd = Array.from({ length: CROWD }, (_, number) => member(number));
    await vi.waitUntil(() => listening() === CROWD, SOON);
    const before = server.asked.length;
    const seen = await putDemand(db.pool, { hours: [[1, 15_100]] });
    await vi.waitUntil(() => crowd.every(({ text }) => text.includes(`id: ontario-demand:${seen}\n`)), SOON);
    expect(server.asked.slice(before).filter((text) => text.includes('of_load'))).toHaveLength(1);
    const [connections] = await db.pool.query<{ n: number }>(
      `select count(*)::int as n from pg_stat_activity where datname = current_database() and application_name = 'penstock notices'`,
    );
    expect(connections?.n).toBe(1);

    for (const { socket } of crowd) socket.destroy();
    await vi.waitUntil(() => listening() === 0, SOON);
    const missed = await putDemand(db.pool, { hours: [[2, 15_200]] });
    const back = server.asked.length;
    const again = crowd.map((_, number) => member(number, `ontario-demand:${seen}`));
    await vi.waitUntil(() => again.every(({ text }) => text.includes(`id: ontario-demand:${missed}\n`)), SOON);
    expect(server.asked.slice(back).filter((text) => text.includes('of_load')).length).toBeLessThan(5);
    const live = await putDemand(db.pool, { hours: [[3, 15_300]] });
    await vi.waitUntil(() => again.every(({ text }) => text.includes(`id: ontario-demand:${live}\n`)), SOON);
    for (const { text } of again)
      expect([15_000, 15_100, 15_200, 15_300].map((mw) => count(text, `"total_demand_mw":${mw}`))).toEqual([
        0, 0, 1, 1,
      ]);
    expect(server.hub.stats().dropped).toEqual({});

    await server.stop();
    await vi.waitUntil(() => again.every(({ closed }) => closed), SOON);
    for (const { text } of again) expect(text).toContain('"code":"SERVER_STOPS"');
  },
);
