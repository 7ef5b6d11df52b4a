/** The alerts of a run as GitHub-flavoured Markdown, to paste into an issue tracker or to post from a workflow. */
import { clip, counted, instant, visible } from '../words.ts';
import type { Alert } from './message.ts';

/** An issue tracker takes 65,536 characters. */
const MOST = 100;

export interface AlertsOfRun {
  readonly runId: string;
  /** What was typed. */
  readonly command: string;
  /** Label for data that the publisher does not say today; null for live ones. */
  readonly banner: string | null;
}

export function alertsMarkdown(alerts: readonly Alert[], { runId, command, banner }: AlertsOfRun): string {
  const shown = alerts.slice(0, MOST);
  const rest = alerts.length - shown.length;
  return `# ${counted(alerts.length, 'change')} of state in run ${code(runId)}

${banner === null ? '' : `> **${banner}**\n\n`}${shown.map(item).join('\n')}${rest > 0 ? `\n${counted(rest, 'more change')} not shown here.\n` : ''}
Seen by ${code(command)}. [Report](report.html), [as Markdown](report.md).
`;
}

function item({ kind, severity, text, subject, changedAt, next, from, to }: Alert): string {
  const change = from === null ? to : `${from} → ${to}`;
  return `- [ ] **${prose(severity)}**, ${prose(kind)}: ${prose(text)}
  - ${code(subject)}, ${prose(change)}, ${instant(changedAt)}
${next === null ? '' : `  - Next: ${code(next)}\n`}`;
}

function oneLine(text: string, limit: number): string {
  return visible(clip(text, limit)).replace(/\s+/g, ' ');
}

/** One line of text in which nothing is markup and nobody is mentioned. */
function prose(text: string): string {
  return (
    oneLine(text, 800)
      .replace(/[\\`*[\]<#~&|]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '\\$&')
      // A word joiner: the text looks the same and names nobody.
      .replaceAll('@', '@\u2060')
  );
}

/** A code span: longer ticks than any in the text. */
function code(text: string): string {
  const body = oneLine(text, 500);
  const longest = Math.max(0, ...[...body.matchAll(/`+/g)].map(([run]) => run.length));
  const ticks = '`'.repeat(longest + 1);
  const space = longest > 0 ? ' ' : '';
  return `${ticks}${space}${body}${space}${ticks}`;
}
