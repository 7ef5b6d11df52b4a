/** What stands in front of Supabase's functions: it takes `/functions/v1` away, says who asked, and knows no other path. */
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Gateway {
  readonly url: string;
  stop(): Promise<void>;
}

/** @param target every function: one process answers for all of them, since each could */
export async function startGateway(target: string): Promise<Gateway> {
  const { hostname, port } = new URL(target);
  const server = createServer((asked, answer) => {
    const path = /^\/functions\/v1(\/.*)$/.exec(asked.url ?? '')?.[1];
    if (path === undefined) {
      answer.writeHead(404, { 'content-type': 'application/json' }).end('{"message":"no Route matched"}');
      return;
    }
    const headers = { ...asked.headers, 'cf-connecting-ip': '192.0.2.1' };
    const passed = request({ hostname, port, path, method: asked.method, headers }, (reply) => {
      answer.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(answer);
    });
    passed.on('error', () => answer.destroy());
    answer.on('close', () => passed.destroy());
    asked.pipe(passed);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
