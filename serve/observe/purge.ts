/** Removes what is older than it is kept, once a day; several servers of a database ask first whether one of them already has. */
import { clearInterval, clearTimeout, setInterval, setTimeout } from 'node:timers';
import type { Database, Log } from '../../core/effects.ts';

const LOOK_EVERY_MS = 3_600_000;
/** A server that has just begun has something else to do. */
const FIRST_LOOK_MS = 60_000;

// grain: one row. reads: public.ops_runs. params: none.
const DUE = `
  select not exists (
    select from public.ops_runs where run_type = 'purge' and job_name = 'etl.purge_old' and status = 'success' and completed_at > now() - interval '1 day'
  ) as is_due`;

// grain: one row. reads: what it removes; writes public.ops_runs. params: none.
const PURGE = 'select edge_invocations::int, rate_limits::int from etl.purge_old()';

// grain: one row. reads: nothing; writes public.ops_runs. params: $1 why.
const FAILED = `
  insert into public.ops_runs (run_type, job_name, status, started_at, completed_at, error_message)
  values ('purge', 'etl.purge_old', 'failure', now(), now(), $1)`;

export interface Purge {
  /** Looks now. It never throws: what cannot be done now is tried again in an hour. */
  look(): Promise<void>;
  close(): Promise<void>;
}

export function startPurge(service: Database, log: Log): Purge {
  let looking: Promise<void> | null = null;
  const look = (): Promise<void> => {
    looking ??= purge(service, log).finally(() => (looking = null));
    return looking;
  };
  const first = setTimeout(() => void look(), FIRST_LOOK_MS);
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  first.unref();
  timer.unref();
  return {
    look,
    close: async () => {
      clearTimeout(first);
      clearInterval(timer);
      await looking;
    },
  };
}

async function purge(service: Database, log: Log): Promise<void> {
  try {
    const [state] = await service.query<{ is_due: boolean }>(DUE);
    if (state?.is_due !== true) return;
    const [done] = await service.query<{ edge_invocations: number; rate_limits: number }>(PURGE);
    log.debug(`purged: ${done?.edge_invocations ?? 0} calls, ${done?.rate_limits ?? 0} minutes of limits`);
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error);
    log.warn(`old calls were not removed, it is tried again in an hour: ${why}`);
    await service.query(FAILED, [why]).catch(() => undefined);
  }
}
