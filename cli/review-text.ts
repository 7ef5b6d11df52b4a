/** Findings and what was decided about them, for people. */
import {
  placeOfSubject,
  type ReviewChange,
  type ReviewDetail,
  type ReviewEntry,
  type ReviewList,
} from '../core/review.ts';
import { inspectCommand } from '../reports/next-step.ts';
import { clip, counted, instant, visible } from '../reports/words.ts';
import { renderTable } from './table.ts';

export function reviewListText({ findings, total }: ReviewList, state: string): string {
  if (total === 0) return state === 'all' ? 'No findings yet.' : `No ${state} findings.`;
  const table = renderTable(
    [
      { name: 'finding' },
      { name: 'state' },
      { name: 'severity' },
      { name: 'dataset' },
      { name: 'interval' },
      { name: 'since' },
      { name: 'owner' },
      { name: 'what' },
    ],
    findings.map((finding) => [
      finding.fingerprint,
      stateText(finding),
      finding.severity,
      finding.dataset,
      placeOfSubject(finding.subject),
      instant(finding.firstSeenAt).slice(0, 10),
      finding.owner ?? '',
      visible(finding.sentence),
    ]),
    140,
  );
  const more =
    total > findings.length
      ? `the first ${findings.length} of ${counted(total, 'finding')} (--limit)`
      : counted(total, 'finding');
  return `${table}\n\n${more}; next: penstock review show ${findings[0]?.fingerprint}`;
}

function stateText({ state, acknowledgedUntil }: ReviewEntry): string {
  return state === 'acknowledged' && acknowledgedUntil !== null
    ? `acknowledged until ${until(acknowledgedUntil)}`
    : state;
}

function seconds(iso: string): string {
  return instant(iso.replace(/\.\d+Z$/, 'Z'));
}

/** Midnight UTC is written as the day. */
function until(iso: string): string {
  return instant(iso).replace('T00:00Z', '');
}

export function reviewDetailText(finding: ReviewDetail): string {
  const facts: readonly (readonly [string, string])[] = [
    ['finding', finding.fingerprint],
    ['state', stateText(finding)],
    ['what', visible(finding.sentence)],
    ['severity', finding.severity],
    ['dataset', finding.dataset],
    ['check', finding.check],
    ['about', visible(finding.subject)],
    ['rows', rowsText(finding)],
    ['owner', finding.owner ?? 'nobody'],
    ['note', finding.note === null ? '' : indented(visible(finding.note))],
    ['first seen', `${seconds(finding.firstSeenAt)} by run ${finding.firstRunId}`],
    ['last seen', `${seconds(finding.lastSeenAt)} by run ${finding.lastRunId}`],
  ];
  const width = 14;
  return [
    ...facts.filter(([, value]) => value !== '').map(([name, value]) => `${`${name}:`.padEnd(width)} ${value}`),
    ...evidenceText(finding),
    'decisions:',
    ...finding.changes.map(changeText),
    nextText(finding),
  ].join('\n');
}

function rowsText({ rows, firstKey, lastKey }: ReviewDetail): string {
  if (firstKey === null) return String(rows);
  const to = lastKey === null ? ', from' : lastKey === firstKey ? ',' : ', from';
  const end = lastKey === null || lastKey === firstKey ? '' : ` to ${visible(lastKey)}`;
  return `${rows}${to} ${visible(firstKey)}${end}`;
}

function indented(text: string): string {
  return text.replaceAll('\n', `\n${' '.repeat(15)}`);
}

function evidenceText({ evidence, dataset, subject, intervalStart, check }: ReviewDetail): string[] {
  if (evidence === null) return [];
  const rows = evidence.rows.map(({ key, value, expectation }) => [key ?? '', value ?? '', expectation].map(visible));
  const snapshot = placeOfSubject(subject) === 'latest answer' && intervalStart !== null;
  const interval = snapshot ? `${intervalStart.slice(0, 16)}Z` : placeOfSubject(subject);
  const where = evidence.engine === 'duckdb' ? 'DuckDB, on the file' : 'PostgreSQL, on the table';
  return [
    `failing rows as of ${seconds(evidence.checkedAt)} (run ${evidence.runId}):`,
    ...(rows.length === 0
      ? ['  none any more']
      : renderTable([{ name: 'key' }, { name: 'value' }, { name: 'expected' }], rows, 100)
          .split('\n')
          .map((line) => `  ${line}`)),
    `sql (${where}):`,
    ...visible(evidence.sql)
      .split('\n')
      .map((line) => `  ${line}`),
    ...(evidence.engine === 'duckdb'
      ? [`to run it:     ${inspectCommand(dataset, interval, check).replace('npm run pipeline --', 'penstock')}`]
      : []),
  ];
}

function changeText({ at, actor, from, to, acknowledgedUntil, owner, note }: ReviewChange): string {
  const what = from === to ? 'words changed' : `${from ?? 'new'} -> ${to ?? 'deleted'}`;
  const parts = [
    acknowledgedUntil === null ? '' : `until ${until(acknowledgedUntil)}`,
    owner === null ? '' : `owner ${visible(owner)}`,
    note === null ? '' : JSON.stringify(clip(visible(note), 200)),
  ].filter((part) => part !== '');
  return `  ${seconds(at)}  ${visible(actor)}: ${what}${parts.length === 0 ? '' : `, ${parts.join(', ')}`}`;
}

function nextText({ state, fingerprint }: ReviewDetail): string {
  if (state === 'open')
    return `next: penstock review approve ${fingerprint} --note "…", with --until DATE to be reminded`;
  return state === 'fixed'
    ? 'next: nothing to do'
    : `next: penstock review reject ${fingerprint} --note "…" opens it again`;
}

export function decidedText(findings: readonly ReviewEntry[]): string {
  return findings
    .map(
      (finding) =>
        `${finding.fingerprint} is ${stateText(finding)} by ${visible(finding.changedBy)}: ${finding.dataset}, ${visible(finding.sentence)}`,
    )
    .join('\n');
}
