/**
 * Tells of changes of state when a run is over: a file beside its report, and messages to a webhook. Nothing here can fail a run or keep a load
 * waiting: what could not be sent waits in `etl.alert` for the next run.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asFault } from '../core/errors.ts';
import {
  alertsOfRun,
  sendLocked,
  settleAlerts,
  type WaitingAlert,
  waitingAlerts,
} from '../loaders/postgres/alert-queue.ts';
import { type Alert, alertBody, summaryBody } from '../reports/alerts/message.ts';
import { alertsMarkdown } from '../reports/alerts/markdown.ts';
import type { RunReport } from '../reports/model.ts';
import { sourceBanner } from '../reports/words.ts';
import { planAlerts } from './alert-plan.ts';
import { type AlertSettings, alertSettings } from './alert-settings.ts';
import type { Engine } from './engine.ts';

const TIMEOUT_MS = 10_000;
const ATTEMPTS = 3;
/** After so long no further message is begun. */
const PATIENCE_MS = 30_000;

export interface Delivery {
  /** Messages that were taken, a summary among them. */
  readonly sent: number;
  /** Alerts that wait on. */
  readonly waiting: number;
  /** Why it stopped; null when it went through. */
  readonly error: string | null;
}

/** @param folder of the run's report. Never rejects. */
export async function tellAlerts(
  engine: Engine,
  report: Pick<RunReport, 'runId' | 'command' | 'source'>,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    const own = await alertsOfRun(engine.pool, report.runId);
    if (own.length > 0) {
      const banner = sourceBanner(report.source)?.title ?? null;
      // A fault is written once, as it would be sent.
      const { send, summarise } = planAlerts(own, { now: 0, minSeverity: 'info' });
      const page = alertsMarkdown([...send, ...summarise].map(alertOf), { ...report, banner });
      await writeFile(join(folder, 'alerts.md'), page);
    }
    // Nobody is to be woken by samples or by what was recorded long ago.
    const settings = report.source === 'live' && !signal.aborted ? alertSettings(engine.env) : null;
    if (settings === null || engine.poster === undefined) return;
    const { error, waiting } = await deliverAlerts(engine, settings, signal);
    if (error !== null)
      engine.log.warn(
        `${waiting} ${waiting === 1 ? 'alert waits' : 'alerts wait'} for the next run: ${error}. Next: penstock alerts list`,
      );
  } catch (error) {
    engine.log.warn(`alerts wait for the next run: ${asFault(error, 'database').message}`);
  }
}

/** Sends what waits, stops at the first message that is not taken. */
export async function deliverAlerts(
  { pool, poster, clock }: Pick<Engine, 'pool' | 'poster' | 'clock'>,
  { url, format, minSeverity }: AlertSettings,
  signal: AbortSignal,
): Promise<Delivery> {
  const started = performance.now();
  // The database's clock wrote the times of the alerts.
  const [time] = await pool.query<{ now: Date }>('select now()');
  const plan = planAlerts(await waitingAlerts(pool), { now: time?.now.getTime() ?? clock.now(), minSeverity });
  for (const { outcome, ids } of plan.leave) await settleAlerts(pool, ids, outcome);
  const post = async (body: object, key: string): Promise<string | null> => {
    try {
      await poster?.post({
        url,
        body: JSON.stringify(body),
        headers: { 'idempotency-key': key },
        timeoutMs: TIMEOUT_MS,
        attempts: ATTEMPTS,
        signal,
      });
      return null;
    } catch (error) {
      return signal.aborted ? 'the process is being stopped' : asFault(error, 'request').message;
    }
  };
  const summaryKey = `summary-${keyOf(plan.summarise[0])}`;
  const messages = [
    ...plan.send.map((alert) => ({
      of: [alert],
      outcome: 'sent' as const,
      key: keyOf(alert),
      body: alertBody(alertOf(alert), format),
    })),
    ...(plan.summarise.length === 0
      ? []
      : [
          {
            of: plan.summarise,
            outcome: 'summarised' as const,
            key: summaryKey,
            body: summaryBody(plan.summarise.map(alertOf), summaryKey, format),
          },
        ]),
  ];
  let sent = 0;
  let left = plan.send.length + plan.summarise.length;
  for (const { of, outcome, key, body } of messages) {
    if (performance.now() - started > PATIENCE_MS) return { sent, waiting: left, error: 'the receiver is slow' };
    const { taken, error } = await sendLocked(
      pool,
      of.map(({ id }) => id),
      outcome,
      () => post(body, key),
    );
    if (error !== null) return { sent, waiting: left, error };
    if (taken) sent += 1;
    left -= of.length;
  }
  return { sent, waiting: 0, error: null };
}

/** The same whenever it is sent again, and another in another database. */
function keyOf(alert: WaitingAlert | undefined): string {
  return alert === undefined ? '' : `${alert.id}-${alert.createdAt.toString(36)}`;
}

export function alertOf(alert: WaitingAlert): Alert {
  const { subject, kind, payload, runId, createdAt } = alert;
  return { id: keyOf(alert), kind, subject, ...payload, changedAt: new Date(createdAt).toISOString(), runId };
}
