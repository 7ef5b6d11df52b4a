/** The catalog: every definition and publisher below a folder, found by looking, validated together. */
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { closest } from 'fastest-levenshtein';
import { Fault } from '../core/errors.ts';
import { definitionFaults, type Pipeline, type Publisher } from '../core/pipeline.ts';

export interface Catalog {
  /** Sorted by id. */
  readonly pipelines: readonly Pipeline[];
  readonly publishers: ReadonlyMap<string, Publisher>;
  /** Folder that paths of SQL files are relative to: the parent of the definitions' folder. */
  readonly root: string;
  /** Dataset id → path of its definition. */
  readonly files: ReadonlyMap<string, string>;
}

/** The definitions that ship with penstock. */
export const SHIPPED_PIPELINES: string = dirname(fileURLToPath(import.meta.url));

/**
 * Loads `<folder>/<publisher>/*.ts` (or `.js` once built). `publisher.ts` exports a publisher; a file whose default export is a
 * definition is one; other files are helpers of their neighbours.
 * @throws Fault `DEFINITION_INVALID` that lists every fault of every definition
 */
export async function loadCatalog(folder: string = SHIPPED_PIPELINES): Promise<Catalog> {
  const faults: string[] = [];
  const publishers = new Map<string, Publisher>();
  const found: Found[] = [];
  for (const file of await definitionFiles(folder)) {
    const loaded = await importDefault(join(folder, file));
    if (loaded instanceof Error) faults.push(`${file}: does not load: ${loaded.message.split('\n', 1)[0]}`);
    else if (isPublisher(file, loaded)) publishers.set(loaded.id, loaded);
    else if (isPipeline(loaded)) found.push({ file, pipeline: loaded });
  }
  const files = new Map<string, string>();
  const tables = new Map<string, string>();
  for (const { file, pipeline } of found) {
    faults.push(...definitionFaults(pipeline, publishers).map((fault) => `${file}: ${fault}`));
    const other = files.get(pipeline.id);
    if (other !== undefined) faults.push(`${file}: id: ${pipeline.id} is also the id of ${other}`);
    else files.set(pipeline.id, file);
    const name = pipeline.table?.name;
    const shape = JSON.stringify(pipeline.table?.columns);
    if (name !== undefined && tables.has(name) && tables.get(name) !== shape) {
      faults.push(`${file}: table: ${name} has another contract in another definition`);
    }
    if (name !== undefined) tables.set(name, shape);
  }
  if (faults.length === 0) faults.push(...found.flatMap((one) => orderFaults(one, found)));
  if (faults.length > 0) throw invalid(folder, faults);
  const pipelines = found.map(({ pipeline }) => pipeline).sort((a, b) => (a.id < b.id ? -1 : 1));
  return { pipelines, publishers, root: dirname(folder), files };
}

/**
 * The definitions with these ids, in catalog order; all of them for an empty list.
 * @throws Fault `UNKNOWN_DATASET` with the nearest id
 */
export function selectPipelines(catalog: Catalog, ids: readonly string[]): Pipeline[] {
  const known = catalog.pipelines.map(({ id }) => id);
  const unknown = ids.filter((id) => !known.includes(id));
  if (unknown.length > 0) {
    const hints = unknown.map((id) => (known.length === 0 ? '' : `did you mean ${closest(id, known)}?`));
    throw new Fault({
      code: 'UNKNOWN_DATASET',
      kind: 'usage',
      what: unknown.map((id, i) => `there is no dataset ${JSON.stringify(id.slice(0, 80))}; ${hints[i]}`).join(' '),
      consequence: 'nothing was run',
      next: 'penstock list shows all ids',
    });
  }
  return catalog.pipelines.filter(({ id }) => ids.length === 0 || ids.includes(id));
}

interface Found {
  readonly file: string;
  readonly pipeline: Pipeline;
}

/** Whether what a dataset names in `after` exists and does not wait for it in turn, and whether it names what its rows refer to. */
function orderFaults({ file, pipeline }: Found, all: readonly Found[]): string[] {
  const { id, after = [], table } = pipeline;
  const ids = all.map((one) => one.pipeline.id);
  const byId = new Map(all.map((one) => [one.pipeline.id, one.pipeline]));
  const unknown = after
    .filter((name) => !ids.includes(name))
    .map((name) => `${file}: after: there is no dataset ${name}; did you mean ${closest(name, ids)}?`);
  const circle = circleFrom(id, byId);
  const references = Object.entries(table.columns).flatMap(([column, { references: target }]) => {
    const name = target?.replace(/\(.*/, '');
    if (name === undefined || name === table.name) return [];
    const loading = ids.filter((other) => byId.get(other)?.table.name === name);
    return loading.length === 0 || loading.some((other) => after.includes(other))
      ? []
      : [`${file}: after: ${column} refers to ${name}, so name ${loading.join(' or ')}`];
  });
  return [...unknown, ...(circle === null ? [] : [`${file}: after: ${circle.join(' waits for ')}`]), ...references];
}

/** The way from a dataset through `after` back to itself; null where there is none. */
function circleFrom(id: string, byId: ReadonlyMap<string, Pipeline>): string[] | null {
  const ways = [[id]];
  const seen = new Set<string>();
  for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
    for (const next of byId.get(way.at(-1) ?? '')?.after ?? []) {
      if (next === id) return [...way, next];
      if (!seen.has(next)) ways.push([...way, next]);
      seen.add(next);
    }
  }
  return null;
}

async function definitionFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new Fault({
      code: 'DEFINITIONS_NOT_FOUND',
      kind: 'configuration',
      what: `the folder of definitions cannot be read: ${folder}`,
      consequence: 'nothing was run',
      next: 'give the right folder with --pipelines',
      cause,
    });
  });
  const nested = entries
    .filter((entry) => entry.isDirectory())
    .map(async ({ name }) => (await readdir(join(folder, name))).map((file) => join(name, file)));
  return (await Promise.all(nested))
    .flat()
    .filter((file) => /\.(ts|js|mjs)$/.test(file) && !file.endsWith('.d.ts'))
    .sort();
}

async function importDefault(path: string): Promise<unknown> {
  try {
    const module = (await import(pathToFileURL(path).href)) as { default?: unknown };
    return module.default;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function isPublisher(file: string, value: unknown): value is Publisher {
  return /(^|[/\\])publisher\.[a-z]+$/.test(file) && typeof value === 'object' && value !== null && 'hosts' in value;
}

function isPipeline(value: unknown): value is Pipeline {
  return typeof value === 'object' && value !== null && 'extract' in value;
}

function invalid(folder: string, faults: readonly string[]): Fault {
  const count = faults.length === 1 ? 'one fault' : `${faults.length} faults`;
  return new Fault({
    code: 'DEFINITION_INVALID',
    kind: 'definition',
    what: `${count} in the definitions of ${folder}:\n${faults.map((fault) => `  - ${fault}`).join('\n')}\n`,
    consequence: 'nothing was run',
    next: 'mend them, then: penstock lint',
  });
}
