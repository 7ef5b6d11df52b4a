/** Intervals of a dataset: failures with their next step, the capped list, time per stage, artifacts with hash and address. */
import { pickIntervals, timingsByStage } from '../intervals.ts';
import { filesOf } from '../files.ts';
import type { DatasetReport, IntervalReport } from '../model.ts';
import { byteSize, clip, count, counted, duration, instant, OUTCOMES } from '../words.ts';
import type { Detail } from './detail.ts';
import { dataTable, fold, more, webLink } from './parts.ts';
import type { TableColumn } from './parts.ts';
import { rowCells } from './rows.ts';
import type { Html } from './template.ts';
import { markup } from './template.ts';

export function failuresPart(dataset: DatasetReport, detail: Detail): Html | null {
  const failed = dataset.intervals.filter((i) => i.error !== null);
  if (failed.length === 0) return null;
  const shown = failed.slice(0, Math.max(1, detail.samples));
  const codes = new Map<string, number>();
  for (const { error } of failed) if (error !== null) codes.set(error.code, (codes.get(error.code) ?? 0) + 1);
  return markup`<h3>Errors</h3>
<p class="note">${[...codes].slice(0, 20).map(([code, n], i) => markup`${i === 0 ? '' : ', '}${counted(n, 'interval')} with <code>${clip(code, 80)}</code>`)}</p>
<ul class="errors">
${shown.map((i) => errorItem(i, detail))}</ul>
${more(failed.length - shown.length, 'error')}`;
}

function errorItem({ label, start, end, error }: IntervalReport, detail: Detail): Html | null {
  if (error === null) return null;
  const line = (name: string, text: string | null): Html | null =>
    text === null ? null : markup`<br><b>${name}:</b> ${clip(text, detail.text)}`;
  return markup`<li><b>${clip(label, 120)}</b> <span class="note">${range(start, end)}</span> <code>${clip(error.code, 80)}</code> ${clip(error.what, detail.text)}${line(
    'Where',
    error.where,
  )}${line('Consequence', error.consequence)}${line('Next', error.next)}</li>
`;
}

export function intervalsPart(dataset: DatasetReport, detail: Detail): Html | null {
  if (dataset.intervals.length === 0) return null;
  const { shown, hidden } = pickIntervals(dataset.intervals, detail.intervals);
  const columns: TableColumn[] = [
    { name: 'Interval' },
    { name: 'From', kind: 'fixed' },
    { name: 'To (exclusive)', kind: 'fixed' },
    { name: 'Outcome' },
    { name: 'In the plan because', kind: 'fixed' },
    { name: 'Strategy' },
    ...['Read', 'New', 'Revised', 'Withdrawn', 'Unchanged', 'Rejected', 'Time'].map((name) => ({
      name,
      kind: 'number' as const,
    })),
  ];
  return fold(
    `Intervals: ${counted(dataset.intervals.length, 'interval')}`,
    dataset.intervals.length <= 6,
    markup`${
      shown.length === 0
        ? null
        : dataTable({
            caption: `Intervals of ${clip(dataset.id, 200)}`,
            quiet: true,
            columns,
            rows: shown.map((i) => [
              clip(i.label, 120),
              instant(i.start),
              instant(i.end),
              markup`<span class="outcome ${i.outcome.replace(' ', '-')}">${i.outcome}</span>`,
              i.reason,
              i.strategy ?? '–',
              ...rowCells(i.rows),
              duration(Object.values(i.timingsMs).reduce((sum, ms) => sum + ms, 0)),
            ]),
          })
    }${hiddenNote(hidden)}`,
  );
}

function hiddenNote(hidden: ReadonlyMap<string, number>): Html | null {
  const total = [...hidden.values()].reduce((sum, n) => sum + n, 0);
  if (total === 0) return null;
  const parts = OUTCOMES.flatMap((outcome) =>
    hidden.has(outcome) ? [`${count(hidden.get(outcome) ?? 0)} ${outcome}`] : [],
  );
  return markup`<p class="note">${counted(total, 'more interval')} not shown here: ${parts.join(', ')}. The sums above count them; all are in report.json.</p>
`;
}

export function timingsPart(dataset: DatasetReport, detail: Detail): Html | null {
  const stages = timingsByStage(dataset.intervals);
  if (stages.length === 0 || detail.intervals === 0) return null;
  const total = stages.reduce((sum, { totalMs }) => sum + totalMs, 0);
  return fold(
    `Time per stage: ${duration(total)}`,
    false,
    dataTable({
      caption: `Time per stage of ${clip(dataset.id, 200)}, summed over intervals`,
      columns: [
        { name: 'Stage' },
        ...['Time', 'Share', 'Intervals', 'Slowest'].map((name) => ({ name, kind: 'number' as const })),
        { name: 'in interval' },
      ],
      rows: stages
        .slice(0, 20)
        .map((s) => [
          clip(s.stage, 60),
          duration(s.totalMs),
          `${total === 0 ? 0 : Math.round((100 * s.totalMs) / total)} %`,
          count(s.intervals),
          duration(s.slowestMs),
          clip(s.slowest, 120),
        ]),
      foot: ['all', duration(total), '', '', '', ''],
    }),
  );
}

export function artifactsPart(dataset: DatasetReport, detail: Detail): Html | null {
  const all = dataset.intervals.filter((i) => i.artifact !== null);
  if (all.length === 0 || detail.intervals === 0) return null;
  const bytes = all.reduce((sum, i) => sum + (i.artifact?.bytes ?? 0), 0);
  const { shown } = pickIntervals(all, detail.intervals);
  return fold(
    `Artifacts: ${counted(all.length, 'file')}, ${byteSize(bytes)}`,
    false,
    markup`${
      shown.length === 0
        ? null
        : dataTable({
            caption: `Files of ${clip(dataset.id, 200)} as fetched`,
            quiet: true,
            columns: [
              { name: 'Interval' },
              { name: 'Address', kind: 'wide' },
              { name: 'SHA-256', kind: 'wide' },
              { name: 'Size', kind: 'number' },
              { name: 'Fetched', kind: 'fixed' },
            ],
            rows: shown.flatMap(({ label, artifact }) =>
              filesOf(artifact).map((file) => [
                clip(file.table === null ? label : `${label} ${file.table}`, 120),
                webLink(clip(file.url, 600)),
                markup`<code class="hash">${clip(file.sha256, 64)}</code>`,
                markup`<span title="${count(file.bytes)} bytes">${byteSize(file.bytes)}</span>`,
                instant(file.fetchedAt),
              ]),
            ),
          })
    }${more(all.length - shown.length, 'file')}`,
  );
}

function range(start: string, end: string): string {
  return `${instant(start)} to ${instant(end)}`;
}
