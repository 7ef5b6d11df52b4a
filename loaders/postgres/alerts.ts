/** `etl.alert`: changes of state that somebody is to be told, written in the transaction of the change and sent afterwards. */
import type { Database } from '../../core/effects.ts';
import type { SourceState, Status } from './health-state.ts';

export interface NewAlert {
  /** Fingerprint of a finding, or name of a source in `source_health`. */
  readonly subject: string;
  readonly kind: 'finding opened' | 'finding reopened' | 'finding fixed' | 'source changed';
  /** What the receiver is told. */
  readonly payload: AlertPayload;
  /** null where a person changed it. */
  readonly runId: string | null;
}

export interface AlertPayload {
  /** One sentence: what changed. */
  readonly text: string;
  /** `ieso-demand`; of a publisher its id. */
  readonly dataset: string;
  readonly severity: 'failure' | 'block' | 'reject' | 'warn' | 'info';
  readonly from: string | null;
  readonly to: string;
  /** The command to type next. */
  readonly next: string | null;
}

/** Queues alerts in the caller's transaction: they are told if and only if the change is. */
export async function queueAlerts(tx: Database, alerts: readonly NewAlert[]): Promise<void> {
  if (alerts.length === 0) return;
  await tx.query(
    `insert into etl.alert (subject, kind, payload, run_id)
     select a.subject, a.kind, a.payload, a."runId"
     from jsonb_to_recordset($1::jsonb) as a(subject text, kind text, payload jsonb, "runId" text)`,
    [JSON.stringify(alerts)],
  );
}

/** That it is over is as important as that it was: who hears of the one hears of the other. */
function severityOf(...statuses: (Status | null)[]): AlertPayload['severity'] {
  if (statuses.includes('failing')) return 'failure';
  return statuses.includes('degraded') || statuses.includes('not configured') ? 'warn' : 'info';
}

/** What somebody is to be told of a source's change; nothing while its status stays, and nothing of a first load that went well. */
export function changeAlerts(
  before: Status | null,
  after: Pick<SourceState, 'name' | 'status' | 'said' | 'next'> & { readonly id: string },
  runId: string | null,
): NewAlert[] {
  if (before === after.status || !matters(before, after.status)) return [];
  const earlier = before === null ? '' : ` (was ${before})`;
  const { name, id, status, said, next } = after;
  return [
    {
      subject: name,
      kind: 'source changed',
      payload: {
        text: `${name} is ${status}${earlier}${said === '' ? '' : `: ${said}`}`,
        dataset: id,
        severity: severityOf(before, status),
        from: before,
        to: status,
        next,
      },
      runId,
    },
  ];
}

/** A fault that comes, changes or goes; and a key that was there and is gone. */
function matters(before: Status | null, after: Status): boolean {
  const faulty = (status: Status | null): boolean => status === 'degraded' || status === 'failing';
  return faulty(before) || faulty(after) || (before === 'healthy' && after === 'not configured');
}
