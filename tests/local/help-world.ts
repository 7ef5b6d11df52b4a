/** The help datasets over a folder of their own: files that a test may change, on a fresh database. */
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readHelpFiles } from '../../data/help/check.ts';
import type { HelpFile } from '../../data/help/front-matter.ts';
import type { RunResult } from '../../engine/run.ts';
import type { Pool } from '../../loaders/postgres/database.ts';
import { loadCatalog } from '../../pipelines/index.ts';
import { testEngine, testRun, writeRecordings } from '../support/engine.ts';

const PROJECT = join(import.meta.dirname, '../..');
export const HELP_FOLDER: string = join(PROJECT, 'data/help');
export const HELP_DATASETS: readonly string[] = ['local-help-content', 'local-help-alias'];

export interface HelpWorld {
  write(name: string, text: string): Promise<void>;
  /** The file with one text put in the place of another, which must be in it. */
  change(name: string, from: string, to: string): Promise<void>;
  remove(name: string): Promise<void>;
  files(): Promise<HelpFile[]>;
  load(): Promise<RunResult>;
}

/** Starts with the files that ship, or with these alone. */
export async function helpWorld(pool: Pool, folder: string, only?: readonly HelpFile[]): Promise<HelpWorld> {
  const help = join(folder, 'data/help');
  await mkdir(help, { recursive: true });
  await cp(join(PROJECT, 'transforms'), join(folder, 'transforms'), { recursive: true });
  for (const { name, text } of only ?? (await readHelpFiles(HELP_FOLDER))) await writeFile(join(help, name), text);
  const shipped = await loadCatalog();
  const catalog = {
    ...shipped,
    root: folder,
    pipelines: shipped.pipelines.filter(({ id }) => HELP_DATASETS.includes(id)),
  };
  const recordings = await writeRecordings(join(folder, 'none'), []);
  return {
    write: (name, text) => writeFile(join(help, name), text),
    async change(name, from, to) {
      const text = await readFile(join(help, name), 'utf8');
      if (!text.includes(from)) throw new Error(`${name} does not hold ${JSON.stringify(from)}`);
      await writeFile(join(help, name), text.replace(from, to));
    },
    remove: (name) => rm(join(help, name)),
    files: () => readHelpFiles(help),
    load: async () => testRun(await testEngine({ pool, recordings, dataDir: folder, catalog }), {}),
  };
}

/** A file without a fault; `change` replaces lines of the front matter, null takes one away. */
export function helpFile(id: string, change: Readonly<Record<string, string | null>> = {}, body?: string): HelpFile {
  const lines: Record<string, string | null> = {
    id,
    title: 'A panel',
    short_text: 'What a panel shows.',
    tags: '[test]',
    sources: '[{ name: IESO, url: https://www.ieso.ca/ }]',
    last_updated: '2026-11-22',
    author: 'A. Writer',
    ...change,
  };
  const front = Object.entries(lines).flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}`]));
  return {
    name: `${id}.md`,
    text: ['---', ...front, '---', '', body ?? 'It shows demand in MW. See [IESO](https://www.ieso.ca/).', ''].join(
      '\n',
    ),
  };
}
