/** An alert as a webhook gets it: a documented JSON object, or a message for Slack and whatever speaks like it. */
import { clip, count, counted, visible } from '../words.ts';

/** Raised when a receiver would have to change. */
export const ALERT_VERSION = 1;

export interface Alert {
  /** Stays the same when an alert is sent again. */
  readonly id: string;
  readonly kind: 'finding opened' | 'finding reopened' | 'finding fixed' | 'source changed';
  /** Fingerprint of a finding, or name of a source. */
  readonly subject: string;
  readonly text: string;
  readonly dataset: string;
  readonly severity: 'failure' | 'block' | 'reject' | 'warn' | 'info';
  readonly from: string | null;
  readonly to: string;
  readonly next: string | null;
  /** ISO 8601. */
  readonly changedAt: string;
  readonly runId: string | null;
}

export type AlertFormat = 'json' | 'slack';

/** Characters of one text: Slack takes 3,000 in a block. */
const LONGEST = 1_500;
/** Changes that a summary names. */
const NAMED = 20;

/** What is posted for one alert. */
export function alertBody(alert: Alert, format: AlertFormat): object {
  const { id, kind, subject, dataset, severity, from, to, next, changedAt, runId } = alert;
  const text = clip(visible(alert.text), LONGEST);
  if (format === 'slack') return slack(text, [section(`${mark(alert)} ${escaped(text)}`), ...nextBlock(next)]);
  return { version: ALERT_VERSION, id, kind, subject, text, dataset, severity, from, to, next, changedAt, runId };
}

/** What is posted for many at once. `alerts` of the JSON object are whole, also where the text names only the first. */
export function summaryBody(alerts: readonly Alert[], id: string, format: AlertFormat): object {
  const lines = alerts.slice(0, NAMED).map((alert) => `${alert.subject}: ${alert.kind}, ${alert.to}`);
  const rest = alerts.length - lines.length;
  const title = `${counted(alerts.length, 'more change')} of state`;
  const text = [title, ...lines, ...(rest > 0 ? [`and ${count(rest)} more`] : [])].join('\n');
  if (format === 'slack') return slack(title, [section(escaped(text)), ...nextBlock('npm run pipeline -- health')]);
  return {
    version: ALERT_VERSION,
    id,
    kind: 'summary',
    text,
    next: 'npm run pipeline -- health',
    alerts: alerts.map((alert) => alertBody(alert, 'json')),
  };
}

function slack(text: string, blocks: readonly object[]): object {
  return { text: escaped(text), blocks };
}

function section(text: string): object {
  return { type: 'section', text: { type: 'mrkdwn', text } };
}

function nextBlock(next: string | null): object[] {
  return next === null
    ? []
    : [{ type: 'context', elements: [{ type: 'mrkdwn', text: `Next: ${escaped(clip(visible(next), 500))}` }] }];
}

/** What Slack would take for a link, a mention or an entity. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Readable without colours, too. */
function mark({ kind, to, severity }: Alert): string {
  if (kind === 'finding fixed' || to === 'healthy') return '*[ok]*';
  return severity === 'info' ? '*[info]*' : `*[${severity}]*`;
}
