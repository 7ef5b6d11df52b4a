/** Of the alerts that wait: which are sent one by one, which in one summary, and which nobody needs to hear. A pure function. */
import type { AlertPayload } from '../loaders/postgres/alerts.ts';
import type { AlertOutcome, WaitingAlert } from '../loaders/postgres/alert-queue.ts';

export interface AlertPlan {
  /** The worst first. */
  readonly send: readonly WaitingAlert[];
  /** Told of in one message together; empty where all are sent. */
  readonly summarise: readonly WaitingAlert[];
  readonly leave: readonly { readonly outcome: Exclude<AlertOutcome, 'sent' | 'summarised'>; readonly ids: string[] }[];
}

/** Messages of one delivery, before the summary of the others. */
export const MOST_MESSAGES = 10;
/** After so many milliseconds a change is no news. */
export const NEWS_FOR_MS = 3 * 86_400_000;

export type Severity = AlertPayload['severity'];
export const SEVERITIES: readonly Severity[] = ['info', 'warn', 'reject', 'block', 'failure'];

export function planAlerts(
  waiting: readonly WaitingAlert[],
  options: { readonly now: number; readonly minSeverity: Severity },
): AlertPlan {
  const rank = ({ payload }: WaitingAlert): number => SEVERITIES.indexOf(payload.severity);
  const lowest = SEVERITIES.indexOf(options.minSeverity);
  const expired = waiting.filter(({ createdAt }) => options.now - createdAt > NEWS_FOR_MS);
  const news = waiting.filter((alert) => !expired.includes(alert));
  // Of a subject that changed several times only the last state is told.
  const newest = new Map(news.map((alert) => [alert.subject, alert]));
  const last = [...newest.values()];
  const heard = last.filter((alert) => rank(alert) >= lowest);
  const told = heard.filter((alert) => !saidByAnother(alert, heard));
  const superseded = news.filter((alert) => newest.get(alert.subject) !== alert || saidByAnother(alert, heard));
  const ordered = told.toSorted((a, b) => rank(b) - rank(a) || Number(a.id) - Number(b.id));
  const ids = (alerts: readonly WaitingAlert[]): string[] => alerts.map(({ id }) => id);
  return {
    send: ordered.slice(0, MOST_MESSAGES),
    summarise: ordered.slice(MOST_MESSAGES),
    leave: (
      [
        { outcome: 'expired', ids: ids(expired) },
        { outcome: 'superseded', ids: ids(superseded) },
        { outcome: 'below severity', ids: ids(last.filter((alert) => rank(alert) < lowest)) },
      ] as const
    ).filter((group) => group.ids.length > 0),
  };
}

/**
 * One fault, one message: a publisher's state is that of a dataset that tells it, and an interval that failed is why its dataset is degraded.
 */
function saidByAnother(alert: WaitingAlert, heard: readonly WaitingAlert[]): boolean {
  const { subject, kind, payload } = alert;
  if (kind === 'source changed')
    return (
      !subject.includes('/') &&
      heard.some((other) => other.subject.startsWith(`${subject}/`) && other.payload.to === payload.to)
    );
  return (
    payload.severity === 'failure' &&
    heard.some(
      (other) =>
        other.kind === 'source changed' &&
        other.subject.endsWith(`/${payload.dataset}`) &&
        (kind === 'finding fixed') === (other.payload.to === 'healthy'),
    )
  );
}
