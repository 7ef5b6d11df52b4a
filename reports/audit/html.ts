/** The audit as one self-contained page: verdict, findings by object with both sides and the DDL that mends them, what is left to apply. */
import type { AuditReport, Finding, Severity } from '../../core/audit.ts';
import { SEVERITIES, VERDICTS } from '../../core/audit.ts';
import { PAGE_LIMIT } from '../html/detail.ts';
import { document } from '../html/page.ts';
import { dataTable, fold } from '../html/parts.ts';
import { type Html, markup, renderMarkup } from '../html/template.ts';
import { clip, count, counted, duration } from '../words.ts';
import {
  checkedAt,
  findingTitle,
  groupFindings,
  lookedAt,
  MIGRATION_STATES,
  type ObjectGroup,
  sentence,
  severityCounts,
  verdictSentence,
} from './groups.ts';
import { repairText, shownRepair } from './repair.ts';
import { AUDIT_STYLE } from './style.ts';
import { markedLines } from './values.ts';

/** Characters of one value; --json has all of them. */
const VALUE = 20_000;
/** Bytes of sections, so that the lists around them still fit into {@link PAGE_LIMIT}. */
const SECTIONS_LIMIT = 0.7 * PAGE_LIMIT;

const MARKS: Readonly<Record<Severity, readonly [mark: string, style: string]>> = {
  fail: ['✕', 'failed'],
  warn: ['!', 'warning'],
  info: ['i', 'note'],
};

/** The page as HTML text, UTF-8. */
export function auditPage(report: AuditReport): string {
  const groups = groupFindings(report.findings);
  const sections = sectionsThatFit(groups);
  const rest = groups.slice(sections.length);
  return renderMarkup(
    document(
      `Audit of ${clip(report.database, 100)} · penstock`,
      markup`<a class="skip" href="#findings">Skip to the findings</a>
<header>
<h1>Audit of <code>${clip(report.database, 200)}</code></h1>
<p class="verdict">${overall(report)} ${verdictSentence(report)}</p>
${facts(report)}</header>
<main>
${groups.length === 0 ? null : counts(report)}${groups.length === 0 ? null : contents(groups, sections.length)}
<div id="findings">
${sections}</div>
${
  rest.length === 0
    ? null
    : markup`<p class="note">${counted(rest.length, 'more object')} with ${counted(rest.flatMap(({ findings }) => findings).length, 'finding')} (${severityCounts(rest.flatMap(({ findings }) => findings))}) would not fit here: see --json.</p>
`
}${migrations(report)}${allRepairs(report)}${lookedTable(report)}</main>
<footer><p>The audit only reads. Nothing on this page was run. Instants are UTC.</p></footer>
`,
      AUDIT_STYLE,
    ),
  );
}

function sectionsThatFit(groups: readonly ObjectGroup[]): Html[] {
  const sections: Html[] = [];
  let size = 0;
  for (const [i, group] of groups.entries()) {
    const section = groupSection(group, i + 1);
    size += new TextEncoder().encode(renderMarkup(section)).length;
    if (size > SECTIONS_LIMIT) break;
    sections.push(section);
  }
  return sections;
}

function severityBadge(severity: Severity): Html {
  const [mark, style] = MARKS[severity];
  return markup`<span class="state ${style}"><span aria-hidden="true">${mark}</span> ${severity}</span>`;
}

function overall(report: AuditReport): Html {
  const worst = SEVERITIES.find((severity) => report.findings.some((finding) => finding.severity === severity));
  if (worst !== undefined) return severityBadge(worst);
  return lookedAt(report) === 0
    ? markup`<span class="state"><span aria-hidden="true">?</span> not checked</span>`
    : markup`<span class="state good"><span aria-hidden="true">✓</span> no difference</span>`;
}

function facts(report: AuditReport): Html {
  const fact = (name: string, value: string): Html => markup`<div><dt>${name}</dt><dd>${value}</dd></div>
`;
  return markup`<dl class="run">
${fact('Server', `PostgreSQL ${clip(report.server, 200)}`)}${fact('Expected from', clip(report.expectedFrom, 300))}${fact(
    'Checked',
    checkedAt(report),
  )}${fact('Duration', duration(report.durationMs))}${fact('Exit code', report.findings.length === 0 ? '0: no difference' : '4: found something')}</dl>
`;
}

function counts({ findings }: AuditReport): Html {
  return markup`${dataTable({
    caption: 'Findings by severity and by how they came about',
    columns: [
      { name: 'Severity', kind: 'fixed' },
      ...VERDICTS.map((verdict) => ({ name: verdict, kind: 'number' as const })),
    ],
    rows: SEVERITIES.map((severity) => [
      severityBadge(severity),
      ...VERDICTS.map((verdict) =>
        count(findings.filter((finding) => finding.severity === severity && finding.verdict === verdict).length),
      ),
    ]),
  })}<p class="note">fail: loads or readers break, or somebody may do what they must not. warn: slower or weaker than meant. info: words.
edited: a file was changed after it was applied. pending: not applied yet. drifted: applied, then changed by hand. unknown: made by nobody here.</p>
`;
}

