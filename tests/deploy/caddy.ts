/** The proxy of the compose file as a process in front of a test's server, with the file as it is. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Debian's package; who has none sees the tests skipped, and CI has one. */
export const hasCaddy = spawnSync('caddy', ['version']).status === 0;

export interface Proxy {
  readonly url: string;
  stop(): Promise<void>;
}

/** @param config text of the Caddyfile */
export async function startCaddy(config: string, upstream: string): Promise<Proxy> {
  const folder = mkdtempSync(join(tmpdir(), 'penstock-caddy-'));
  const file = join(folder, 'Caddyfile');
  writeFileSync(file, config);
  const url = `http://127.0.0.1:${await freePort()}`;
  const child = spawn('caddy', ['run', '--adapter', 'caddyfile', '--config', file], {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: folder,
      XDG_DATA_HOME: folder,
      XDG_CONFIG_HOME: folder,
      PENSTOCK_SITE: url,
      PENSTOCK_UPSTREAM: new URL(upstream).host,
    },
  });
  let said = '';
  const ended = new Promise<void>((done) => child.on('close', () => done()));
  await new Promise<void>((done, failed) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('serving initial configuration')) done();
    });
    child.on('close', () => failed(new Error(`caddy ended: ${said}`)));
  });
  return {
    url,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}
