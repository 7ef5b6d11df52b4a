/** The checks of a dataset as sentences with results; for each finding the failing rows and the SQL that returns them. */
import type { CheckReport, DatasetReport } from '../model.ts';
import { inspectCommand, QUERY_COMMAND } from '../next-step.ts';
import { resultOf } from '../verdict.ts';
import { clip, count, counted, instant } from '../words.ts';
import type { Detail } from './detail.ts';
import { dataTable, more } from './parts.ts';
import type { Html } from './template.ts';
import { markup } from './template.ts';

const RESULT_ORDER: readonly CheckReport['result'][] = ['found', 'not checked', 'passed'];

/** What a finding of this severity did. */
const CONSEQUENCE: Readonly<Record<CheckReport['severity'], string>> = {
  reject: 'failing rows went to quarantine',
  block: 'the interval was not loaded',
  warn: 'the rows are loaded',
  info: 'the rows are loaded; for information',
};

export function checksPart(dataset: DatasetReport, detail: Detail): Html {
  if (dataset.checks.length === 0)
    return markup`<p class="note">Checks: not checked. No check ran for this dataset in this run.</p>
`;
  const ordered = dataset.checks.toSorted(
    (a, b) => RESULT_ORDER.indexOf(resultOf(a)) - RESULT_ORDER.indexOf(resultOf(b)),
  );
  const shown = ordered.slice(0, detail.checks);
  const found = shown.filter((check) => resultOf(check) === 'found');
  return markup`${dataTable({
    caption: `Checks of ${clip(dataset.id, 200)}`,
    quiet: true,
    columns: [
      { name: 'Check', kind: 'wide' },
      { name: 'Result' },
      { name: 'Severity' },
      { name: 'Intervals', kind: 'number' },
      { name: 'Failing rows', kind: 'number' },
    ],
    rows: shown.map((check) => [
      markup`${clip(check.sentence, detail.text)} <code>${clip(check.name, detail.text)}</code>`,
      resultWord(check),
      check.severity,
      count(check.intervals),
      count(check.failingRows),
    ]),
  })}${more(ordered.length - shown.length, 'check')}${found.map((check) => findingPart(dataset.id, check, detail))}`;
}

function resultWord(check: CheckReport): Html {
  const result = resultOf(check);
  return markup`<span class="result ${result.replace(' ', '-')} ${check.severity}">${result}</span>`;
}

function findingPart(id: string, check: CheckReport, detail: Detail): Html {
  const shown = check.samples.slice(0, detail.samples);
  return markup`<section class="finding">
<h4>${clip(check.sentence, detail.text)}</h4>
<p class="note">${counted(check.failingRows, 'failing row')}; ${CONSEQUENCE[check.severity]}.</p>
${
  shown.length === 0
    ? null
    : dataTable({
        caption: `Failing rows of ${clip(check.name, 120)}`,
        quiet: true,
        columns: [
          { name: 'Key', kind: 'key' },
          { name: 'Interval' },
          { name: 'Value' },
          { name: 'Expected', kind: 'wide' },
        ],
        rows: shown.map((row) => [
          markup`<code>${clip(instant(row.key), detail.text)}</code>`,
          clip(row.interval, 120),
          row.value === null ? markup`<i>none</i>` : markup`<code>${clip(row.value, detail.text)}</code>`,
          clip(row.expectation, detail.text),
        ]),
      })
}${more(check.failingRows - shown.length, 'failing row')}${
    check.sql === '' || detail.sql === 0
      ? null
      : markup`<p class="label">${howToSeeAll(id, check, shown[0]?.interval ?? '')}</p>
<pre tabindex="0"><code>${clip(check.sql, detail.sql)}</code></pre>
`
  }</section>
`;
}

function howToSeeAll(id: string, check: CheckReport, interval: string): Html {
  if (check.engine === 'postgres')
    return markup`All failing rows of the first interval that has some, by this PostgreSQL SQL (<code>${QUERY_COMMAND}</code> runs it):`;
  return markup`All failing rows of the first interval that has some, from what is in landing: <code>${inspectCommand(id, interval, check.name)}</code> It runs this DuckDB SQL:`;
}
