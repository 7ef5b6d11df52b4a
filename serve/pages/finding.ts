/** One finding: what was found, the rows and the SQL, what was decided, and the form to decide. */
import type { Fault } from '../../core/errors.ts';
import { placeOfSubject, type ReviewChange, type ReviewDetail } from '../../core/review.ts';
import { dataTable } from '../../reports/html/parts.ts';
import type { Fill, Html } from '../../reports/html/template.ts';
import { markup } from '../../reports/html/template.ts';
import { inspectCommand, QUERY_COMMAND } from '../../reports/next-step.ts';
import { clip, count, instant } from '../../reports/words.ts';
import { stateTag } from './findings.ts';
import { frame } from './frame.ts';
import { sentence as sentenceOf } from './error.ts';

/** What stands in the form. */
export interface FormWords {
  readonly by?: string;
  readonly owner?: string;
  readonly note?: string;
  readonly until?: string;
  readonly seen?: string;
}

export interface FindingForm {
  readonly token: string;
  readonly words: FormWords;
  /** Why the last try was refused. */
  readonly fault: Fault | null;
}

export function findingPage(finding: ReviewDetail, form: FindingForm): Html {
  const { sentence, dataset, subject } = finding;
  return frame(
    clip(`${dataset} ${placeOfSubject(subject)}`, 100),
    'review',
    markup`<h1>${stateTag(finding)}${clip(sentence, 600)}</h1>
<dl class="run">
${facts(finding).map(
  ([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>
`,
)}</dl>
${decideSection(finding, form)}${evidenceSection(finding)}${historySection(finding.changes)}`,
  );
}

function facts(finding: ReviewDetail): (readonly [string, Fill])[] {
  const { dataset, check, severity, subject, rows, firstKey, lastKey, owner, note, acknowledgedUntil } = finding;
  const keys =
    firstKey === null
      ? ''
      : lastKey === null
        ? `, from ${instant(firstKey)}`
        : lastKey === firstKey
          ? `, ${instant(firstKey)}`
          : `, ${instant(firstKey)} to ${instant(lastKey)}`;
  return [
    ['Dataset', markup`<a href="/reports/review?state=all&amp;dataset=${dataset}">${dataset}</a>`],
    ['Interval', clip(placeOfSubject(subject), 120)],
    ['Check', markup`<code>${clip(check, 300)}</code>`],
    ['Severity', severity],
    ['Rows', clip(`${count(rows)}${keys}`, 400)],
    ['Owner', owner ?? 'nobody'],
    ...(acknowledgedUntil === null ? [] : ([['Acknowledged until', instant(acknowledgedUntil)]] as const)),
    ...(note === null ? [] : ([['Note', clip(note, 4_000)]] as const)),
    ['First seen', seen(finding.firstSeenAt, finding.firstRunId)],
    ['Last seen', seen(finding.lastSeenAt, finding.lastRunId)],
    ['Fingerprint', markup`<code>${finding.fingerprint}</code>`],
  ];
}

function seen(at: string, runId: string): Html {
  return markup`${seconds(at)}, <a href="/reports/${encodeURIComponent(runId)}/report.html">report</a>`;
}

function seconds(iso: string): string {
  return instant(iso.replace(/\.\d+Z$/, 'Z'));
}

/** The Enter key presses the first button of a form, and must not decide. */
const ENTER = markup`<button name="action" value="note" hidden tabindex="-1"></button>
`;

function decideSection(finding: ReviewDetail, { token, words, fault }: FindingForm): Html {
  const { fingerprint, state, rows } = finding;
  const { by = '', note = '', until = '' } = words;
  const owner = words.owner ?? finding.owner ?? '';
  const approves = state !== 'fixed';
  return markup`<section class="card" aria-labelledby="decide"><h2 id="decide">Decide</h2>
${
  fault === null
    ? null
    : markup`<p class="fault" role="alert">${sentenceOf(fault.what)} ${sentenceOf(fault.consequence ?? '')} Next: ${fault.next ?? ''}</p>
`
}<form method="post" action="/reports/review/${fingerprint}">
${ENTER}<input type="hidden" name="token" value="${token}"><input type="hidden" name="seen" value="${rows}">
<div class="fields">
<div><label for="by">Your name</label><input id="by" name="by" value="${by}" required maxlength="100" autocomplete="name"></div>
<div><label for="owner">Owner</label><input id="owner" name="owner" value="${owner}" maxlength="100" autocomplete="off"></div>
<div class="all"><label for="note">Note</label><textarea id="note" name="note" maxlength="4000">${note}</textarea></div>
</div>
<div class="buttons">
${approves ? markup`<button class="main" name="action" value="accept">Approve</button>` : null}
<button name="action" value="reject">${state === 'open' ? 'Send back' : 'Open again'}</button>
<button name="action" value="note">Save note and owner</button></div>
${
  approves
    ? markup`<fieldset><legend>Or put it off</legend>
<label for="until">Silent until</label><input id="until" name="until" type="date" value="${until}">
<button name="action" value="acknowledge">Acknowledge</button></fieldset>
`
    : null
}</form>
<p class="note">Approve: it is the publisher’s own, and alarms no more unless it grows. To send back and to save, a note is needed.</p></section>
`;
}

function evidenceSection({ evidence, dataset, subject, check, intervalStart }: ReviewDetail): Html | null {
  if (evidence === null) return null;
  const { rows, sql, engine, checkedAt, runId } = evidence;
  const snapshot = placeOfSubject(subject) === 'latest answer' && intervalStart !== null;
  const interval = snapshot ? `${intervalStart.slice(0, 16)}Z` : placeOfSubject(subject);
  return markup`<section class="card" aria-labelledby="rows"><h2 id="rows">Failing rows</h2>
${
  rows.length === 0
    ? markup`<p class="note">None any more.</p>`
    : dataTable({
        caption: `As of ${seconds(checkedAt)}, run ${runId}`,
        columns: [{ name: 'Key', kind: 'key' }, { name: 'Value' }, { name: 'Expected', kind: 'wide' }],
        rows: rows.map(({ key, value, expectation }) => [
          clip(key ?? '–', 200),
          clip(value ?? '–', 300),
          clip(expectation, 300),
        ]),
      })
}<p class="label">The SQL that finds them (${engine === 'duckdb' ? 'DuckDB, on the file' : 'PostgreSQL, on the table'})</p>
<pre tabindex="0"><code>${clip(sql, 8_000)}</code></pre>
<p class="next">To run it: <code>${engine === 'duckdb' ? inspectCommand(dataset, interval, check) : QUERY_COMMAND}</code></p></section>
`;
}

function historySection(changes: readonly ReviewChange[]): Html {
  return markup`<section class="card" aria-labelledby="history"><h2 id="history">What was decided</h2>
${dataTable({
  caption: 'Newest first',
  columns: [
    { name: 'When', kind: 'key' },
    { name: 'Who' },
    { name: 'What' },
    { name: 'Owner' },
    { name: 'Note', kind: 'wide' },
  ],
  rows: changes.map(({ at, actor, from, to, acknowledgedUntil, owner, note }) => [
    seconds(at),
    clip(actor, 100),
    `${from === to ? 'words changed' : `${from ?? 'new'} → ${to ?? 'deleted'}`}${acknowledgedUntil === null ? '' : ` until ${instant(acknowledgedUntil).replace('T00:00Z', '')}`}`,
    owner ?? '–',
    note === null ? '–' : clip(note, 600),
  ]),
})}</section>
`;
}
