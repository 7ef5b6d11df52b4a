/** One self-contained page per run: no network, readable without its script; below {@link PAGE_LIMIT} whatever the size of the data. */
import type { DatasetReport, RunReport } from '../model.ts';
import { addRows, NO_ROWS } from '../model.ts';
import { clip, count, counted, duration, exitMeaning, instant, STATES } from '../words.ts';
import { PAGE_LIMIT } from './detail.ts';
import { findingsCell } from './findings.ts';
import { fittingSections, SECTION_LIMIT } from './fit.ts';
import { sourceWarning, stateBadge, verdictText } from './parts.ts';
import { freshnessCell, publishersPart, scoreCell } from './quality.ts';
import { REPORT_STYLE } from './report-style.ts';
import { SCRIPT, SCRIPT_HASH } from './script.ts';
import { STYLE } from './style.ts';
import type { Html } from './template.ts';
import { markup, renderMarkup } from './template.ts';

/** Bytes that stay free for what the number of sections changes in the frame. */
const SLACK = 2_000;
/** Characters of a verdict in the table: fewer where there are many datasets. */
const VERDICTS = [1_000, 400, 200] as const;

/** The page as HTML text, UTF-8. Lists are cut until it fits; totals never are. */
export function renderHtml(report: RunReport): string {
  const ordered = inOrderOfNeed(report.datasets);
  const listed = Math.min(ordered.length, SECTION_LIMIT);
  const bytes = (verdict: number): number =>
    Buffer.byteLength(renderMarkup(reportPage(report, ordered, [], { listed, verdict })));
  // A third of the page at most says which dataset is in which state.
  const verdict = VERDICTS.find((length) => bytes(length) < PAGE_LIMIT / 3) ?? VERDICTS[2];
  const sections = fittingSections(ordered, PAGE_LIMIT - SLACK - bytes(verdict));
  return renderMarkup(reportPage(report, ordered, sections, { listed: sections.length, verdict }));
}

/** The worst first; sections are numbered in this order. */
export function inOrderOfNeed(datasets: readonly DatasetReport[]): DatasetReport[] {
  return datasets.toSorted((a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state));
}

interface Table {
  /** Datasets in the table of verdicts. */
  readonly listed: number;
  /** Characters of each verdict. */
  readonly verdict: number;
}

/** The frame that all pages share; its policy forbids every request, and every script but ours. `style`: what only one kind of page needs. */
export function document(title: string, body: Html, style: Html | null = null, script: 'none' | 'ours' = 'none'): Html {
  const scripts = script === 'ours' ? markup` script-src '${SCRIPT_HASH}';` : null;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline';${scripts} img-src data:; base-uri 'none'; form-action 'none'">
<link rel="icon" href="data:,">
<title>${title}</title>
${STYLE}${style}
</head>
<body>
${body}${script === 'ours' ? SCRIPT : null}</body>
</html>
`;
}

function reportPage(
  report: RunReport,
  ordered: readonly DatasetReport[],
  sections: readonly Html[],
  table: Table,
): Html {
  return document(
    `Run ${clip(report.runId, 100)} · penstock`,
    markup`<a class="skip" href="#datasets">Skip to the datasets</a>
<header>
${sourceWarning(report.source)}<h1>Data quality of run <code>${clip(report.runId, 100)}</code></h1>
<p class="verdict">${verdictText(report.verdict, 1_500)}</p>
${runFacts(report)}</header>
<main>
<div id="tools"></div>
${verdictTable(ordered, table)}
${publishersPart(ordered)}<div id="datasets">
${sections}</div>
</main>
<footer><p>The same run as data: <a href="report.json">report.json</a> · as text: <a href="report.md">report.md</a> · all runs: <a href="../index.html">index</a>.
Instants are UTC. Lists are samples, sums are complete.</p></footer>
<svg class="defs" width="0" height="0" aria-hidden="true"><defs><pattern id="grid" width="1" height="1" patternUnits="userSpaceOnUse"><path d="M0 0h1M0 0v1"/></pattern></defs></svg>
`,
    REPORT_STYLE,
    'ours',
  );
}

function runFacts(report: RunReport): Html {
  const { engine } = report;
  const fact = (name: string, value: Html | string): Html => markup`<div><dt>${name}</dt><dd>${value}</dd></div>
`;
  return markup`<dl class="run">
${fact('Command', markup`<code>${clip(report.command, 500)}</code>`)}${fact('Source', report.source)}${fact('Started', instant(report.startedAt))}${fact(
    'Finished',
    instant(report.finishedAt),
  )}${fact('Duration', duration(report.durationMs))}${fact('Exit code', `${report.exitCode}: ${exitMeaning(report.exitCode)}`)}${fact(
    'Versions',
    `penstock ${engine.penstock}, Node ${engine.node}, DuckDB ${engine.duckdb}, PostgreSQL ${engine.postgres}`,
  )}</dl>
`;
}

function verdictTable(datasets: readonly DatasetReport[], { listed, verdict }: Table): Html {
  const states = STATES.flatMap((state) => {
    const n = datasets.filter((d) => d.state === state).length;
    return n === 0 ? [] : [`${count(n)} ${state}`];
  });
  const rest = datasets.slice(listed);
  const rows = rest.reduce((sum, d) => addRows(sum, d.rows), NO_ROWS);
  // The roles stay when narrow screens show the rows as blocks.
  return markup`<table class="verdicts" role="table">
<caption>Verdict per dataset: ${states.length === 0 ? 'no dataset was asked' : states.join(', ')}</caption>
<thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">State</th><th scope="col" role="columnheader">Dataset and verdict</th><th scope="col" role="columnheader" class="n">Score</th><th scope="col" role="columnheader">Freshness</th><th scope="col" role="columnheader">Findings</th></tr></thead>
<tbody role="rowgroup">
${datasets.slice(0, listed).map(
  (
    d,
    i,
  ) => markup`<tr role="row" data-for="dataset-${i + 1}"><td role="cell">${stateBadge(d.state)}</td><th scope="row" role="rowheader"><a href="#dataset-${i + 1}">${clip(d.title, 200)}</a><p>${verdictText(d.verdict, verdict)}</p></th><td role="cell" class="n" data-label="Score">${scoreCell(d)}</td><td role="cell" data-label="Freshness">${freshnessCell(d)}</td><td role="cell" data-label="Findings">${findingsCell(d)}</td></tr>
`,
)}</tbody></table>
${
  rest.length === 0
    ? null
    : markup`<p class="note">${counted(rest.length, 'more dataset')} without a section here (${count(rows.read)} rows read, ${count(rows.inserted)} new, ${count(
        rows.revised,
      )} revised, ${count(rows.withdrawn)} withdrawn, ${count(rows.unchanged)} unchanged, ${count(rows.rejected)} rejected): see report.json.</p>
`
}`;
}
