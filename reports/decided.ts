/**
 * Which findings still alarm: those that are open and more than information. What people accepted or acknowledged is counted in the
 * verdict and alarms no more.
 *
 * A run whose findings could not be kept has none; its checks then speak for themselves.
 */
import type { CheckReport, DatasetReport, Finding } from './model.ts';
import { clip, counted, instant } from './words.ts';

type Judged = Pick<DatasetReport, 'checks' | 'findings' | 'findingCounts' | 'rows'>;

/** Worst first, as in the model. */
export function openFindings({ findings }: Pick<Judged, 'findings'>): Finding[] {
  return findings.filter(({ state, severity }) => state === 'open' && severity !== 'info');
}

/** Checks that found something that nobody has decided about; information does not count. */
export function undecided(dataset: Judged): CheckReport[] {
  return dataset.checks.filter(
    ({ name, severity, result }) =>
      result === 'found' && severity !== 'info' && !isDecided(dataset, ({ check }) => check === name),
  );
}

export function alarms(dataset: Judged): boolean {
  return openFindings(dataset).length > 0 || undecided(dataset).length > 0 || refusalsAlarm(dataset);
}

/** Rows lie in quarantine that nobody has decided about. */
export function refusalsAlarm(dataset: Judged): boolean {
  if (dataset.rows.rejected === 0) return false;
  return (
    undecided(dataset).some(({ severity }) => severity === 'reject') ||
    !isDecided(dataset, ({ severity }) => severity === 'reject')
  );
}

function isDecided({ findings, findingCounts }: Judged, about: (finding: Finding) => boolean): boolean {
  const own = findings.filter((finding) => about(finding) && finding.state !== 'fixed');
  if (own.length > 0) return own.every(({ state }) => state !== 'open');
  // Open ones come first, so what a list that was cut does not show is decided.
  const all = Object.values(findingCounts).reduce((sum, n) => sum + n, 0);
  return all > findings.length && findings.every(({ state }) => state !== 'open');
}

/** `; 1 accepted finding, 2 acknowledged findings`, or nothing. */
export function decidedInWords({ findingCounts }: Pick<Judged, 'findingCounts'>): string {
  const parts = (['accepted', 'acknowledged'] as const).flatMap((state) =>
    findingCounts[state] > 0 ? [counted(findingCounts[state], `${state} finding`)] : [],
  );
  return parts.length === 0 ? '' : `; ${parts.join(', ')}`;
}

/** Which, which interval, since when. */
export function findingInWords({ sentence, interval, firstSeenAt }: Finding): string {
  const where = interval === '' ? '' : `, in ${interval}`;
  return `${clip(sentence.trim().replace(/\.$/, ''), 300)}${where}, known since ${instant(firstSeenAt.replace(/\.\d+Z$/, 'Z'))}`;
}
