/** The stations' definitions, and runs of them over files that a test wrote. */
import { join } from 'node:path';
import { partitionIntervals } from '../../core/partitions.ts';
import type { Pipeline } from '../../core/pipeline.ts';
import { fillUrl } from '../../core/url-template.ts';
import { loadCatalog } from '../../pipelines/index.ts';
import type { DatasetReport } from '../../reports/model.ts';
import { type Recorded, temporaryFolder, testEngine, testRun, writeRecordings } from '../support/engine.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';

/** Every dataset of a station. */
export const stations: readonly Pipeline[] = (await loadCatalog()).pipelines.filter(
  ({ publisher }) => publisher === 'eccc',
);

const pipelineOf = (id: string): Pipeline => {
  const found = stations.find((pipeline) => pipeline.id === id);
  if (found === undefined) throw new Error(`no ${id}`);
  return found;
};

/** Address of the month that holds an instant. */
export function urlOf(id: string, instant: string): string {
  const { partitions, extract } = pipelineOf(id);
  const at = Date.parse(instant);
  const [interval] = partitionIntervals(partitions, { start: at, end: at + 1 }, Date.parse('2027-01-01'));
  if (interval === undefined) throw new Error(`${id} has no ${instant}`);
  return fillUrl(extract.url, partitions, interval);
}

export interface Ran {
  readonly db: FreshDatabase;
  dataset(id: string): DatasetReport;
  readonly exitCode: number;
  error(id: string): string;
}

/** Runs on a database of its own, in November 2026. */
export async function runOn(
  recorded: readonly Recorded[],
  request: { ids: string[]; from: string; to: string },
): Promise<Ran> {
  await using folder = await temporaryFolder();
  const db = await freshDatabase();
  const recordings = await writeRecordings(join(folder.path, 'recordings'), recorded);
  const engine = await testEngine({ pool: db.pool, recordings, dataDir: folder.path, now: '2026-11-20T12:00Z' });
  const { report } = await testRun(engine, request);
  const dataset = (id: string): DatasetReport => {
    const found = report.datasets.find((one) => one.id === id);
    if (found === undefined) throw new Error(`no ${id}`);
    return found;
  };
  return {
    db,
    dataset,
    exitCode: report.exitCode,
    error: (id) => JSON.stringify(dataset(id).intervals.find(({ error }) => error !== null)?.error ?? null),
  };
}
