/** Files of the reports: a run's folder holds a few names, and nothing else below the data folder is ever read. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../core/errors.ts';
import { readIndexTail, type IndexLine } from '../reports/index-lines.ts';

const TYPES: Readonly<Record<string, string>> = {
  'report.html': 'text/html; charset=utf-8',
  'report.json': 'application/json; charset=utf-8',
  'report.md': 'text/markdown; charset=utf-8',
  'alerts.md': 'text/markdown; charset=utf-8',
};

export interface ReportFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly type: string;
}

/** @throws Fault `REPORT_UNKNOWN` */
export async function readReportFile(reportsDir: string, runId: string, name: string): Promise<ReportFile> {
  const type = TYPES[name];
  // A run's id is a name of a folder, never a path out of it.
  if (type === undefined || !/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(runId)) throw unknownReport(runId, name);
  try {
    return { bytes: Uint8Array.from(await readFile(join(reportsDir, runId, name))), type };
  } catch (error) {
    if (error instanceof Error && 'code' in error && ['ENOENT', 'ENOTDIR', 'EISDIR'].includes(String(error.code)))
      throw unknownReport(runId, name);
    throw error;
  }
}

/** The newest runs first; none where nothing has run yet. */
export async function readRuns(reportsDir: string, limit: number): Promise<readonly IndexLine[]> {
  try {
    return (await readIndexTail(join(reportsDir, 'index.jsonl'), limit)).lines;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

function unknownReport(runId: string, name: string): Fault {
  return new Fault({
    code: 'REPORT_UNKNOWN',
    kind: 'usage',
    what: `there is no ${JSON.stringify(name.slice(0, 60))} of run ${JSON.stringify(runId.slice(0, 120))}`,
    consequence: 'nothing was shown',
    next: '/reports shows the runs',
  });
}
