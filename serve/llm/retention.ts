/** The retention job: once a day one server removes what is too old, and every few minutes calls whose server died go into the log. */
import type { Database, Log } from '../../core/effects.ts';
import { settleOpenCalls } from './call-log.ts';

export interface Purged {
  readonly calls: number;
  readonly feedback: number;
  readonly windows: number;
}

// grain: one row. writes: the log of calls, feedback, minutes of the quota, ops_runs. params: none.
const PURGE = `select calls::int, feedback::int, windows::int from public.llm_purge_old()`;

// grain: one row. reads: public.ops_runs. params: none.
const DUE = `
  select not exists (
    select from public.ops_runs where job_name = 'llm_purge_old' and status = 'success' and completed_at > now() - interval '1 day') as due`;

/** Now, whenever it was done last. */
export async function purgeOld(service: Database): Promise<Purged> {
  return service.transaction(async (tx) => {
    // Half a year of calls may take longer than an answer.
    await tx.query('set local statement_timeout to 0');
    const [purged] = await tx.query<Purged>(PURGE);
    if (purged === undefined) throw new Error('llm_purge_old gave no row');
    return purged;
  });
}

/** null: it was done within a day, or another server is at it. */
export async function purgeIfDue(service: Database): Promise<Purged | null> {
  return service.transaction(async (tx) => {
    const [lock] = await tx.query<{ mine: boolean }>(
      `select pg_try_advisory_xact_lock(hashtextextended('penstock.llm_purge', 0)) as mine`,
    );
    if (lock?.mine !== true) return null;
    const [state] = await tx.query<{ due: boolean }>(DUE);
    if (state?.due !== true) return null;
    return purgeOld(tx);
  });
}

const EVERY_MS = 5 * 60_000;

/** Until it is stopped. Never keeps the process alive. @returns ends it, after what is under way */
export function keepRetention(service: Database, log: Log, everyMs: number = EVERY_MS): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  const round = async (): Promise<void> => {
    try {
      const settled = await settleOpenCalls(service);
      if (settled > 0)
        log.warn(`${settled} calls of language models had no end; they are in llm_call_log as LLM_UNFINISHED`);
      const purged = await purgeIfDue(service);
      if (purged !== null)
        log.info(`retention: ${purged.calls} calls, ${purged.feedback} feedbacks, ${purged.windows} minutes removed`);
    } catch (error) {
      log.warn(`retention of the log of language models failed, next try in ${everyMs / 60_000} min: ${String(error)}`);
    }
  };
  const timer = setInterval(() => (running = round()), everyMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
}
