/** The audit for a terminal: one line per finding first, worst first, then what each means, what is to be applied, what was looked at. */
import type { AuditReport, Finding } from '../../core/audit.ts';
import { clip, count, counted, duration, visible } from '../words.ts';
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
  worstFirst,
} from './groups.ts';
import { valuesOf } from './values.ts';
import { shownRepair } from './repair.ts';

/** Findings that are told in full; the page and --json have all. */
const DETAILED = 30;
/** Characters of one value. */
const VALUE = 400;
/** What one pending migration would make. */
const OBJECTS = 20;
const NARROWEST = 40;
const WIDEST = 120;

/** @param options.width columns of the terminal; texts are wrapped, names and DDL are never cut */
export function auditText(report: AuditReport, options: { readonly width: number }): string {
  const width = Math.min(WIDEST, Math.max(NARROWEST, options.width));
  const groups = groupFindings(report.findings);
  const lines = worstFirst(report.findings).map((finding) => line(finding, width));
  const server = `${report.database}, PostgreSQL ${report.server}, expected from ${report.expectedFrom}; ${checkedAt(report)}, took ${duration(report.durationMs)}`;
  const parts = [
    wrap(verdictSentence(report), width) + wrap(server, width),
    lines.join(''),
    ...details(groups, width),
    checklist(report, width),
    report.notes.map((note) => wrap(note, width, 'Not judged: ', 2)).join(''),
    looked(report, width),
  ];
  return parts.filter((part) => part !== '').join('\n');
}

/** `FAIL drifted  column public.weather_data.station_id: type` */
function line(finding: Finding, width: number): string {
  const { severity, verdict } = finding;
  const word = severity === 'info' ? severity : severity.toUpperCase();
  return wrap(findingTitle(finding, false), width, `${word} ${verdict.padEnd(8)} `);
}

function details(groups: readonly ObjectGroup[], width: number): string[] {
  let left = DETAILED;
  const told = groups.flatMap(({ title, findings }) => {
    const shown = findings.slice(0, left);
    left -= shown.length;
    return shown.length === 0
      ? []
      : [`${wrap(title, width)}${shown.map((finding, i) => detail(finding, width, shown[i + 1]?.next)).join('')}`];
  });
  const rest = groups.flatMap(({ findings }) => findings).slice(DETAILED);
  if (rest.length === 0) return told;
  const more = `${counted(rest.length, 'more finding')} (${severityCounts(rest)}): --html FILE and --json tell them in full.`;
  return [...told, wrap(more, width)];
}

/** @param nextOfNext a step that the next finding has too is told once, under the last of them */
function detail(finding: Finding, width: number, nextOfNext: string | undefined): string {
  const { severity, verdict, consequence, objects, repair, next } = finding;
  const { expected, actual } = valuesOf(finding);
  return [
    wrap(`${severity}, ${verdict}: ${findingTitle(finding, true)}`, width, '  ', 4),
    expected === null ? '' : wrap(clip(expected, VALUE), width, '    expected  '),
    actual === null ? '' : verdict === 'edited' ? asItIs(actual) : wrap(clip(actual, VALUE), width, '    actual    '),
    ...objects.slice(0, OBJECTS).map((object) => wrap(object, width, '    - ')),
    objects.length > OBJECTS ? `    - and ${count(objects.length - OBJECTS)} more\n` : '',
    wrap(sentence(consequence), width, '    '),
    repair === null ? '' : `${shownRepair(repair).replaceAll(/^/gm, '      ')}\n`,
    next === nextOfNext ? '' : wrap(next, width, '    Next: ', 4),
  ].join('');
}

/** Changed lines keep their line ends: who compares them with the file looks for lines. */
function asItIs(difference: string): string {
  return difference
    .split('\n')
    .map((changed) => `    ${visible(clip(changed.trimStart(), VALUE))}\n`)
    .join('');
}

function checklist({ migrations }: AuditReport, width: number): string {
  const open = migrations.filter(({ state }) => state !== 'applied');
  const applied = `Migrations: ${count(migrations.length - open.length)} of ${count(migrations.length)} applied as the files are`;
  if (open.length === 0) return wrap(`${applied}.`, width);
  const left = open.map(({ file, version, state }) =>
    wrap(`${file === '' ? version : file}: ${MIGRATION_STATES[state]}`, width, '  [ ] '),
  );
  return `${wrap(`${applied}. To settle:`, width)}${left.join('')}`;
}

function looked(report: AuditReport, width: number): string {
  const kinds = Object.entries(report.looked).map(([kind, n]) => `${kind} ${count(n)}`);
  if (kinds.length === 0) return 'Looked at nothing.\n';
  return wrap(`Looked at ${counted(lookedAt(report), 'object')}: ${kinds.join(', ')}.`, width, '', 2);
}

/**
 * Broken between words; a word that is too long keeps a line of its own, so that it can be copied. Ends with a line end.
 * @param lead starts the first line; the others are indented by `rest`
 */
function wrap(text: string, width: number, lead: string = '', rest: number = lead.length): string {
  const words = visible(text)
    .split(/\s+/)
    .filter((word) => word !== '');
  const lines: string[] = [];
  let current = lead;
  let empty = true;
  for (const word of words) {
    if (!empty && current.length + 1 + word.length > width) {
      lines.push(current);
      current = ' '.repeat(rest);
      empty = true;
    }
    current += empty ? word : ` ${word}`;
    empty = false;
  }
  return `${[...lines, current.trimEnd()].join('\n')}\n`;
}
