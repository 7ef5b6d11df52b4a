/** The waiting rows of `etl.alert`: what is to be told, what became of it, and a lock so that two runs do not tell it twice. */
import type { Database } from '../../core/effects.ts';
import type { AlertPayload, NewAlert } from './alerts.ts';
import { fromPg } from './instant.ts';

export interface WaitingAlert extends NewAlert {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly attempts: number;
  readonly lastError: string | null;
}

export type AlertOutcome = 'sent' | 'summarised' | 'superseded' | 'below severity' | 'expired';

/** Most alerts that one delivery looks at, the oldest first; the next takes the rest. */
const LOOKED_AT = 2_000;

/** Without those that another process is sending right now. */
export async function waitingAlerts(db: Database, limit: number = LOOKED_AT): Promise<WaitingAlert[]> {
  return alertsWhere(db, 'outcome is null order by alert_id limit $1', [limit]);
}

export async function alertsOfRun(db: Database, runId: string): Promise<WaitingAlert[]> {
  return alertsWhere(db, 'run_id = $1 order by alert_id', [runId]);
}

async function alertsWhere(db: Database, where: string, params: readonly unknown[]): Promise<WaitingAlert[]> {
  const rows = await db.query<AlertRow>(
    `select alert_id::text as id, subject, kind, payload, run_id as "runId", created_at::text as created, attempts, last_error as "lastError"
     from etl.alert where ${where}`,
    params,
  );
  return rows.map(({ created, ...row }) => ({ ...row, createdAt: fromPg(created) }));
}

interface AlertRow {
  readonly id: string;
  readonly subject: string;
  readonly kind: NewAlert['kind'];
  readonly payload: AlertPayload;
  readonly runId: string | null;
  readonly created: string;
  readonly attempts: number;
  readonly lastError: string | null;
}

/** These do not wait any more. */
export async function settleAlerts(db: Database, ids: readonly string[], outcome: AlertOutcome): Promise<void> {
  if (ids.length === 0) return;
  const told = outcome === 'sent' || outcome === 'summarised';
  await db.query(
    `update etl.alert set outcome = $2, settled_at = now(), sent_at = case when $3 then now() end,
       attempts = attempts + $3::int, tried_at = case when $3 then now() else tried_at end, last_error = case when $3 then null else last_error end
     where alert_id = any ($1::bigint[]) and outcome is null`,
    [ids, outcome, told],
  );
}

/**
 * Locks these alerts while `send` runs, and notes what came of it. A process that is killed in between has perhaps sent them: they wait on, and are
 * sent again with the same key, so that receivers can tell.
 * @returns false when another process has them, or had
 */
export async function sendLocked(
  db: Database,
  ids: readonly string[],
  outcome: 'sent' | 'summarised',
  send: () => Promise<string | null>,
): Promise<{ readonly taken: boolean; readonly error: string | null }> {
  return db.transaction(async (tx) => {
    const held = await tx.query(
      'select from etl.alert where alert_id = any ($1::bigint[]) and outcome is null for update skip locked',
      [ids],
    );
    if (held.length !== ids.length) return { taken: false, error: null };
    const error = await send();
    if (error === null) await settleAlerts(tx, ids, outcome);
    else
      await tx.query(
        'update etl.alert set attempts = attempts + 1, tried_at = now(), last_error = $2 where alert_id = any ($1::bigint[])',
        [ids, error],
      );
    return { taken: true, error };
  });
}
