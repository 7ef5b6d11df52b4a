/** One self-contained page per run: no network, no script; below {@link PAGE_LIMIT} whatever the size of the data. */
import type { DatasetReport, RunReport } from '../model.ts';
import { addRows, NO_ROWS } from '../model.ts';
import { clip, count, counted, duration, exitMeaning, instant, STATES } from '../words.ts';
import { datasetSection } from './dataset.ts';
import type { Detail } from './detail.ts';
import { DETAILS, PAGE_LIMIT } from './detail.ts';
import { sourceWarning, stateBadge, verdictText } from './parts.ts';
import { STYLE } from './style.ts';
import type { Html } from './template.ts';
import { markup, renderMarkup } from './template.ts';

/** The page as HTML text, UTF-8. Lists are cut step by step until it fits; totals never are. */
export function renderHtml(report: RunReport): string {
  const ordered = report.datasets.toSorted((a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state));
  let page = '';
  for (const detail of DETAILS) {
    const sections = datasetSections(ordered.slice(0, detail.datasets), detail);
    if (sections === null) continue;
    page = renderMarkup(reportPage(report, ordered, sections, detail));
    if (new TextEncoder().encode(page).length <= PAGE_LIMIT) return page;
  }
  return page;
}

/** Null as soon as it is clear that they do not fit, unless there is no less detail to try. */
function datasetSections(datasets: readonly DatasetReport[], detail: Detail): Html[] | null {
  const sections: Html[] = [];
  let size = 0;
  for (const [i, dataset] of datasets.entries()) {
    const section = datasetSection(dataset, i + 1, detail);
    size += renderMarkup(section).length;
    if (size > PAGE_LIMIT && detail !== DETAILS.at(-1)) return null;
    sections.push(section);
  }
  return sections;
}

/** The frame that all pages share; its policy forbids scripts and every request. `style`: what only one kind of page needs. */
export function document(title: string, body: Html, style: Html | null = null): Html {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
<link rel="icon" href="data:,">
<title>${title}</title>
${STYLE}${style}
</head>
<body>
${body}</body>
</html>
`;
}

function reportPage(
  report: RunReport,
  ordered: readonly DatasetReport[],
  sections: readonly Html[],
  detail: Detail,
): Html {
  return document(
    `Run ${clip(report.runId, 100)} · penstock`,
    markup`<a class="skip" href="#datasets">Skip to the datasets</a>
${sourceWarning(report.source)}<header>
<h1>Data quality of run <code>${clip(report.runId, 100)}</code></h1>
<p class="verdict">${verdictText(report.verdict, 1_500)}</p>
${runFacts(report)}</header>
<main>
${verdictTable(ordered, sections.length, detail)}
<div id="datasets">
${sections}</div>
</main>
<footer><p>The same run as data: <a href="report.json">report.json</a> · as text: <a href="report.md">report.md</a> · all runs: <a href="../index.html">index</a>.
Instants are UTC. Lists are samples, sums are complete.</p></footer>
<svg class="defs" width="0" height="0" aria-hidden="true"><defs><pattern id="grid" width="1" height="1" patternUnits="userSpaceOnUse"><path d="M0 0h1M0 0v1"/></pattern></defs></svg>
`,
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

function verdictTable(datasets: readonly DatasetReport[], sections: number, detail: Detail): Html {
  const states = STATES.flatMap((state) => {
    const n = datasets.filter((d) => d.state === state).length;
    return n === 0 ? [] : [`${count(n)} ${state}`];
  });
  const rest = datasets.slice(sections);
  const rows = rest.reduce((sum, d) => addRows(sum, d.rows), NO_ROWS);
  return markup`<table class="verdicts">
<caption>Verdict per dataset: ${states.length === 0 ? 'no dataset was asked' : states.join(', ')}</caption>
<thead><tr><th scope="col">State</th><th scope="col">Dataset and verdict</th></tr></thead>
<tbody>
${datasets.slice(0, sections).map(
  (
    d,
    i,
  ) => markup`<tr><td>${stateBadge(d.state)}</td><th scope="row"><a href="#dataset-${i + 1}">${clip(d.title, 200)}</a><p>${verdictText(d.verdict, detail.verdict)}</p></th></tr>
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
