/** The package as somebody else gets it: built, packed, installed into an empty folder, run. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

function call(
  command: string,
  args: readonly string[],
  cwd: string,
): { readonly out: string; readonly exitCode: number } {
  const env = { ...process.env, npm_lifecycle_event: '', DATABASE_URL: '' };
  const done = spawnSync(command, args, { cwd, env, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return { out: `${done.stdout}${done.status === 0 ? '' : done.stderr}`, exitCode: done.status ?? 1 };
}

describe('the installed package', () => {
  let folder = '';
  const penstock = (...args: string[]) => call(join(folder, 'node_modules/.bin/penstock'), args, folder);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'penstock-package-'));
    expect(call(process.execPath, ['node_modules/tsx/dist/cli.mjs', 'build.ts'], ROOT)).toMatchObject({ exitCode: 0 });
    expect(call('npm', ['pack', '--pack-destination', folder], ROOT)).toMatchObject({ exitCode: 0 });
    const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz')) ?? 'no tarball';
    await writeFile(join(folder, 'package.json'), '{"private": true, "type": "module"}');
    expect(call('npm', ['install', '--no-audit', '--no-fund', join(folder, tarball)], folder)).toMatchObject({
      exitCode: 0,
    });
  }, 300_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('lists its datasets', () => {
    const { out, exitCode } = penstock('list', '--json');
    expect(exitCode).toBe(0);
    expect((JSON.parse(out) as { id: string }[]).map(({ id }) => id)).toContain('ieso-demand');
  });

  it('loads its samples into an embedded database and answers a query', () => {
    expect(penstock('--samples', '--quiet')).toMatchObject({ exitCode: 0 });
    expect(penstock('query', 'select count(*) from ontario_hourly_demand', '--samples', '--json').out.trim()).toBe(
      '[{"count":9504}]',
    );
  }, 120_000);

  it('runs a definition of somebody else, written against the package', async () => {
    const { mkdir } = await import('node:fs/promises');
    await mkdir(join(folder, 'mine/pipelines/local'), { recursive: true });
    await writeFile(
      join(folder, 'mine/pipelines/local/publisher.mjs'),
      `import { definePublisher } from 'penstock';
export default definePublisher({ id: 'local', title: 'Mine', hosts: ['example.org'], pace: { perSecond: 1, concurrent: 1 } });`,
    );
    await writeFile(
      join(folder, 'mine/pipelines/local/series.mjs'),
      `import { csv, definePipeline, instant, mw, table, yearly } from 'penstock';
export default definePipeline({
  id: 'local-series', title: 'Mine', publisher: 'local', licence: { name: 'mine', attribution: 'mine' },
  partitions: yearly({ from: 2025, zone: 'UTC' }),
  extract: { url: 'https://example.org/{yyyy}.csv', decode: csv({ header: ['t', 'v'] }) },
  publishes: { every: 'P1D', delay: 'P1D', staleAfter: 'P2D', schedule: '0 0 * * *', zone: 'UTC' },
  transform: 'transforms/series.sql',
  table: table('public.local_series', { hour: instant({ key: true, doc: 'Start.' }), demand_mw: mw({ doc: 'Demand.' }) }),
});`,
    );
    const { out, exitCode } = penstock('list', '--json', '--pipelines', 'mine/pipelines');
    expect(exitCode, out).toBe(0);
    expect(JSON.parse(out)).toMatchObject([{ id: 'local-series', table: 'public.local_series' }]);
  });
});
