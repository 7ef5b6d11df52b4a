/** Alerts that wait, as lines. */
import { formatInstant } from '../core/interval.ts';
import { alertOf } from '../engine/alerts.ts';
import type { WaitingAlert } from '../loaders/postgres/alert-queue.ts';
import { renderTable } from './table.ts';

export function alertDocument(alert: WaitingAlert): object {
  return { ...alertOf(alert), attempts: alert.attempts, lastError: alert.lastError };
}

export function alertsText(alerts: readonly WaitingAlert[]): string {
  if (alerts.length === 0) return 'No alert waits.';
  const lines = alerts.map(({ createdAt, payload, attempts, lastError }) => [
    formatInstant(Math.floor(createdAt / 1_000) * 1_000),
    payload.severity,
    String(attempts),
    lastError === null ? payload.text : `${payload.text} (${lastError})`,
  ]);
  return `${renderTable([{ name: 'since' }, { name: 'severity' }, { name: 'tries', right: true }, { name: 'what' }], lines, 200)}\n\nNext: penstock alerts send`;
}
