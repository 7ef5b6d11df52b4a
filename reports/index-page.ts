/** `<reports>/index.html`: the newest state of each dataset, and the newest runs from the end of `index.jsonl`; constant cost per run. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { document } from './html/page.ts';
import { dataTable, more, stateBadge, verdictText } from './html/parts.ts';
import { freshnessCell, scoreCell } from './html/quality.ts';
import { REPORT_STYLE } from './html/report-style.ts';
import type { Html } from './html/template.ts';
import { markup, renderMarkup } from './html/template.ts';
import { appendDatasets, type DatasetEntry, datasetEntries, mergeDatasets, sizeOfDatasets } from './index-datasets.ts';
import { appendIndexLine, indexLineOf, readIndexTail } from './index-lines.ts';
import type { IndexLine } from './index-lines.ts';
import type { RunReport } from './model.ts';
import { FORMULA } from './quality.ts';
import { replaceFile } from './replace-file.ts';
import { clip, count, counted, duration, instant, minute, STATES } from './words.ts';

/** Runs on the page. */
export const INDEX_LIMIT = 500;

/** Datasets on the page. */
const DATASET_LIMIT = 300;

/**
 * Adds a run and writes the page anew. Returns the path of the page.
 *
 * Two runs may end at once, without a lock that a killed run could leave behind: each appends its lines first, and writes the
 * page again when a file has grown since it was read. So whoever writes the page last has read every line.
 */
export async function addToIndex(report: RunReport, folder: string): Promise<string> {
  const linesFile = join(folder, 'index.jsonl');
  const page = join(folder, 'index.html');
  await appendDatasets(folder, datasetEntries(report));
  await appendIndexLine(linesFile, indexLineOf(report));
  let written = { runs: -1, datasets: -1 };
  while (written.runs !== (await stat(linesFile)).size || written.datasets !== (await sizeOfDatasets(folder))) {
    const datasets = await mergeDatasets(folder);
    const { lines, size } = await readIndexTail(linesFile, INDEX_LIMIT);
    await replaceFile(page, renderIndex(lines, datasets.entries));
    written = { runs: size, datasets: datasets.size };
  }
  return page;
}

/** The page of these runs, newest first, and of these datasets. */
export function renderIndex(lines: readonly IndexLine[], datasets: readonly DatasetEntry[]): string {
  return renderMarkup(
    document(
      'Datasets and runs · penstock',
      markup`<main class="index">
<h1>Datasets and runs</h1>
${datasets.length === 0 ? null : markup`<h2>Datasets</h2>${datasetsTable(datasets)}`}<h2>Runs</h2>
${runsTable(lines)}</main>
<footer><p>As data: <a href="datasets.json">datasets.json</a>, <a href="index.jsonl">index.jsonl</a>, and report.json of each run, which follows <a href="report.schema.json">report.schema.json</a>.</p></footer>
`,
      REPORT_STYLE,
      'ours',
    ),
  );
}

/** @param base address of the folder of the reports, where the page lies elsewhere */
export function datasetsTable(datasets: readonly DatasetEntry[], base: string = ''): Html {
  const ordered = datasets.toSorted((a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state));
  const shown = ordered.slice(0, DATASET_LIMIT);
  return markup`${dataTable({
    caption: `${counted(datasets.length, 'dataset')}, each as the run left it that looked at it last; the worst first. Instants are UTC.`,
    columns: [
      { name: 'Dataset', kind: 'key' },
      { name: 'State', kind: 'fixed' },
      { name: 'Score', kind: 'number' },
      { name: 'Freshness', kind: 'fixed' },
      { name: 'Open findings', kind: 'number' },
      { name: 'Publisher' },
      { name: 'Last looked at', kind: 'fixed' },
    ],
    rows: shown.map((dataset) => [
      markup`<a href="${base}${addressOf(dataset)}">${clip(dataset.title, 200)}</a><br><code>${clip(dataset.id, 200)}</code>`,
      stateBadge(dataset.state),
      scoreCell({ quality: dataset }),
      freshnessCell(dataset),
      count(dataset.openFindings),
      dataset.publisher,
      minute(dataset.startedAt),
    ]),
  })}${more(datasets.length - shown.length, 'dataset')}<p class="note">${FORMULA}</p>
`;
}

function addressOf({ runId, section }: DatasetEntry): string {
  return `${encodeURIComponent(runId)}/report.html${section === null ? '' : `#dataset-${section}`}`;
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
