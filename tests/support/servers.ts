/** Global setup: the real servers that tests run on, started only when a selected test file asks for one, stopped at the end. */
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { TestProject } from 'vitest/node';
import { acquire } from '../../loaders/postgres/embedded/index.ts';
import { numberInUse, serversIn, signal, waitForEnd } from '../../loaders/postgres/embedded/processes.ts';
import { silentLog } from './log.ts';
import { type RunningServer, startServer } from './server.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    testServers: { name: string; url: string }[];
  }
}

const OLDEST = 15;
const NEWEST = 18;

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { testFiles } = await project.globTestFiles(commandLineFilter(project.vitest));
  if (!testFiles.some((file) => usesServers(file, new Set()))) {
    project.provide('testServers', []);
    return async () => undefined;
  }
  await sweep();
  const folder = mkdtempSync(join(tmpdir(), `penstock-tests-${process.pid}-`));
  // The servers' user has to get in.
  chmodSync(folder, 0o755);
  const starts = [
    startEmbedded(join(folder, 'embedded')),
    ...installed().map(({ name, bin }) => startServer(name, bin, join(folder, name))),
  ];
  const outcomes = await Promise.allSettled(starts);
  const servers = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  async function stop(): Promise<void> {
    await Promise.all(servers.map((server) => server.stop()));
    rmSync(folder, { recursive: true, force: true });
  }
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) {
    await stop();
    throw failed.reason;
  }
  project.provide(
    'testServers',
    servers.map(({ name, url }) => ({ name, url })),
  );
  return stop;
}

/** The product's own embedded server, as a user without settings gets it. */
async function startEmbedded(dataDir: string): Promise<RunningServer> {
  const use = await acquire(dataDir, { log: silentLog });
  const url = new URL(use.url);
  url.pathname = '/postgres';
  return { name: 'embedded', url: url.href, stop: () => use.release() };
}

/** Servers and folders of earlier runs that were killed. */
async function sweep(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(/^penstock-tests-(\d+)-/.exec(name)?.[1] ?? 0);
    if (pid === 0 || numberInUse(pid)) continue;
    const folder = join(tmpdir(), name);
    const left = serversIn(folder);
    for (const server of left) signal(server, 'SIGQUIT');
    await waitForEnd(left, 10_000);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** File names given to vitest. The field is internal to it; without it all files count, which only costs time. */
function commandLineFilter(vitest: object): string[] {
  const filter: unknown = 'filenamePattern' in vitest ? vitest.filenamePattern : [];
  return Array.isArray(filter) ? filter.filter((part) => typeof part === 'string') : [];
}

/** Installed PostgreSQL of a supported version, where Debian and its kin put it. */
function installed(): { name: string; bin: string }[] {
  const root = '/usr/lib/postgresql';
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .filter(
      (version) =>
        Number(version) >= OLDEST && Number(version) <= NEWEST && existsSync(join(root, version, 'bin/initdb')),
    )
    .map((version) => ({ name: `installed-${version}`, bin: join(root, version, 'bin') }));
}

/** Whether a test file, or a file of tests/ that it imports, imports the support for databases. */
function usesServers(file: string, seen: Set<string>): boolean {
  if (seen.has(file) || !existsSync(file)) return false;
  seen.add(file);
  const imports = [...readFileSync(file, 'utf8').matchAll(/from '(\.[^']+)'/g)].map((match) =>
    resolve(dirname(file), match[1] ?? ''),
  );
  const support = join(import.meta.dirname, 'postgres.ts');
  const tests = resolve(import.meta.dirname, '..');
  return imports.some((path) => path === support || (path.startsWith(tests) && usesServers(path, seen)));
}
