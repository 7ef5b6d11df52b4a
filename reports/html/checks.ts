/** The checks of a dataset as sentences with results; for each finding the failing rows and the SQL that returns them. */
import type { CheckReport, DatasetReport } from '../model.ts';
import { inspectCommand, QUERY_COMMAND } from '../next-step.ts';
import { resultOf } from '../verdict.ts';
import { clip, count, counted, instant } from '../words.ts';
import type { Detail } from './detail.ts';
import { historyStrip, historyTable } from './history.ts';
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

/** Checks as a table shows them, and those of them that have a part of their own. */
function shownChecks({ checks }: DatasetReport, detail: Detail): { shown: CheckReport[]; found: CheckReport[] } {
  const ordered = checks.toSorted((a, b) => RESULT_ORDER.indexOf(resultOf(a)) - RESULT_ORDER.indexOf(resultOf(b)));
  const shown = ordered.slice(0, detail.checks);
  return { shown, found: shown.filter((check) => resultOf(check) === 'found').slice(0, detail.found) };
}

/** Addresses of the parts of checks on this page. */
export function checkLinks(dataset: DatasetReport, number: number, detail: Detail): (check: string) => string | null {
  const { found } = shownChecks(dataset, detail);
  return (check) => {
    const place = found.findIndex(({ name }) => name === check);
    return place < 0 ? null : `#check-${number}-${place + 1}`;
  };
}

/** Parts that stand open; a long list is folded. */
const OPEN_LIMIT = 6;

export function checksPart(dataset: DatasetReport, number: number, detail: Detail): Html {
  if (dataset.checks.length === 0)
    return markup`<p class="note">Checks: not checked. No check ran for this dataset in this run.</p>
`;
  const { shown, found } = shownChecks(dataset, detail);
  return markup`${dataTable({
    caption: `Checks of ${clip(dataset.id, 200)}`,
    quiet: true,
    columns: [
      { name: 'Check', kind: 'wide' },
      { name: 'Result' },
      { name: 'Severity' },
      { name: 'Intervals', kind: 'number' },
      { name: 'Failing rows', kind: 'number' },
      { name: 'Runs before', kind: 'fixed' },
    ],
    rows: shown.map((check) => [
      markup`${clip(check.sentence, detail.text)} <code>${clip(check.name, detail.text)}</code>`,
      resultWord(check),
      check.severity,
      count(check.intervals),
      count(check.failingRows),
      historyStrip(check),
    ]),
  })}${more(dataset.checks.length - shown.length, 'check')}${found.map((check, i) =>
    foundPart(dataset.id, check, detail, {
      anchor: `check-${number}-${i + 1}`,
      open: found.length <= OPEN_LIMIT && check.severity !== 'info',
    }),
  )}${more(dataset.checks.filter((check) => resultOf(check) === 'found').length - found.length, 'check that found something')}`;
}

function resultWord(check: CheckReport): Html {
  const result = resultOf(check);
  return markup`<span class="result ${result.replace(' ', '-')} ${check.severity}">${result}</span>`;
}

function foundPart(
  id: string,
  check: CheckReport,
  detail: Detail,
  place: { readonly anchor: string; readonly open: boolean },
): Html {
  const shown = check.samples.slice(0, detail.samples);
  const title = markup`<summary>${clip(check.sentence, detail.text)} <span class="note">${counted(check.failingRows, 'failing row')}; ${CONSEQUENCE[check.severity]}</span></summary>`;
  return markup`${place.open ? markup`<details class="finding ${check.severity}" id="${place.anchor}" open>` : markup`<details class="finding ${check.severity}" id="${place.anchor}">`}${title}
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
<pre tabindex="0" role="group" aria-label="SQL of the check"><code>${clip(check.sql, detail.sql)}</code></pre>
`
  }${detail.history ? historyTable(check) : null}</details>
`;
}

function howToSeeAll(id: string, check: CheckReport, interval: string): Html {
  if (check.engine === 'postgres')
    return markup`All failing rows of the first interval that has some, by this PostgreSQL SQL, which <code>${QUERY_COMMAND}</code> runs:`;
  return markup`All failing rows of the first interval that has some, from what is in landing:<span class="cmd"><code>${inspectCommand(id, interval, check.name)}</code></span>It runs this DuckDB SQL:`;
}
