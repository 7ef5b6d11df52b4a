/** A copy of the project's reference files in a folder of the test's own, to be changed and loaded. */
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunRequest, RunResult } from '../../engine/run.ts';
import type { Pool } from '../../loaders/postgres/database.ts';
import { loadCatalog } from '../../pipelines/index.ts';
import { temporaryFolder, testEngine, testRun, writeRecordings } from '../support/engine.ts';

export const REFERENCE: readonly string[] = [
  'local-consultation-event-types',
  'local-data-sources',
  'local-enumerations',
  'local-mitigation-strategies',
  'local-provenance-types',
  'local-stream-manifest',
  'local-threat-models',
  'local-weather-place-station',
  'local-weather-stations',
];

export interface ReferenceWorld extends AsyncDisposable {
  /** Replaces text in `data/reference/<name>`; fails if it is not there. */
  change(name: string, from: string | RegExp, to: string): Promise<void>;
  write(name: string, text: string): Promise<void>;
  load(request?: Partial<RunRequest>): Promise<RunResult>;
}

export async function referenceWorld(pool: Pool): Promise<ReferenceWorld> {
  const folder = await temporaryFolder();
  const shipped = await loadCatalog();
  for (const part of ['data/reference', 'transforms']) {
    await mkdir(join(folder.path, part), { recursive: true });
    await cp(join(shipped.root, part), join(folder.path, part), { recursive: true });
  }
  const catalog = { ...shipped, root: folder.path };
  const recordings = await writeRecordings(join(folder.path, 'none'), []);
  const path = (name: string): string => join(folder.path, 'data/reference', name);
  return {
    async change(name, from, to) {
      const before = await readFile(path(name), 'utf8');
      const after = before.replace(from, to);
      if (after === before) throw new Error(`${name} does not hold ${String(from)}`);
      await writeFile(path(name), after);
    },
    write: (name, text) => writeFile(path(name), text),
    async load(request = {}) {
      const engine = await testEngine({ pool, recordings, dataDir: folder.path, catalog });
      return testRun(engine, { ids: REFERENCE, ...request });
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}
