/** Source health for a terminal: a line per source within 100 columns, below it what is to be known and typed, at the end the sum. */
import { counted } from '../reports/words.ts';
import type { SourceState } from './health-states.ts';
import { renderTable } from './table.ts';
import { nextLine, wrapped } from './wrap.ts';

const STATUSES: readonly SourceState['status'][] = [
  'failing',
  'degraded',
  'late',
  'not configured',
  'unknown',
  'healthy',
];

export function healthText(sources: readonly SourceState[]): string {
  const [head = '', rule = '', ...lines] = renderTable(
    [
      { name: 'source' },
      { name: 'status' },
      { name: 'score', right: true },
      { name: 'fresh' },
      { name: 'covered until' },
      { name: 'findings', right: true },
    ],
    sources.map(({ source, status, score, freshness, coveredUntil, openFindings }) => [
      source.includes('/') ? `  ${source.slice(source.indexOf('/') + 1)}` : source,
      status,
      score === null ? '–' : score.toFixed(1),
      freshness,
      coveredUntil ?? '',
      openFindings === 0 ? '' : String(openFindings),
    ]),
  ).split('\n');
  return [head, rule, ...sources.flatMap((source, i) => [lines[i] ?? '', ...notes(source)]), '', sum(sources)].join(
    '\n',
  );
}

/** A publisher's notes repeat those of its datasets, and of what was never asked there is nothing to say. */
function notes({ source, status, said, next, consecutiveFailures, lastSuccess, lastFailure }: SourceState): string[] {
  const never = lastSuccess === null && lastFailure === null && status === 'unknown';
  if (!source.includes('/') || never || (status === 'healthy' && next === null)) return [];
  const failures =
    consecutiveFailures === 0
      ? ''
      : `${counted(consecutiveFailures, 'failure')}, last success ${lastSuccess ?? 'never'}: `;
  return [...wrapped(`${failures}${said}`), ...nextLine(next)];
}

/** `54 datasets: 3 degraded, 50 unknown, 1 healthy`, the worst first. */
function sum(sources: readonly SourceState[]): string {
  const datasets = sources.filter(({ source }) => source.includes('/'));
  const parts = STATUSES.flatMap((word) => {
    const n = datasets.filter(({ status }) => status === word).length;
    return n === 0 ? [] : [`${n} ${word}`];
  });
  return `${counted(datasets.length, 'dataset')}: ${parts.join(', ')}`;
}
