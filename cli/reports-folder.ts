/** The reports below a data folder: the newest, a given one, the list; and a browser for one. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { Fault } from '../core/errors.ts';
import { type IndexLine, readIndexTail } from '../reports/index-lines.ts';
import { count, instant } from '../reports/words.ts';
import { renderTable } from './table.ts';

export interface ReportPaths {
  readonly runId: string;
  readonly html: string;
  readonly json: string;
  readonly markdown: string;
}

export async function listReports(dataDir: string, limit: number): Promise<IndexLine[]> {
  const file = join(dataDir, 'reports', 'index.jsonl');
  return existsSync(file) ? (await readIndexTail(file, limit)).lines : [];
}

/** @throws Fault `REPORT_UNKNOWN` */
export async function findReport(dataDir: string, wanted: string | undefined): Promise<ReportPaths> {
  const runId = wanted ?? (await listReports(dataDir, 1))[0]?.runId;
  const folder = join(dataDir, 'reports', runId ?? '');
  const html = join(folder, 'report.html');
  // The id is a name of a folder, never a path out of it.
  if (runId !== undefined && /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(runId) && existsSync(html)) {
    return { runId, html, json: join(folder, 'report.json'), markdown: join(folder, 'report.md') };
  }
  throw new Fault({
    code: 'REPORT_UNKNOWN',
    kind: 'usage',
    what:
      wanted === undefined
        ? 'there is no report yet'
        : `there is no report of run ${JSON.stringify(wanted.slice(0, 120))}`,
    where: join(dataDir, 'reports'),
    consequence: 'nothing was shown',
    next:
      wanted === undefined
        ? 'penstock run makes one; with --samples reports lie in data/sample'
        : 'penstock report list shows the runs',
  });
}

export function reportsText(lines: readonly IndexLine[]): string {
  if (lines.length === 0) return 'No runs yet.';
  return renderTable(
    [
      { name: 'run' },
      { name: 'started' },
      { name: 'exit', right: true },
      { name: 'inserted', right: true },
      { name: 'revised', right: true },
      { name: 'rejected', right: true },
      { name: 'source' },
      { name: 'verdict' },
    ],
    lines.map(({ runId, startedAt, exitCode, rows, source, verdict }) => [
      runId,
      instant(startedAt.replace(/\.\d+Z$/, 'Z')),
      String(exitCode),
      count(rows.inserted),
      count(rows.revised),
      count(rows.rejected),
      source,
      verdict,
    ]),
    120,
  );
}

/** Without a terminal there is nobody to look. */
export function showInBrowser(path: string): void {
  if (!process.stdout.isTTY) return;
  const program = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const child = spawn(program, [resolve(path)], { stdio: 'ignore', detached: true });
  child.on('error', () => process.stderr.write(`${program} is not there: open the path above in a browser\n`));
  child.unref();
}
