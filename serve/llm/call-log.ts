/**
 * The log of calls: one row per inference and per refusal. An inference is written down as open before the model is asked; its end takes that row
 * away and writes the final one in one statement. So it is in the log also when the server dies in the middle or the database is gone at the end.
 */
import { randomUUID } from 'node:crypto';
import type { Clock, Database } from '../../core/effects.ts';
import type { Client } from '../api/client.ts';
import { budgetSpent, notLogged } from './faults.ts';

/** A row while it is being made. */
export interface CallRow {
  id: string;
  readonly endpoint: string;
  readonly client: Client;
  readonly userId: string | null;
  datasetPath: string | null;
  panelId: string | null;
  prompt: string | null;
  redactionSummary: Readonly<Record<string, number>> | null;
  promptKey: string | null;
  promptVersion: string | null;
  model: string | null;
  responseSummary: string | null;
  provenance: unknown;
  statusCode: number;
  errorCode: string | null;
  durationMs: number;
  costUsd: number | null;
  tokens: number | null;
  meta: Record<string, unknown>;
}

export function newCallRow(endpoint: string, client: Client, userId: string | null): CallRow {
  return {
    id: randomUUID(),
    endpoint,
    client,
    userId,
    datasetPath: null,
    panelId: null,
    prompt: null,
    redactionSummary: null,
    promptKey: null,
    promptVersion: null,
    model: null,
    responseSummary: null,
    provenance: null,
    statusCode: 500,
    errorCode: null,
    durationMs: 0,
    costUsd: null,
    tokens: null,
    meta: {},
  };
}

// grain: one row in, one open row out. writes: public.llm_call_log, etl.llm_open_call. params: as `written` gives them.
const WRITE = `
  with ended as (delete from etl.llm_open_call where id = $1)
  insert into public.llm_call_log (id, ts, endpoint, dataset_path, panel_id, user_id, client_hash, prompt_key, prompt_version, model, prompt,
    response_summary, provenance, status_code, error_code, duration_ms, cost_usd, token_cost, redaction_summary, meta)
  values ($1, now() - $2::int * interval '1 ms', $3, $4, $5, $6, etl.hash_client($7, $8), $9, $10, $11, $12,
    $13, $14::jsonb, $15, $16, $2, $17, $18, $19::jsonb, $20::jsonb)
  on conflict (id) do nothing`;

const TRIES = 3;
const PAUSE_MS = 200;

/** @throws Problem `LLM_LOG_FAILED` */
export async function writeCall(service: Database, row: CallRow, clock: Pick<Clock, 'sleep'>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await service.query(WRITE, written(row));
      return;
    } catch (error) {
      // A repeated row changes nothing, so an end that nobody heard of may be tried again.
      if (attempt === TRIES) throw notLogged(error);
      await clock.sleep(PAUSE_MS * attempt);
    }
  }
}

/** Who asked what, with which prompt: the same columns at the start of a call and at its end. */
function subject(row: CallRow): unknown[] {
  const { endpoint, datasetPath, panelId, userId, client, promptKey, promptVersion } = row;
  return [endpoint, datasetPath, panelId, userId, client.address, client.keyHash, promptKey, promptVersion];
}

function written(row: CallRow): unknown[] {
  const json = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));
  return [
    row.id,
    Math.max(0, Math.round(row.durationMs)),
    ...subject(row),
    row.model,
    row.prompt,
    row.responseSummary,
    json(row.provenance),
    row.statusCode,
    row.errorCode,
    row.costUsd,
    row.tokens,
    json(row.redactionSummary),
    JSON.stringify(row.meta),
  ];
}

/** Known costs; of a call whose cost nobody knows, the most that it can have cost. */
const SPENT = `
  (select coalesce(sum(coalesce(cost_usd, (meta ->> 'cost_max_usd')::numeric, 0)), 0) from public.llm_call_log
    where ts >= date_trunc('month', now(), 'UTC'))
  + (select coalesce(sum(cost_max_usd), 0) from etl.llm_open_call)`;

// grain: one row, none where the cap is reached. reads: public.llm_call_log. writes: etl.llm_open_call. params: as below; $12 cap, NULL for none.
const OPEN = `
  insert into etl.llm_open_call (id, endpoint, dataset_path, panel_id, user_id, client_hash, prompt_key, prompt_version, model, prompt,
    redaction_summary, cost_max_usd)
  select $1, $2, $3, $4, $5, etl.hash_client($6, $7), $8, $9, $10, $11, $13::jsonb, $14::numeric
  where $12::numeric is null or ${SPENT} + coalesce($14::numeric, 0) <= $12::numeric
  returning ceil(extract(epoch from date_trunc('month', now(), 'UTC') + interval '1 month' - now()))::int as seconds`;

/** @throws Problem `LLM_BUDGET_SPENT` */
export async function openCall(
  service: Database,
  row: CallRow,
  model: string,
  mostUsd: number | null,
  capUsd: number | null,
): Promise<void> {
  const opened = await service.transaction(async (tx) => {
    // One at a time, so that parallel calls cannot all pass below the cap.
    if (capUsd !== null) await tx.query(`select pg_advisory_xact_lock(hashtextextended('penstock.llm_budget', 0))`);
    return tx.query(OPEN, [
      row.id,
      ...subject(row),
      model,
      row.prompt,
      capUsd,
      JSON.stringify(row.redactionSummary ?? {}),
      mostUsd,
    ]);
  });
  if (opened.length > 0 || capUsd === null) return;
  const [left] = await service.query<{ seconds: number }>(
    `select ceil(extract(epoch from date_trunc('month', now(), 'UTC') + interval '1 month' - now()))::int as seconds`,
  );
  throw budgetSpent(capUsd, left?.seconds ?? 3_600);
}

// grain: one row per call without an end. writes: public.llm_call_log, etl.llm_open_call. params: none.
const SETTLE = `
  with left_open as (delete from etl.llm_open_call where ts < now() - interval '15 minutes' returning *)
  insert into public.llm_call_log (id, ts, endpoint, dataset_path, panel_id, user_id, client_hash, prompt_key, prompt_version, model, prompt,
    status_code, error_code, redaction_summary, meta)
  select id, ts, endpoint, dataset_path, panel_id, user_id, client_hash, prompt_key, prompt_version, model, prompt,
    500, 'LLM_UNFINISHED', redaction_summary, jsonb_strip_nulls(jsonb_build_object('cost_max_usd', cost_max_usd))
  from left_open
  on conflict (id) do nothing returning id`;

/** Calls whose server died go into the log. @returns how many */
export async function settleOpenCalls(service: Database): Promise<number> {
  return (await service.query(SETTLE)).length;
}
