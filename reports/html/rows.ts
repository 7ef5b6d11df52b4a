/** Rows of a dataset: counted per outcome, revised (old → new), rejected with their reasons. */
import { rowsByOutcome } from '../intervals.ts';
import type { DatasetReport, RowCounts } from '../model.ts';
import { quarantineCommand } from '../next-step.ts';
import { clip, count, counted, instant } from '../words.ts';
import type { Detail } from './detail.ts';
import { dataTable, fold, more } from './parts.ts';
import type { Html } from './template.ts';
import { markup } from './template.ts';

const ROW_COLUMNS = ['Read', 'New', 'Revised', 'Withdrawn', 'Unchanged', 'Rejected'].map((name) => ({
  name,
  kind: 'number' as const,
}));

export function rowCells(rows: RowCounts): string[] {
  return [rows.read, rows.inserted, rows.revised, rows.withdrawn, rows.unchanged, rows.rejected].map(count);
}

export function outcomesPart(dataset: DatasetReport): Html {
  const byOutcome = rowsByOutcome(dataset.outcomes, dataset.intervals);
  const intervals = byOutcome.reduce((sum, { intervals: n }) => sum + n, 0);
  return dataTable({
    caption: `Intervals and rows of ${clip(dataset.id, 200)} by outcome`,
    quiet: true,
    columns: [{ name: 'Outcome', kind: 'fixed' }, { name: 'Intervals', kind: 'number' }, ...ROW_COLUMNS],
    rows: byOutcome.map(({ outcome, intervals: n, rows }) => [outcome, count(n), ...rowCells(rows)]),
    foot: ['all', count(intervals), ...rowCells(dataset.rows)],
  });
}

export function revisionsPart(dataset: DatasetReport, detail: Detail): Html | null {
  if (dataset.rows.revised === 0 && dataset.revisions.length === 0) return null;
  const shown = dataset.revisions.slice(0, detail.samples);
  return fold(
    `Revisions: ${counted(dataset.rows.revised, 'row')} changed by the publisher`,
    true,
    markup`${dataTable({
      caption: `Sample of revised values of ${clip(dataset.id, 200)}, old → new`,
      columns: [
        { name: 'Key', kind: 'key' },
        { name: 'Column' },
        { name: 'Old' },
        { name: '→ New' },
        { name: 'Old value known since', kind: 'fixed' },
      ],
      rows: shown.map((r) => [
        markup`<code>${clip(instant(r.key), detail.text)}</code>`,
        markup`<code>${clip(r.column, 120)}</code>`,
        cell(r.old, detail),
        markup`→ ${cell(r.new, detail)}`,
        instant(r.knownSince),
      ]),
    })}<p class="note">A sample of ${counted(shown.length, 'changed value')}. The earlier versions are in <code>${clip(dataset.table.replace(/^public\./, 'history.'), 200)}</code>.</p>
`,
  );
}

export function rejectedPart(dataset: DatasetReport, detail: Detail): Html | null {
  if (dataset.rows.rejected === 0 && dataset.rejectedBy.length === 0) return null;
  const reasons = dataset.rejectedBy.toSorted((a, b) => b.rows - a.rows);
  const others = reasons.slice(detail.reasons);
  const rest = others.reduce((sum, { rows }) => sum + rows, 0);
  const shown = dataset.rejected.slice(0, detail.samples);
  const byReason = reasons.slice(0, detail.reasons).map(({ reason, rows }) => [clip(reason, detail.text), count(rows)]);
  return fold(
    `Quarantine: ${counted(dataset.rows.rejected, 'rejected row')}`,
    true,
    markup`${dataTable({
      caption: `Rejected rows of ${clip(dataset.id, 200)} by reason`,
      columns: [
        { name: 'Reason', kind: 'wide' },
        { name: 'Rows', kind: 'number' },
      ],
      rows: others.length === 0 ? byReason : [...byReason, [counted(others.length, 'other reason'), count(rest)]],
      foot: ['all', count(dataset.rows.rejected)],
    })}${
      shown.length === 0
        ? null
        : dataTable({
            caption: `Sample of rejected rows of ${clip(dataset.id, 200)}, as published`,
            columns: [
              { name: 'Id', kind: 'fixed' },
              { name: 'Interval' },
              { name: 'Line', kind: 'number' },
              { name: 'Reason', kind: 'wide' },
              { name: 'Row', kind: 'wide' },
              { name: 'File' },
            ],
            rows: shown.map((r) => [
              clip(r.quarantineId, 60),
              clip(r.interval, 120),
              count(r.line),
              clip(r.reason, detail.text),
              markup`<code class="raw">${clip(r.raw, detail.text)}</code>`,
              markup`<code title="SHA-256 ${clip(r.sha256, 64)}">${r.sha256.slice(0, 12)}</code>`,
            ]),
          })
    }${more(dataset.rows.rejected - shown.length, 'rejected row')}<p>To see them all: <code>${quarantineCommand(dataset.id)}</code></p>
`,
  );
}

function cell(value: string | null, detail: Detail): Html {
  return value === null ? markup`<i>none</i>` : markup`${clip(value, detail.text)}`;
}
