/** Findings by the object that they are about, and the counts and sentences that the page and the terminal share. */
import {
  type AuditReport,
  type Finding,
  type ObjectKind,
  SEVERITIES,
  type Severity,
  VERDICTS,
} from '../../core/audit.ts';
import { count, counted, instant } from '../words.ts';

/** The findings about a table and its parts, or about one object of another kind. */
export interface ObjectGroup {
  readonly title: string;
  readonly severity: Severity;
  /** Worst first. */
  readonly findings: readonly Finding[];
}

/** Kinds that are named after the table or view that they belong to. */
const PARTS: ReadonlySet<ObjectKind> = new Set(['column', 'constraint', 'trigger', 'policy', 'rule']);
const RELATIONS: ReadonlySet<ObjectKind> = new Set(['table', 'view', 'materialized view']);

/** Worst first; objects of the same severity in the order of their first finding. */
export function groupFindings(findings: readonly Finding[]): ObjectGroup[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const title = groupTitle(finding);
    groups.set(title, [...(groups.get(title) ?? []), finding]);
  }
  return [...groups]
    .map(([title, members]) => {
      const sorted = worstFirst(members);
      return { title, severity: sorted[0]?.severity ?? 'info', findings: sorted };
    })
    .toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
}

/** Of the same severity in the order that they had. */
export function worstFirst(findings: readonly Finding[]): Finding[] {
  return findings.toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
}

/** When it was checked, to the second. */
export function checkedAt(report: AuditReport): string {
  return instant(report.checkedAt.replace(/\.\d+Z$/, 'Z'));
}

/** `column station_id: type`, `policy read is missing`: what differs, as short as it can be told under the title of its group. */
export function findingTitle({ kind, name, difference }: Finding, inGroup: boolean): string {
  const object = inGroup && PARTS.has(kind) ? `${kind} ${lastPart(name)}` : `${kind} ${name}`;
  if (difference === 'missing') return kind === 'migration' ? `${object} is not applied` : `${object} is missing`;
  return difference === 'extra' ? `${object} should not be there` : `${object}: ${difference}`;
}

/** `the database`, `2 fail, 3 warn, 1 info` … as one sentence; says so when nothing was compared. */
export function verdictSentence(report: AuditReport): string {
  const looked = lookedAt(report);
  const n = report.findings.length;
  if (n === 0)
    return looked === 0
      ? 'Nothing was compared, so nothing is known about this database.'
      : `The database is what the migrations make: ${counted(looked, 'object')} compared, no difference.`;
  const verdicts = VERDICTS.flatMap((verdict) => {
    const found = report.findings.filter((finding) => finding.verdict === verdict).length;
    return found === 0 ? [] : [`${count(found)} ${verdict}`];
  });
  const differs = `The database differs from the migrations: ${severityCounts(report.findings)} (${verdicts.join(', ')}; ${counted(looked, 'object')} compared).`;
  if (report.migrations.some(({ state }) => state === 'applied' || state === 'edited')) return differs;
  return `${differs} None of them is applied here: db migrate will set aside what is there under the same names, and copy its rows.`;
}

/** `2 fail, 3 warn, 1 info` */
export function severityCounts(findings: readonly Finding[]): string {
  return SEVERITIES.flatMap((severity) => {
    const found = findings.filter((finding) => finding.severity === severity).length;
    return found === 0 ? [] : [`${count(found)} ${severity}`];
  }).join(', ');
}

export function lookedAt({ looked }: AuditReport): number {
  return Object.values(looked).reduce((sum, n) => sum + n, 0);
}

/** Beginning with a capital letter and ending with a full stop. */
export function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?…]$/.test(text) ? '' : '.'}`;
}

/** What a word of the `state` of a migration means. */
export const MIGRATION_STATES = {
  applied: 'applied',
  pending: 'not applied yet',
  edited: 'changed after it was applied',
  foreign: 'in the database, no such file here',
} as const;

function groupTitle({ kind, name }: Finding): string {
  if (PARTS.has(kind)) return partsOf(name).slice(0, -1).join('.') || `${kind} ${name}`;
  return RELATIONS.has(kind) ? name : `${kind} ${name}`;
}

function lastPart(name: string): string {
  return partsOf(name).at(-1) ?? name;
}

/** At the dots outside double quotes. */
function partsOf(name: string): string[] {
  const parts = [''];
  let quoted = false;
  for (const char of name) {
    if (char === '"') quoted = !quoted;
    if (char === '.' && !quoted) parts.push('');
    else parts[parts.length - 1] += char;
  }
  return parts;
}
