/** The DDL that would mend a database. It is for a person to read: nothing of ours runs it. */
import type { AuditReport } from '../../core/audit.ts';
import { counted, visible } from '../words.ts';
import { findingTitle } from './groups.ts';

/** All of it in one piece, and by name the findings that have none; empty when there is nothing to mend. */
export function repairText(report: AuditReport): string {
  const without = report.findings.filter(({ repair }) => repair === null);
  if (report.repair === '' && without.length === 0) return '';
  return [
    `-- ${oneLine(`DDL that would mend ${report.database}: read it first. Nothing of it was run.`)}\n`,
    report.repair === '' ? '' : `${shownRepair(report.repair)}\n`,
    without.length === 0 ? '' : `-- ${counted(without.length, 'finding')} without DDL:\n`,
    ...without.map((finding) => `-- ${oneLine(`${findingTitle(finding, false)}. Next: ${finding.next}`)}\n`),
  ].join('');
}

/** DDL as it can be shown: what nobody could see is written as \u{…}, and said. */
export function shownRepair(repair: string): string {
  const shown = visible(repair).trimEnd();
  return shown === repair.trimEnd()
    ? shown
    : `-- This holds invisible characters, written as \\u{...} here: it does not run as it stands.\n${shown}`;
}

/** A name with a line end must not turn a comment into a statement. */
function oneLine(text: string): string {
  return visible(text).replaceAll(/\s+/g, ' ');
}
