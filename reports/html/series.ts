/** The series of a dataset: an overview, and close-ups of its worst findings; each drawing with its numbers in words. */
import { closeUpChart } from '../charts/close-up.ts';
import { merged, overviewChart } from '../charts/overview.ts';
import type { CloseUp, DatasetReport, Series, SeriesMark } from '../model.ts';
import { clip, count, counted, instant } from '../words.ts';
import type { Detail } from './detail.ts';
import { dataTable, fold, more } from './parts.ts';
import type { Html } from './template.ts';
import { markup } from './template.ts';

export function seriesPart({ series, id }: DatasetReport, detail: Detail): Html | null {
  if (series === null || detail.buckets === 0) return null;
  const of = series.of === null ? '' : `, ${clip(series.of, 200)}`;
  const title = `${clip(series.column, 120)}${series.unit === null ? '' : ` (${clip(series.unit, 40)})`}${of}`;
  const chart = overviewChart(series, detail.buckets, `Overview of ${title}: ${rangeInWords(series)}`);
  const closeUps = series.closeUps.slice(0, detail.closeUps);
  if (chart === null && closeUps.length === 0) return null;
  return fold(
    markup`Series: ${title}`,
    true,
    markup`${chart === null ? null : overview(series, chart, detail)}${marksTable(id, series, detail)}${
      closeUps.length === 0
        ? null
        : markup`<div class="charts">
${closeUps.map((closeUp) => closeUpFigure(closeUp, series, detail))}</div>
`
    }${more(series.closeUps.length - closeUps.length, 'close-up')}`,
  );
}

function overview(series: Series, chart: Html, detail: Detail): Html {
  const parts = merged(series.buckets, detail.buckets).length;
  return markup`<figure><div class="scroll" role="group" aria-label="Overview chart" tabindex="0">${chart}</div><figcaption><span class="key range"></span> smallest to largest <span class="key median"></span> median of each of ${counted(parts, 'part')}${kinds(
    series.marks,
  )}. ${rangeInWords(series)}.</figcaption></figure>
`;
}

/** `2003-01-01T05:00Z to 2026-01-01T05:00Z, from 8,000 to 27,005 MW; 34 of 300 parts have no row` */
function rangeInWords({ buckets, unit }: Series): string {
  const rows = buckets.filter(({ median }) => median !== null);
  const [first, last] = [rows[0], rows.at(-1)];
  if (first === undefined || last === undefined) return 'no values';
  const least = Math.min(...rows.map(({ min }) => min ?? Infinity));
  const most = Math.max(...rows.map(({ max }) => max ?? -Infinity));
  const empty = buckets.length - rows.length;
  return `${instant(first.at)} to the part from ${instant(last.at)} on, between ${numberText(least)} and ${numberText(most)}${
    unit === null ? '' : ` ${clip(unit, 40)}`
  }${empty === 0 ? '' : `; ${count(empty)} of ${counted(buckets.length, 'part')} without a row`}`;
}

const KINDS: readonly (readonly [SeriesMark['kind'], string])[] = [
  ['anomalous', '●'],
  ['rejected', '✕'],
  ['revised', '◆'],
];

function kinds(marks: readonly Pick<SeriesMark, 'kind' | 'value'>[]): Html[] {
  return KINDS.flatMap(([kind, sign]) => {
    const own = marks.filter((mark) => mark.kind === kind);
    const without = own.filter(({ value }) => value === null).length;
    const aside = without === 0 ? '' : ` (${count(without)} without a value)`;
    return own.length === 0
      ? []
      : [markup` <span class="sign ${kind}" aria-hidden="true">${sign}</span> ${count(own.length)} ${kind}${aside}`];
  });
}

function marksTable(id: string, { marks, unit }: Series, detail: Detail): Html | null {
  if (marks.length === 0) return null;
  const shown = marks.slice(0, Math.max(detail.samples * 3, 1));
  return markup`<details><summary>${counted(marks.length, 'marked row')} as a table</summary>${dataTable({
    caption: `Marked rows of ${clip(id, 200)}`,
    quiet: true,
    columns: [
      { name: 'Instant', kind: 'key' },
      { name: 'Kind', kind: 'fixed' },
      { name: unit === null ? 'Value' : `Value in ${clip(unit, 40)}`, kind: 'number' },
    ],
    rows: shown.map(({ at, kind, value }) => [instant(at), kind, value === null ? 'none' : numberText(value)]),
  })}${more(marks.length - shown.length, 'marked row')}</details>
`;
}

function closeUpFigure(closeUp: CloseUp, { unit }: Series, detail: Detail): Html {
  const { points, title } = closeUp;
  const [first, last] = [points[0], points.at(-1)];
  const span = first === undefined || last === undefined ? '' : `${instant(first.at)} to ${instant(last.at)}`;
  const banded = points.some(({ lower }) => lower !== null);
  const marked = points.flatMap(({ mark, ...point }) => (mark === null ? [] : [{ ...point, kind: mark }]));
  const values = points.map(({ value }) => value).filter((value) => value !== null);
  const missing = points.length - values.length;
  const range =
    values.length === 0
      ? 'no values'
      : `between ${numberText(Math.min(...values))} and ${numberText(Math.max(...values))}${unit === null ? '' : ` ${clip(unit, 40)}`}`;
  const words = `${span}, ${range}${missing === 0 ? '' : `; ${counted(missing, 'step')} without a value`}`;
  const name = `${clip(title, 200)}: ${words}`;
  return markup`<figure><h4>${clip(title, detail.text)}</h4><div class="scroll" role="group" aria-label="Close-up chart" tabindex="0">${closeUpChart(closeUp, name)}</div><figcaption>${
    banded ? markup`<span class="key band"></span> expected ` : null
  }<span class="key median"></span> value${kinds(marked)}. ${words}.${banded ? null : ' No expected band: too little history, or no check that knows one.'}</figcaption>${
    marked.length === 0
      ? null
      : markup`<details><summary>${counted(marked.length, 'marked row')} as a table</summary>${dataTable({
          caption: `Marked rows of ${clip(title, 120)}`,
          quiet: true,
          columns: [
            { name: 'Instant', kind: 'key' },
            { name: 'Kind', kind: 'fixed' },
            { name: 'Value', kind: 'number' },
            { name: 'Expected', kind: 'fixed' },
          ],
          rows: marked
            .slice(0, Math.max(detail.samples, 1))
            .map(({ at, kind, value, lower, upper }) => [
              instant(at),
              kind,
              value === null ? 'none' : numberText(value),
              lower === null || upper === null ? 'not known' : `${numberText(lower)} to ${numberText(upper)}`,
            ]),
        })}${more(marked.length - Math.max(detail.samples, 1), 'marked row')}</details>`
  }</figure>
`;
}

/** Six digits are enough beside a drawing; samples show all of them. */
function numberText(value: number): string {
  return count(Number(value.toPrecision(6)));
}
