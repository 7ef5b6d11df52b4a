/** Rows in quarantine, for people. */
import { formatInstant } from '../core/interval.ts';
import { fromPg } from '../loaders/postgres/instant.ts';
import type { QuarantineRow } from '../loaders/postgres/quarantine.ts';
import { counted, visible } from '../reports/words.ts';
import { renderTable } from './table.ts';

export function quarantineText(rows: readonly QuarantineRow[], total: number): string {
  if (rows.length === 0) return 'No open rows in quarantine.';
  const table = renderTable(
    [
      { name: 'row', right: true },
      { name: 'dataset' },
      { name: 'interval from' },
      { name: 'line', right: true },
      { name: 'reason' },
      { name: 'as published' },
    ],
    rows.map((row) => [
      row.quarantine_id,
      row.dataset,
      instant(row.interval_start),
      row.line,
      visible(row.reason),
      visible(row.raw),
    ]),
    100,
  );
  const more =
    total > rows.length
      ? `the first ${rows.length} of ${counted(total, 'open row')} (--limit)`
      : counted(total, 'open row');
  return `${table}\n\n${more}; next: penstock quarantine show ${rows[0]?.quarantine_id}; once the definition is mended: penstock quarantine retry`;
}

export function quarantineRowText(row: QuarantineRow): string {
  return [
    `row:           ${row.quarantine_id}`,
    `dataset:       ${row.dataset}, interval from ${instant(row.interval_start)}`,
    `rule:          ${row.rule}`,
    `reason:        ${visible(row.reason)}`,
    `key:           ${row.row_key === null ? 'could not be read' : visible(row.row_key)}`,
    `line:          ${row.line} of ${row.url}`,
    `content:       ${row.sha256}`,
    `since:         ${instant(row.created_at)}`,
    `state:         ${row.resolved_at === null ? 'open' : `settled ${instant(row.resolved_at)}: the interval was read again`}`,
    'as published:',
    visible(row.raw),
  ].join('\n');
}

function instant(text: string): string {
  const ms = fromPg(text);
  return Number.isFinite(ms) ? formatInstant(Math.floor(ms / 1000) * 1000) : 'the beginning';
}
