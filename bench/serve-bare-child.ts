/** The rival: `node:http`, `pg`, the statement of the endpoint, `JSON.stringify`. It knows no keys, limits, cursors, caches or provenance. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { streamSource } from '../serve/rows/catalog.ts';
import { pageStatement } from '../serve/rows/select.ts';

export async function serveBareChild([url = '', limit = '100']: readonly string[]): Promise<void> {
  const pool = new pg.Pool({
    connectionString: url,
    max: 8,
    onConnect: async (client) => {
      await client.query(`set timezone to 'UTC'; set role anon; set default_transaction_read_only to on`);
    },
  });
  const source = streamSource('ontario-demand');
  const server = createServer((request, response) => {
    const from = new URL(request.url ?? '/', 'http://localhost').searchParams.get('from') ?? undefined;
    const { text, params } = pageStatement(source, { limit: Number(limit), order: 'asc', from });
    pool.query(text, [...params]).then(
      ({ rows }) => response.setHeader('content-type', 'application/json').end(JSON.stringify(rows)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await new Promise<void>((done) => process.once('SIGTERM', done));
  server.closeAllConnections();
  server.close();
  await pool.end();
}
