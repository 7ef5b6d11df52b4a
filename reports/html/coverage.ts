/** The coverage part of a dataset: sums in words, the calendar, and the days that are not complete. */
import { summariseCoverage } from '../coverage.ts';
import type { DatasetReport } from '../model.ts';
import { count, counted } from '../words.ts';
import { drawCalendar } from './calendar.ts';
import type { YearDrawing } from './calendar.ts';
import type { Detail } from './detail.ts';
import { dataTable, fold, more } from './parts.ts';
import type { Html } from './template.ts';
import { markup } from './template.ts';

export function coveragePart(dataset: DatasetReport, detail: Detail): Html {
  const summary = summariseCoverage(dataset.coverage);
  if (summary === null)
    return markup`<p class="note">Coverage by day: not checked (no fixed grid of rows, or nothing was loaded).</p>
`;
  const drawing = drawCalendar(dataset.coverage, detail.calendar);
  const holes = summary.holes.toReversed();
  const shown = holes.slice(0, detail.samples);
  const title = markup`Coverage by day, in the intervals that were loaded: ${count(summary.complete)} of ${counted(summary.days, 'day')} complete`;
  const content = markup`
<p>${summary.from} to ${summary.to}, on the publisher's clock: ${count(summary.present)} of ${count(summary.expected)} expected rows,
${counted(summary.incomplete, 'incomplete day')}, ${counted(summary.empty, 'empty day')}.${
    summary.over > 0 ? ` ${counted(summary.over, 'day')} with more rows than expected.` : ''
  }</p>
${
  drawing === null
    ? markup`<p class="note">The calendar is left out to keep this page small.</p>`
    : markup`<p class="legend"><span class="key complete"></span> complete <span class="key incomplete"></span> incomplete <span class="key empty"></span> empty <span class="key"></span> not asked${
        drawing.cell === 'day'
          ? null
          : markup` · one colour per ${drawing.cell}, that of its worst day, to keep this page small`
      }</p>
<div class="years">
${drawing.years.toReversed().map(yearFigure)}</div>
`
}
${
  shown.length === 0
    ? null
    : dataTable({
        caption: 'Days that are not complete, newest first',
        columns: [
          { name: 'Days', kind: 'fixed' },
          ...['Number', 'Rows', 'Expected', 'Missing'].map((name) => ({ name, kind: 'number' as const })),
        ],
        rows: shown.map((hole) => [
          hole.from === hole.to ? hole.from : `${hole.from} to ${hole.to}`,
          count(hole.days),
          count(hole.present),
          count(hole.expected),
          count(hole.expected - hole.present),
        ]),
      })
}${more(holes.length - shown.length, 'run of days')}`;
  return fold(title, summary.incomplete + summary.empty > 0, content);
}

function yearFigure({ year, complete, days, paths }: YearDrawing): Html {
  const words = `${count(complete)} of ${counted(days, 'day')} complete`;
  return markup`<figure><figcaption><b>${year}</b> ${words}</figcaption><svg viewBox="0 0 54 7" aria-hidden="true">${(
    ['complete', 'incomplete', 'empty'] as const
  ).map((level) =>
    paths[level] === '' ? null : markup`<path class="${level}" d="${paths[level]}"/>`,
  )}<path class="grid" d="M0 0h54v7h-54z"/></svg></figure>
`;
}
