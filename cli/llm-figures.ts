/** Figures of the log of language models, each from one question to the database. */
import type { Database } from '../core/effects.ts';
import { redactPersonal } from '../serve/llm/redact.ts';

export interface CallFigures {
  readonly calls: number;
  readonly answered: number;
  readonly by_endpoint: readonly { readonly endpoint: string; readonly status: number; readonly calls: number }[];
  readonly refusals: readonly { readonly code: string; readonly calls: number }[];
  /** Answers of a model, cached ones included. */
  readonly by_model: number;
  readonly with_prompt: number;
  readonly with_sources: number;
  readonly without_price: number;
  readonly without_tokens: number;
  readonly cached: number;
  readonly inferences: number;
  readonly inferences_failed: number;
  readonly unfinished: number;
  readonly tokens: number;
  readonly usd: number;
  readonly p50_ms: number | null;
  readonly p95_ms: number | null;
  readonly never_approved: number;
}

// grain: one row. reads: public.llm_call_log, public.llm_prompts. params: $1 days.
const CALLS = `
  with c as (
    select *, status_code = 200 and not coalesce((meta ->> 'computed')::boolean, false) as by_model,
      coalesce((meta ->> 'cached')::boolean, false) as is_cached, meta ? 'attempt' as is_inference
    from public.llm_call_log where ts > now() - $1::int * interval '1 day'
  )
  select count(*)::int as calls, count(*) filter (where status_code = 200)::int as answered,
    coalesce((select json_agg(e order by e.endpoint, e.status) from (select endpoint, status_code as status, count(*)::int as calls from c group by 1, 2) e), '[]') as by_endpoint,
    coalesce((select json_agg(r order by r.calls desc, r.code) from (select error_code as code, count(*)::int as calls from c where error_code is not null group by 1) r), '[]') as refusals,
    count(*) filter (where by_model)::int as by_model,
    count(*) filter (where by_model and prompt_version is not null)::int as with_prompt,
    count(*) filter (where by_model and jsonb_typeof(provenance) = 'array' and jsonb_array_length(provenance) > 0)::int as with_sources,
    count(*) filter (where by_model and cost_usd is null)::int as without_price,
    count(*) filter (where by_model and token_cost is null)::int as without_tokens,
    count(*) filter (where by_model and is_cached)::int as cached,
    count(*) filter (where is_inference)::int as inferences,
    count(*) filter (where is_inference and status_code >= 500)::int as inferences_failed,
    count(*) filter (where error_code = 'LLM_UNFINISHED')::int as unfinished,
    coalesce(sum(token_cost), 0)::float8 as tokens, coalesce(sum(cost_usd), 0)::float8 as usd,
    percentile_disc(0.5) within group (order by duration_ms) filter (where is_inference) as p50_ms,
    percentile_disc(0.95) within group (order by duration_ms) filter (where is_inference) as p95_ms,
    count(*) filter (where by_model and exists (
      select from public.llm_prompts p where p.prompt_key = c.prompt_key and p.version = c.prompt_version and p.approved_at is null))::int as never_approved
  from c`;

export async function callFigures(db: Database, days: number): Promise<CallFigures> {
  const [row] = await db.query<CallFigures>(CALLS, [days]);
  if (row === undefined) throw new Error('the figures of calls gave no row');
  return row;
}

export interface Spend {
  readonly day: string;
  readonly model: string;
  readonly calls: number;
  readonly tokens: number;
  readonly usd: number;
}

// grain: one row per day and model. reads: public.llm_call_log. params: $1 days.
const SPEND = `
  select (ts at time zone 'UTC')::date::text as day, model, count(*)::int as calls, coalesce(sum(token_cost), 0)::float8 as tokens,
    coalesce(sum(cost_usd), 0)::float8 as usd
  from public.llm_call_log where ts > now() - $1::int * interval '1 day' and model is not null group by 1, 2 order by 1, 2`;

export function spendByDay(db: Database, days: number): Promise<Spend[]> {
  return db.query<Spend>(SPEND, [days]);
}

export interface OtherFigures {
  /** This month (UTC), with the most that calls of unknown cost can have cost. */
  readonly month_usd: number;
  readonly feedback_up: number;
  readonly feedback_down: number;
  readonly feedback: number;
  readonly feedback_linked: number;
  readonly open_calls_late: number;
  readonly oldest_days: number | null;
  readonly last_purge_hours: number | null;
  readonly redactions: readonly { readonly kind: string; readonly n: number }[];
}