function contents(groups: readonly ObjectGroup[], sections: number): Html {
  return markup`<table class="verdicts">
<caption>${counted(groups.length, 'object')} with findings, worst first</caption>
<thead><tr><th scope="col">Severity</th><th scope="col">Object and what differs</th></tr></thead>
<tbody>
${groups.slice(0, sections).map(
  ({ title, severity, findings }, i) =>
    markup`<tr><td>${severityBadge(severity)}</td><th scope="row"><a href="#object-${i + 1}">${clip(title, 200)}</a><p>${clip(
      findings.map((finding) => findingTitle(finding, true)).join(' · '),
      600,
    )}</p></th></tr>
`,
)}</tbody></table>
`;
}

function groupSection({ title, severity, findings }: ObjectGroup, n: number): Html {
  return markup`<section class="dataset" aria-labelledby="object-${n}">
<h2 id="object-${n}">${clip(title, 300)} ${severityBadge(severity)}</h2>
${findings.map(findingPart)}</section>
`;
}

function findingPart(finding: Finding): Html {
  const { severity, verdict, consequence, repair, next, objects } = finding;
  return markup`<div class="finding ${severity}">
<h4>${clip(findingTitle(finding, true), 400)} <span class="label">${severity} · ${verdict}</span></h4>
<p>${clip(sentence(consequence), 1_000)}</p>
${
  objects.length === 0
    ? null
    : markup`<ul class="objects">${objects.map((object) => markup`<li>${clip(object, 300)}</li>`)}</ul>
`
}${sides(finding)}${
    repair === null
      ? null
      : markup`<p class="label">DDL that would mend it; read it before you use it, a click selects all of it</p>
<pre class="copy" tabindex="0">${shownRepair(repair)}</pre>
`
  }<p>Next: ${clip(next, 1_000)}</p>
</div>
`;
}

/** Expected at the left, actual at the right; below each other where the screen is narrow. */
function sides({ expected, actual, kind, verdict }: Finding): Html | null {
  if (expected === null && actual === null) return null;
  if (verdict === 'edited')
    return markup`<p class="label">- as applied, + as it is now</p><pre class="raw" tabindex="0">${clip(actual ?? '', VALUE)}</pre>
`;
  if (kind === 'migration' && (expected === null || actual === null)) return null;
  return markup`<div class="sides">${side('Expected', expected, actual)}${side('Actual', actual, expected)}</div>
`;
}

function side(name: string, text: string | null, other: string | null): Html {
  const lines = markedLines(clip(text ?? '', VALUE), clip(other ?? '', VALUE));
  return markup`<div><p class="label">${name}</p>${
    text === null
      ? markup`<p class="nothing">not there</p>`
      : markup`<pre class="raw" tabindex="0">${lines.map((line, i) => [
          i === 0 ? null : '\n',
          line.own ? markup`<b class="own">${line.text}</b>` : line.text,
        ])}</pre>`
  }</div>`;
}

function migrations(report: AuditReport): Html {
  const open = report.migrations.filter(({ state }) => state !== 'applied');
  return markup`<section class="dataset" aria-labelledby="migrations">
<h2 id="migrations">Migrations</h2>
<p>${count(report.migrations.length - open.length)} of ${counted(report.migrations.length, 'migration')} applied as the files are.</p>
${
  open.length === 0
    ? null
    : markup`<ul class="checklist">${open.map(
        ({
          file,
          version,
          state,
        }) => markup`<li><span aria-hidden="true">☐</span> <code>${clip(file === '' ? version : file, 300)}</code>: ${MIGRATION_STATES[state]}</li>
`,
      )}</ul>
`
}${fold(
    'All migrations',
    false,
    dataTable({
      caption: 'Migrations, oldest first',
      quiet: true,
      columns: [{ name: 'Version', kind: 'fixed' }, { name: 'File' }, { name: 'State', kind: 'fixed' }],
      rows: report.migrations.map(({ version, file, state }) => [
        clip(version, 100),
        clip(file, 300),
        MIGRATION_STATES[state],
      ]),
    }),
  )}</section>
`;
}

/** A click selects it, so that it can be copied without a script. */
function allRepairs(report: AuditReport): Html | null {
  const text = repairText(report);
  if (text === '') return null;
  return markup`<section class="dataset" aria-labelledby="repairs">
<h2 id="repairs">All DDL in one piece</h2>
${
  new TextEncoder().encode(text).length > 0.2 * PAGE_LIMIT
    ? markup`<p class="note">It is too long for this page: db audit --repair prints it.</p>
`
    : fold('In an order in which it can work', false, markup`<pre class="copy" tabindex="0">${text}</pre>`)
}</section>
`;
}

function lookedTable(report: AuditReport): Html {
  return markup`<section class="dataset" aria-labelledby="looked">
<h2 id="looked">What was looked at</h2>
${report.notes.map(
  (note) => markup`<p>${clip(note, 1_000)}</p>
`,
)}${dataTable({
    caption: `${counted(lookedAt(report), 'object')} were compared`,
    columns: [{ name: 'Kind' }, { name: 'Compared', kind: 'number' }],
    rows: Object.entries(report.looked).map(([kind, n]) => [kind, count(n)]),
  })}</section>
`;
}
