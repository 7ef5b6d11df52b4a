/** Writes what `new` scaffolds below the project that holds the definitions; what exists is never overwritten. */
import { existsSync } from 'node:fs';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { Fault } from '../core/errors.ts';
import { readRootFiles } from '../engine/root-files.ts';
import { missingFiles, scaffold, type ScaffoldFile } from '../engine/scaffold.ts';
import { loadCatalog, SHIPPED_PIPELINES } from '../pipelines/index.ts';
import type { Settings } from './settings.ts';

export interface NewDataset {
  readonly root: string;
  readonly files: readonly Pick<ScaffoldFile, 'path' | 'mode'>[];
}

/** @throws Fault `NEW_DATASET_INVALID`, `NEW_DATASET_EXISTS`, `NEW_DATASET_NO_PROJECT` */
export async function newDataset(
  settings: Settings,
  words: string,
  options: { readonly table?: string; readonly url?: string },
  now: number,
): Promise<NewDataset> {
  const folder = definitionsFolder(settings);
  const root = dirname(folder);
  const [publisher = '', name = '', ...more] = words.split('/');
  const id = name.startsWith(`${publisher}-`) ? name : `${publisher}-${name}`;
  const files =
    more.length === 0 &&
    existsSync(join(folder, publisher, `${name}.ts`)) &&
    options.table === undefined &&
    options.url === undefined
      ? await lacking(folder, root, id, now)
      : scaffold({
          id: more.length === 0 && name !== '' ? id : words,
          publisher,
          publisherIsNew: !existsSync(join(folder, publisher, 'publisher.ts')),
          table: options.table ?? id.replaceAll('-', '_'),
          url: options.url ?? `https://data.example.org/${name}/{yyyy}.csv`,
          now,
        }).map((file) => ({ ...file, path: file.path.replace(/^pipelines\//, `${basename(folder)}/`) }));
  const there = files
    .filter(({ path, mode }) => mode === 'create' && existsSync(join(root, path)))
    .map(({ path }) => path);
  if (there.length > 0) throw existsFault(there, root, words);
  for (const { path, content, mode } of files) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    if (mode === 'create') await writeFile(join(root, path), content, { flag: 'wx' });
    else await append(join(root, path), content);
  }
  return { root, files: files.map(({ path, mode }) => ({ path, mode })) };
}

async function lacking(folder: string, root: string, id: string, now: number): Promise<ScaffoldFile[]> {
  const catalog = await loadCatalog(folder);
  const pipeline = catalog.pipelines.find((known) => known.id === id);
  if (pipeline === undefined) return [];
  return missingFiles(pipeline, await readRootFiles(root), now);
}

/** The access rows begin with a header, and a file of somebody else may lack its last line end. */
async function append(path: string, content: string): Promise<void> {
  const before = existsSync(path) ? await readFile(path, 'utf8') : 'table,role,verbs\n';
  if (!existsSync(path)) await writeFile(path, before);
  await appendFile(path, before.endsWith('\n') ? content : `\n${content}`);
}

/** Never the installed package: the source project, `--pipelines`, or the project of the current folder. */
function definitionsFolder({ pipelines }: Settings): string {
  if (pipelines !== null) return resolve(pipelines);
  if (import.meta.url.endsWith('.ts')) return SHIPPED_PIPELINES;
  const here = resolve(process.cwd(), 'pipelines');
  if (existsSync(here)) return here;
  throw new Fault({
    code: 'NEW_DATASET_NO_PROJECT',
    kind: 'usage',
    what: 'there is no folder of definitions here',
    where: process.cwd(),
    consequence: 'nothing was written',
    next: 'go to the project, or name its definitions with --pipelines',
  });
}

function existsFault(paths: readonly string[], root: string, words: string): Fault {
  return new Fault({
    code: 'NEW_DATASET_EXISTS',
    kind: 'usage',
    what: `these files exist already: ${paths.join(', ')}`,
    where: root,
    consequence: 'nothing was written',
    next: `choose another name, or, to complete a definition that exists: penstock new ${words}`,
  });
}