// grain: one row. reads: public.llm_call_log, public.llm_feedback, etl.llm_open_call, public.ops_runs. params: $1 days.
const OTHERS = `
  select
    (select coalesce(sum(coalesce(cost_usd, (meta ->> 'cost_max_usd')::numeric, 0)), 0)::float8 from public.llm_call_log
      where ts >= date_trunc('month', now(), 'UTC')) as month_usd,
    f.up as feedback_up, f.down as feedback_down, f.n as feedback, f.linked as feedback_linked,
    (select count(*)::int from etl.llm_open_call where ts < now() - interval '20 minutes') as open_calls_late,
    (select floor(extract(epoch from now() - min(ts)) / 86400)::int from public.llm_call_log) as oldest_days,
    (select floor(extract(epoch from now() - max(completed_at)) / 3600)::int from public.ops_runs
      where job_name = 'llm_purge_old' and status = 'success') as last_purge_hours,
    coalesce((select json_agg(r order by r.n desc, r.kind) from (
      select k.key as kind, sum(k.value::int)::int as n from public.llm_call_log c, jsonb_each_text(c.redaction_summary) k
      where c.ts > now() - $1::int * interval '1 day' group by 1) r), '[]') as redactions
  from (
    select count(*)::int as n, count(*) filter (where feedback = 'up')::int as up, count(*) filter (where feedback = 'down')::int as down,
      count(call_id)::int as linked
    from public.llm_feedback where ts > now() - $1::int * interval '1 day'
  ) f`;

export async function otherFigures(db: Database, days: number): Promise<OtherFigures> {
  const [row] = await db.query<OtherFigures>(OTHERS, [days]);
  if (row === undefined) throw new Error('the other figures gave no row');
  return row;
}

export interface Reconciled {
  /** Calls that servers answered: of each kept row of the journal 1 / sample_rate. */
  readonly answered: number;
  readonly logged: number;
  /** Rows of the journal that stand for several calls: above 0, `answered` is an estimate. */
  readonly sampled: number;
}

// The journal is written a second later, and keeps 30 days. A wrong key (401), a body that is too large (413) and a form that there is not (406) are
// refused before the gateway. Where the log could not be written, the call was not answered: that is LLM_LOG_FAILED, or the database was gone.
// grain: one row. reads: public.edge_invocation_log, public.llm_call_log. params: $1 days, $2 names of the endpoints in the journal.
const RECONCILED = `
  with span as (
    select greatest(now() - least($1::int, 29) * interval '1 day', min(started_at)) as begins, now() - interval '10 seconds' as ends
    from public.edge_invocation_log where function_name = any($2::text[])
  ), answered as (
    select coalesce(round(sum(1 / coalesce((e.metadata ->> 'sample_rate')::float8, 1))), 0)::int as n,
      count(*) filter (where coalesce((e.metadata ->> 'sample_rate')::float8, 1) < 1)::int as sampled
    from public.edge_invocation_log e, span s
    where e.function_name = any($2::text[]) and e.started_at >= s.begins and e.started_at < s.ends
      and coalesce(e.metadata ->> 'status_code', '') not in ('401', '406', '413')
      and coalesce(e.metadata ->> 'code', '') not in ('LLM_LOG_FAILED', 'DATABASE_UNAVAILABLE', 'DATABASE_LOST', 'LLM_QUOTA_UNCOUNTED')
  ), logged as (
    select count(*)::int as n from public.llm_call_log c, span s
    where c.ts >= s.begins - interval '1 second' and c.ts < s.ends and not coalesce((c.meta ->> 'retried')::boolean, false)
  )
  select answered.n as answered, logged.n as logged, answered.sampled from answered, logged`;

export async function reconciled(db: Database, days: number, endpoints: readonly string[]): Promise<Reconciled> {
  const [row] = await db.query<Reconciled>(RECONCILED, [days, endpoints.map((name) => `llm-${name}`)]);
  return row ?? { answered: 0, logged: 0, sampled: 0 };
}

const LOOKED_AT = 5_000;

/** Rows of the log in which there still are personal data, among the newest. */
export async function rowsWithPersonalData(
  db: Database,
  days: number,
): Promise<{ readonly looked: number; readonly found: number }> {
  const rows = await db.query<{ words: string }>(
    `select concat_ws(E'\\n', dataset_path, panel_id, prompt, response_summary) as words from public.llm_call_log
     where ts > now() - $1::int * interval '1 day' order by ts desc limit $2`,
    [days, LOOKED_AT],
  );
  return {
    looked: rows.length,
    found: rows.filter(({ words }) => Object.keys(redactPersonal(words).found).length > 0).length,
  };
}
