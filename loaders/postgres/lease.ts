/**
 * Leases: who is loading which interval. A lease is free when it has expired or when the connection of its holder is gone, so
 * that a killed process never blocks the next one. Taking one is a single statement, so two processes cannot both succeed.
 */
import PQueue from 'p-queue';
import type { Database } from '../../core/effects.ts';
import type { Interval } from '../../core/interval.ts';
import { toPg } from './instant.ts';

/** Long enough for the largest interval between two renewals; connections that vanish free their leases at once. */
const LEASE_SECONDS = 120;

/** PostgreSQL hides when another role's backend started: such a holder counts as alive until its lease expires. */
const HOLDER_ALIVE = 'other.pid = l.backend_pid and coalesce(other.backend_start = l.backend_start, true)';

export interface LeaseHolder {
  /** @returns null when the lease is ours now, else who holds it */
  take(dataset: string, interval: Interval): Promise<string | null>;
  release(dataset: string, interval: Interval): Promise<void>;
  /** Extends all leases of this run. */
  renew(): Promise<void>;
}

/** @param connection one connection, not a pool, that lives as long as the run: its end frees the leases */
export function leaseHolder(connection: Database, runId: string): LeaseHolder {
  // Intervals are prepared side by side, and a connection runs one statement at a time.
  const turn = new PQueue({ concurrency: 1 });
  const query: Database['query'] = (text, params) =>
    turn.add(() => connection.query(text, params), { throwOnTimeout: true });
  return {
    async take(dataset, interval) {
      const taken = await query(
        `insert into etl.lease as l (dataset, interval_start, run_id, backend_pid, backend_start, acquired_at, expires_at)
         select $1, $2, $3, a.pid, a.backend_start, now(), now() + make_interval(secs => $4)
         from pg_stat_activity a where a.pid = pg_backend_pid()
         on conflict (dataset, interval_start) do update set
           run_id = excluded.run_id, backend_pid = excluded.backend_pid, backend_start = excluded.backend_start,
           acquired_at = excluded.acquired_at, expires_at = excluded.expires_at
         where l.expires_at < now() or l.run_id = excluded.run_id or not exists (
           select from pg_stat_activity other where ${HOLDER_ALIVE})
         returning 1`,
        [dataset, toPg(interval.start), runId, LEASE_SECONDS],
      );
      if (taken.length === 1) return null;
      const [holder] = await query<{ run_id: string; host: string; process_id: number }>(
        `select l.run_id, r.host, r.process_id from etl.lease l left join etl.run r using (run_id)
         where l.dataset = $1 and l.interval_start = $2`,
        [dataset, toPg(interval.start)],
      );
      return holder === undefined
        ? 'another run'
        : `run ${holder.run_id} (process ${holder.process_id} on ${holder.host})`;
    },
    async release(dataset, interval) {
      await query('delete from etl.lease where dataset = $1 and interval_start = $2 and run_id = $3', [
        dataset,
        toPg(interval.start),
        runId,
      ]);
    },
    async renew() {
      await query('update etl.lease set expires_at = now() + make_interval(secs => $2) where run_id = $1', [
        runId,
        LEASE_SECONDS,
      ]);
    },
  };
}

/** Whether this run still holds the interval; seen from any connection. */
export async function holdsLease(db: Database, runId: string, dataset: string, interval: Interval): Promise<boolean> {
  const held = await db.query('select from etl.lease where dataset = $1 and interval_start = $2 and run_id = $3', [
    dataset,
    toPg(interval.start),
    runId,
  ]);
  return held.length === 1;
}

/** Removes leases whose connection is gone: a process that was killed after its commit plans the interval no more. */
export async function clearDeadLeases(db: Database): Promise<void> {
  await db.query(
    `delete from etl.lease where (dataset, interval_start) in (
       select l.dataset, l.interval_start from etl.lease l where not exists (
         select from pg_stat_activity other where ${HOLDER_ALIVE})
       for update skip locked)`,
  );
}

export const LEASE_RENEWAL_MS: number = (LEASE_SECONDS * 1000) / 4;
