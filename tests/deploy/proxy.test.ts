/** The proxy in front of the server: streams are not held back, clients cannot choose by what they are counted, figures stay inside. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../serve/support.ts';
import { type RunningApi, startApi } from '../support/api.ts';
import { kindOf, listenTo, type StreamClient } from '../support/event-stream.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import { openDemandPush, putDemand } from '../support/stream-loads.ts';
import { hasCaddy, type Proxy, startCaddy } from './caddy.ts';
import { ROOT } from './linters.ts';

const CADDYFILE = readFileSync(join(ROOT, 'deploy/Caddyfile'), 'utf8');

// CI without the proxy is a fault of CI.
describe.skipIf(!hasCaddy && process.env['CI'] === undefined)('the proxy', () => {
  let database: FreshDatabase;
  let server: RunningApi;
  let proxy: Proxy;

  beforeAll(async () => {
    database = await freshDatabase();
    await openDemandPush(database.pool);
    await putDemand(database.pool, { hours: [[-1, 14_000]] });
    server = await startApi({
      url: database.url,
      settings: { addressHeader: 'x-forwarded-for', limits: { read: 1_000, write: null, stream: null } },
    });
    proxy = await startCaddy(CADDYFILE, server.url);
  });
  afterAll(async () => {
    await proxy.stop();
    await server.stop();
  });

  it('gives each event on at once, while the stream stays open', async () => {
    const client: StreamClient = await listenTo(proxy.url, '/stream-ontario-demand', {});
    await client.find(({ event }) => event === 'hello');
    const load = await putDemand(database.pool, { hours: [[0, 15_000]] });
    const event = await client.find((one) => one.event === 'data' && kindOf(one)['load_id'] === String(load));
    expect(kindOf(event)).toMatchObject({ kind: 'load' });
    client.close();
  });

  it('counts a client by its connection, whatever the client says about itself', async () => {
    const left = async (base: string, said: string): Promise<number> =>
      Number(
        (await ask(base, '/api-v2-grid-status', { headers: { 'x-forwarded-for': said } })).headers[
          'x-ratelimit-remaining'
        ],
      );
    const first = await left(proxy.url, '192.0.2.1');
    expect(await left(proxy.url, '192.0.2.2')).toBeLessThan(first);
    expect(await left(proxy.url, '192.0.2.3, 192.0.2.4')).toBeLessThan(first - 1);
    // Without the proxy the header would be believed, which is why nobody but the proxy may reach the server.
    expect(await left(server.url, '192.0.2.9')).toBe(999);
  });

  it.each(['/metrics', '/metrics/', '/metrics/x', '//metrics', '/%6detrics', '/x/../metrics'])(
    'keeps %s inside',
    async (path) => {
      const { status, body } = await ask(proxy.url, path);
      expect(status).toBe(404);
      // The server would say more.
      expect(body).toBe('');
      expect((await ask(server.url, path)).body).not.toBe('');
    },
  );

  it('passes on what the server says: compression, its own marks, headers for pages of other sites', async () => {
    const headers = { 'accept-encoding': 'gzip', origin: 'http://localhost:3000' };
    const direct = await ask(server.url, '/openapi.json', { headers });
    const through = await ask(proxy.url, '/openapi.json', { headers });
    expect(through.status).toBe(200);
    for (const name of ['content-encoding', 'etag', 'access-control-allow-origin', 'access-control-expose-headers'])
      expect(through.headers[name], name).toBe(direct.headers[name]);
    expect(through.headers['strict-transport-security']).toContain('max-age=');
    expect(through.headers['server']).toBeUndefined();
  });

  it('a file with a fault does not start', async () => {
    await expect(startCaddy(CADDYFILE.replace('flush_interval', 'flush_often'), server.url)).rejects.toThrow(
      'caddy ended',
    );
  });
});
