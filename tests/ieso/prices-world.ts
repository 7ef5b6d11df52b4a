/** A run of one or more datasets over recordings that a test wrote or named, and what came of it. */
import { join } from 'node:path';
import type { RunResult } from '../../engine/run.ts';
import type { Pool } from '../../loaders/postgres/database.ts';
import type { CheckReport, DatasetReport } from '../../reports/model.ts';
import { type Recorded, temporaryFolder, testEngine, testRun, writeRecordings } from '../support/engine.ts';

const IESO = 'https://reports-public.ieso.ca/public';

export interface Loaded {
  readonly result: RunResult;
  dataset(id: string): DatasetReport;
  check(id: string, name: string | RegExp): CheckReport;
}

export interface Span {
  readonly ids: readonly string[];
  readonly from: string;
  readonly to: string;
  /** ISO instant that the clock shows. */
  readonly now: string;
}

/** Paths below IESO's folder of public reports → bodies. */
export async function loadFiles(pool: Pool, files: Readonly<Record<string, string>>, span: Span): Promise<Loaded> {
  await using folder = await temporaryFolder();
  const recorded: Recorded[] = Object.entries(files).map(([path, body]) => ({ url: `${IESO}/${path}`, body }));
  return await loadFrom(pool, await writeRecordings(join(folder.path, 'recordings'), recorded), span);
}

export async function loadFrom(pool: Pool, recordings: string, span: Span): Promise<Loaded> {
  await using folder = await temporaryFolder();
  const { ids, from, to, now } = span;
  const engine = await testEngine({ pool, recordings, dataDir: folder.path, now });
  const result = await testRun(engine, { ids: [...ids], from, to });
  const dataset = (id: string): DatasetReport => {
    const found = result.report.datasets.find((one) => one.id === id);
    if (found === undefined) throw new Error(`no dataset ${id} in the report`);
    return found;
  };
  return {
    result,
    dataset,
    check(id, name) {
      const { checks } = dataset(id);
      const found = checks.find((one) => (typeof name === 'string' ? one.name === name : name.test(one.name)));
      if (found === undefined) throw new Error(`no check ${name} in ${checks.map((one) => one.name).join(', ')}`);
      return found;
    },
  };
}

/** IESO's day D, hour h: starts at D 00:00Z + 5 h + (h − 1) h; interval k is (k − 1) × 5 minutes later. */
export function startOf(day: string, hourEnding: number | string, interval: number | string = 1): string {
  return new Date(
    Date.parse(`${day}T00:00Z`) + (4 + Number(hourEnding)) * 3_600_000 + (Number(interval) - 1) * 300_000,
  ).toISOString();
}

/** The texts of all leaves of this name, in document order. */
export function leaves(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map((match) => match[1] ?? '');
}
