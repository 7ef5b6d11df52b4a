/** Source health for a terminal: a line per source within 100 columns, and below it what is to be known and typed. */
import type { SourceState } from './health-states.ts';
import { renderTable } from './table.ts';

const WIDTH = 100;
const INDENT = '      ';

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
  return [head, rule, ...sources.flatMap((source, i) => [lines[i] ?? '', ...notes(source)])].join('\n');
}

/** A publisher's notes repeat those of its datasets, so they are left out where these are shown. */
function notes({ source, status, said, next, consecutiveFailures, lastSuccess }: SourceState): string[] {
  if (!source.includes('/') || (status === 'healthy' && next === null)) return [];
  const failures =
    consecutiveFailures === 0
      ? ''
      : `${consecutiveFailures} ${consecutiveFailures === 1 ? 'failure' : 'failures'}, last success ${lastSuccess ?? 'never'}: `;
  return [...wrapped(`${failures}${said}`), ...(next === null ? [] : [`${INDENT}next: ${oneLine(next)}`])];
}

/** Broken between words; a longer word (an address) stays whole. */
function wrapped(text: string): string[] {
  const lines: string[] = [];
  let line = INDENT;
  for (const word of oneLine(text).split(' ')) {
    if (line.length > INDENT.length && line.length + word.length > WIDTH) {
      lines.push(line.trimEnd());
      line = INDENT;
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()];
}

/** Control characters would move the cursor. */
function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/[\p{Cc}]/gu, ' ');
}
