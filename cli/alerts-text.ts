/** Alerts that wait, as lines. */
import { formatInstant } from '../core/interval.ts';
import { alertOf } from '../engine/alerts.ts';
import type { WaitingAlert } from '../loaders/postgres/alert-queue.ts';
import { counted } from '../reports/words.ts';
import { nextLine, wrapped } from './wrap.ts';

export function alertDocument(alert: WaitingAlert): object {
  return { ...alertOf(alert), attempts: alert.attempts, lastError: alert.lastError };
}

export function alertsText(alerts: readonly WaitingAlert[]): string {
  if (alerts.length === 0) return 'No alert waits.';
  const lines = alerts.flatMap(({ createdAt, payload, kind, attempts, lastError }) => [
    `${formatInstant(Math.floor(createdAt / 1_000) * 1_000)}  ${payload.severity}  ${kind}${attempts === 0 ? '' : `, tried ${counted(attempts, 'time')}`}`,
    ...wrapped(payload.text),
    ...(lastError === null ? [] : wrapped(`not sent: ${lastError}`)),
    ...nextLine(payload.next),
  ]);
  return [...lines, '', `${counted(alerts.length, 'alert')} waiting. Next: penstock alerts send`].join('\n');
}
