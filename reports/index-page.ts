/** `<reports>/index.markup`: the newest runs, made from the end of `index.jsonl`; constant cost per run. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { document } from './html/page.ts';
import { dataTable, stateBadge, verdictText } from './html/parts.ts';
import type { Html } from './html/template.ts';
import { markup, renderMarkup } from './html/template.ts';
import { appendIndexLine, indexLineOf, readIndexTail } from './index-lines.ts';
import type { IndexLine } from './index-lines.ts';
import type { RunReport } from './model.ts';
import { replaceFile } from './replace-file.ts';
import { count, counted, duration, instant, STATES } from './words.ts';

/** Runs on the page. */
export const INDEX_LIMIT = 500;

/**
 * Adds a run and writes the page anew. Returns the path of the page.
 *
 * Two runs may end at once, without a lock that a killed run could leave behind: each appends its line first, and writes the
 * page again when the file has grown since it was read. So whoever writes the page last has read every line.
 */
export async function addToIndex(report: RunReport, folder: string): Promise<string> {
  const linesFile = join(folder, 'index.jsonl');
  const page = join(folder, 'index.html');
  await appendIndexLine(linesFile, indexLineOf(report));
  let written = -1;
  while (written !== (await stat(linesFile)).size) {
    const { lines, size } = await readIndexTail(linesFile, INDEX_LIMIT);
    await replaceFile(page, renderIndex(lines));
    written = size;
  }
  return page;
}

/** The page of these runs, newest first. */
export function renderIndex(lines: readonly IndexLine[]): string {
  return renderMarkup(
    document(
      'Runs · penstock',
      markup`<main class="index">
<h1>Runs</h1>
${runsTable(lines)}</main>
`,
    ),
  );
}

/** @param base address of the folder of the reports, where the page lies elsewhere */
export function runsTable(lines: readonly IndexLine[], base: string = ''): Html {
  return dataTable({
    caption: `The newest ${counted(lines.length, 'run')}, newest first; all of them are in index.jsonl. Instants are UTC.`,
    columns: [
      { name: 'Run', kind: 'key' },
      { name: 'Datasets', kind: 'fixed' },
      { name: 'Exit code', kind: 'number' },
      { name: 'Verdict', kind: 'wide' },
      { name: 'Source' },
      ...['Read', 'New', 'Revised', 'Withdrawn', 'Rejected', 'Time'].map((name) => ({ name, kind: 'number' as const })),
    ],
    rows: lines.map((line) => [
      markup`<a href="${base}${encodeURIComponent(line.runId)}/report.html">${instant(line.startedAt)}</a><br><code>${line.runId}</code>`,
      STATES.flatMap((state) => {
        const n = line.states[state] ?? 0;
        return n === 0 ? [] : [markup`<div>${count(n)} ${stateBadge(state)}</div>`];
      }),
      String(line.exitCode),
      markup`<code>${line.command}</code><br>${verdictText(line.verdict, 500)}`,
      line.source === 'live'
        ? 'live'
        : markup`<b>${line.source === 'samples' ? 'samples: not measurements' : 'recordings'}</b>`,
      ...[line.rows.read, line.rows.inserted, line.rows.revised, line.rows.withdrawn, line.rows.rejected].map(count),
      duration(line.durationMs),
    ]),
  });
}
