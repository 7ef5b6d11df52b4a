/** Questions of a client in a minute, counted in the database; no count, no question. */
import type { Database } from '../../core/effects.ts';
import { limitHeaders } from '../api/limits.ts';
import type { Client } from '../api/client.ts';
import { quotaSpent, quotaUncounted } from './faults.ts';

export interface QuotaState {
  readonly limit: number;
  readonly count: number;
  readonly resetSeconds: number;
}

const RESET = `ceil(extract(epoch from date_trunc('minute', now(), 'UTC') + interval '1 minute' - now()))::int`;

// grain: one row. reads and writes: public.llm_rate_limit through the function. params: $1 address, $2 hash of the key, $3 calls in a minute.
const COUNT = `
  select q.count, q.user_quota as "limit", ${RESET} as "resetSeconds"
  from etl.hash_client($1, $2) as bucket, lateral public.llm_rl_increment(bucket, now(), $3) q`;

// grain: one row. reads: public.llm_rate_limit. params: $1 address, $2 hash of the key, $3 calls in a minute.
const LOOK = `
  select coalesce(max(r.count), 0) as count, $3::int as "limit", ${RESET} as "resetSeconds"
  from public.llm_rate_limit r where r.user_id = etl.hash_client($1, $2) and r.window_start = date_trunc('minute', now(), 'UTC')`;

/** Counts this question. @throws Problem `LLM_QUOTA`, `LLM_QUOTA_UNCOUNTED` */
export async function countQuestion(service: Database, client: Client, perMinute: number): Promise<QuotaState> {
  const state = await service.query<QuotaState>(COUNT, params(client, perMinute)).then(
    ([row]) => row,
    (error: unknown) => {
      throw quotaUncounted(error);
    },
  );
  if (state === undefined) throw quotaUncounted(null);
  if (state.count > state.limit) throw quotaSpent(state.limit, state.resetSeconds);
  return state;
}

/** How the client stands, without counting. */
export async function quotaState(service: Database, client: Client, perMinute: number): Promise<QuotaState | null> {
  const [row] = await service.query<QuotaState>(LOOK, params(client, perMinute));
  return row ?? null;
}

export function quotaHeaders({ limit, count, resetSeconds }: QuotaState): Record<string, string> {
  return limitHeaders({ limit, remaining: Math.max(0, limit - count), resetSeconds });
}

function params({ address, keyHash }: Client, perMinute: number): unknown[] {
  return [address, keyHash, perMinute];
}
