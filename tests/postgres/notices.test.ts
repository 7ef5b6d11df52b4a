/** One connection hears for everybody, and comes back when it is cut. */
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { openNotices, type OpenNotices } from '../../loaders/postgres/notices.ts';
import { recordingLog } from '../support/log.ts';
import { type FreshDatabase, freshDatabase, testServers } from '../support/postgres.ts';

describe.each(testServers())('on $name', (server) => {
  let db: FreshDatabase;
  let notices: OpenNotices | undefined;
  beforeAll(async () => {
    db = await freshDatabase(server);
  });
  afterEach(async () => {
    await notices?.close();
  });
  const tell = (channel: string, payload: string) => db.pool.query('select pg_notify($1, $2)', [channel, payload]);
  const cut = () =>
    db.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'penstock notices' and datname = current_database()`,
    );
  async function opened(log = recordingLog()): Promise<OpenNotices> {
    const one = openNotices(db.url, log);
    notices = one;
    await vi.waitUntil(() => one.connected);
    return one;
  }

  test('everybody who listens hears, in order; who has ended hears no more', async () => {
    const one = await opened();
    const heard: string[] = [];
    const end = one.listen('news', (payload) => heard.push(`a ${payload}`));
    one.listen('news', (payload) => heard.push(`b ${payload}`));
    one.listen('other', (payload) => heard.push(`c ${payload}`));
    // Listening begins when the database has been asked; until then nothing is promised.
    await vi.waitUntil(async () => {
      await tell('news', 'early');
      await tell('other', 'early');
      return heard.includes('b early') && heard.includes('c early');
    });
    heard.length = 0;
    await tell('news', '1');
    await tell('news', '2');
    await vi.waitUntil(() => heard.includes('b 2'));
    expect(heard.filter((line) => !line.endsWith('early'))).toEqual(['a 1', 'b 1', 'a 2', 'b 2']);
    end();
    await tell('news', '3');
    await vi.waitUntil(() => heard.includes('b 3'));
    expect(heard).not.toContain('a 3');
  });

  test('a connection that was cut comes back, and says that something may have been missed', async () => {
    const log = recordingLog();
    const one = await opened(log);
    const heard: string[] = [];
    let restored = 0;
    one.listen('news', (payload) => heard.push(payload));
    one.restored(() => (restored += 1));
    await vi.waitUntil(async () => {
      await tell('news', 'before');
      return heard.includes('before');
    });
    await cut();
    await vi.waitUntil(() => restored === 1, { timeout: 20_000 });
    expect(one.connected).toBe(true);
    await tell('news', 'after');
    await vi.waitUntil(() => heard.includes('after'));
    expect(log.lines.filter((line) => line.startsWith('warn'))).toEqual([
      expect.stringContaining('is not heard; trying again'),
    ]);
  });

  test('it closes while it waits for a server that does not answer', async () => {
    const one = openNotices('postgresql://127.0.0.1:9/none', recordingLog());
    await one.close();
    expect(one.connected).toBe(false);
  });
});
