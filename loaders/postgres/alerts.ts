/** `etl.alert`: changes of state that somebody is to be told, written in the transaction of the change and sent afterwards. */
import type { Database } from '../../core/effects.ts';

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
