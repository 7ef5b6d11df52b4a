/** The command line without any setting: samples into an embedded database of their own, shared by the commands. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openPool } from '../../loaders/postgres/database.ts';
import { type Answer, builtProgram, runProgram, temporaryFolder } from './support.ts';

const program = builtProgram();
const folder = temporaryFolder();
const penstock = (words: readonly string[]): Promise<Answer> => runProgram(program, words, { cwd: folder });

test('the first command of a fresh machine, and the second one', async () => {
  const first = await penstock(['--samples', '--json']);
  expect(first.code).toBe(0);
  expect(first.json<{ source: string; datasets: { id: string; rows: { inserted: number } }[] }>()).toMatchObject({
    source: 'samples',
  });
  const { datasets } = first.json<{
    datasets: { publisher: string; outcomes: { loaded?: number }; rows: { inserted: number; revised: number } }[];
  }>();
  const loaded = datasets.filter(({ outcomes }) => (outcomes.loaded ?? 0) > 0);
  expect([...new Set(loaded.map(({ publisher }) => publisher))].sort()).toEqual(
    [...new Set(datasets.map(({ publisher }) => publisher))].sort(),
  );
  // A migration has put the stations of places there already; the file takes them over.
  for (const { rows } of loaded) expect(rows.inserted + rows.revised).toBeGreaterThan(0);
  expect(existsSync(join(folder, 'data/sample/postgres'))).toBe(true);
  const second = await penstock(['run', '--samples', '--json']);
  for (const { rows } of second.json<{ datasets: { rows: { inserted: number; revised: number } }[] }>().datasets)
    expect(rows).toMatchObject({ inserted: 0, revised: 0 });
  expect((await penstock(['db', 'url', '--samples'])).code).toBe(1);
  // The samples are of 2025 and before, so they are stale by now, and health says so.
  expect((await penstock(['health', '--samples'])).code).toBe(4);
});

test('db start leaves the server running, url says how to connect, status what it holds, stop ends it', async () => {
  expect((await penstock(['db', 'start', '--samples'])).code).toBe(0);
  try {
    const url = (await penstock(['db', 'url', '--samples'])).stdout.trim();
    expect(url).toMatch(/^postgresql:\/\/\w+:[\w-]+@127\.0\.0\.1:\d+\/\w+$/);
    const pool = openPool(url, { max: 1 });
    expect(await pool.query('select 1 as one')).toEqual([{ one: 1 }]);
    await pool.close();
    expect((await penstock(['db', 'status', '--samples', '--json'])).json()).toMatchObject({
      kind: 'embedded',
      running: true,
      pending: [],
      content: 'samples',
    });
    expect(
      (
        await penstock(['query', '--samples', '--json', 'select count(*) > 0 as some from ontario_hourly_demand'])
      ).json(),
    ).toEqual([{ some: true }]);
    expect((await penstock(['db', 'url', '--samples'])).stdout.trim()).toBe(url);
  } finally {
    expect((await penstock(['db', 'stop', '--samples', '--json'])).json()).toMatchObject({ stopped: true });
  }
  expect((await penstock(['db', 'stop', '--samples'])).stdout).toBe('The embedded database was not running.\n');
  expect((await penstock(['db', 'status', '--samples'])).stdout).toMatch(/^embedded database, not running: /);
});
