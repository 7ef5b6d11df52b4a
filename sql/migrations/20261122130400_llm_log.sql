-- Governed calls of language models: which prompts may be used, what was asked, answered and refused, what it cost, what readers thought.

create table if not exists public.llm_prompts (
  prompt_key text not null,
  version text not null,
  template_hash text not null,
  status text not null default 'draft',
  approved_by text,
  approved_at timestamp with time zone,
  model text,
  note text,
  created_at timestamp with time zone not null default now(),
  constraint llm_prompts_pkey primary key (prompt_key, version),
  constraint llm_prompts_template_hash_check check (template_hash ~ '^[0-9a-f]{64}$'),
  constraint llm_prompts_status_check check (status in ('draft', 'approved', 'retired')),
  constraint llm_prompts_approved_check check (status <> 'approved' or (approved_by is not null and approved_at is not null))
);
comment on table public.llm_prompts is 'Versions of prompts, whose text is a file of the repository. The gateway uses approved ones only.';
comment on column public.llm_prompts.prompt_key is 'Name of the prompt: explain-chart.';
comment on column public.llm_prompts.version is 'Version of the prompt; a changed text is a new version.';
comment on column public.llm_prompts.template_hash is 'SHA-256 of the file with LF line ends, hexadecimal. It stays as it is once the version is no draft.';
comment on column public.llm_prompts.status is 'draft, approved or retired.';
comment on column public.llm_prompts.approved_by is 'Who approved it; needed for approved.';
comment on column public.llm_prompts.approved_at is 'When it was approved; needed for approved.';
comment on column public.llm_prompts.model is 'Model that it was approved for; NULL for any.';
comment on column public.llm_prompts.note is 'What changed, and how it was reviewed.';
comment on column public.llm_prompts.created_at is 'When this version was registered.';
alter table public.llm_prompts enable row level security;
revoke all on public.llm_prompts from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.llm_prompts to service_role;
drop policy if exists llm_prompts_service on public.llm_prompts;
create policy llm_prompts_service on public.llm_prompts for all to service_role using (true) with check (true);

-- An approval holds for the text that was read, so the text cannot change under it.
create or replace function etl.llm_prompt_frozen() returns trigger language plpgsql set search_path = '' as $$
begin
  if old.status <> 'draft' and (new.prompt_key, new.version, new.template_hash) is distinct from (old.prompt_key, old.version, old.template_hash) then
    raise exception 'prompt % version % is %: its text cannot change', old.prompt_key, old.version, old.status
      using errcode = 'check_violation', hint = 'register the new text as a new version';
  end if;
  if old.status <> 'draft' and new.status = 'draft' then
    raise exception 'prompt % version % is %: it cannot become a draft again', old.prompt_key, old.version, old.status
      using errcode = 'check_violation', hint = 'retire it and register a new version';
  end if;
  return new;
end
$$;
comment on function etl.llm_prompt_frozen() is 'Trigger of llm_prompts: the text of a version that was approved or retired stays as it is.';
revoke all on function etl.llm_prompt_frozen() from public, anon, authenticated, service_role;
create or replace trigger llm_prompts_frozen before update on public.llm_prompts for each row execute function etl.llm_prompt_frozen();

create table if not exists public.llm_call_log (
  id uuid not null default gen_random_uuid(),
  ts timestamp with time zone not null default now(),
  endpoint text not null,
  dataset_path text,
  panel_id text,
  user_id text,
  client_hash text,
  prompt_key text,
  prompt_version text,
  model text,
  prompt text,
  response_summary text,
  provenance jsonb,
  status_code int not null,
  error_code text,
  duration_ms int,
  cost_usd numeric(12,6),
  token_cost numeric(12,0),
  redaction_summary jsonb,
  meta jsonb not null default '{}',
  created_at timestamp with time zone generated always as (ts) stored,
  constraint llm_call_log_pkey primary key (id),
  constraint llm_call_log_status_code_check check (status_code between 100 and 599),
  constraint llm_call_log_duration_ms_check check (duration_ms >= 0),
  constraint llm_call_log_cost_usd_check check (cost_usd >= 0),
  constraint llm_call_log_token_cost_check check (token_cost >= 0),
  -- Who was answered by which text can always be told.
  constraint llm_call_log_prompt_check check ((prompt_key is null) = (prompt_version is null)),
  constraint llm_call_log_prompt_key_fkey foreign key (prompt_key, prompt_version) references public.llm_prompts (prompt_key, version)
);
comment on table public.llm_call_log is 'One row per inference and per refusal, whatever the reason. Rows are added, not changed; llm_purge_old() removes the old ones.';
comment on column public.llm_call_log.id is 'Of the call; feedback names it.';
comment on column public.llm_call_log.ts is 'When the call came.';
comment on column public.llm_call_log.endpoint is 'Endpoint that was called: explain-chart.';
comment on column public.llm_call_log.dataset_path is 'Data that the question is about.';
comment on column public.llm_call_log.panel_id is 'Panel of the front end.';
comment on column public.llm_call_log.user_id is 'Subject of a verified token; NULL without one. A header that the client chooses never gets here.';
comment on column public.llm_call_log.client_hash is 'Salted SHA-256 of key and address: the bucket of the quota.';
comment on column public.llm_call_log.prompt_key is 'Prompt that was used; NULL where the call was refused before.';
comment on column public.llm_call_log.prompt_version is 'Its version.';
comment on column public.llm_call_log.model is 'Model that answered, as the upstream names it.';
comment on column public.llm_call_log.prompt is 'What was asked, without personal data.';
comment on column public.llm_call_log.response_summary is 'Beginning of the answer, without personal data.';
comment on column public.llm_call_log.provenance is 'Sources that the answer names.';
comment on column public.llm_call_log.status_code is 'HTTP status of the answer: 200, or that of the refusal (400, 403, 429, 451, 502, 503).';
comment on column public.llm_call_log.error_code is 'Code of the refusal or fault: INDIGENOUS_GUARD. NULL where it was answered.';
comment on column public.llm_call_log.duration_ms is 'How long it took. Unit: ms.';
comment on column public.llm_call_log.cost_usd is 'Cost by the configured price of the model; NULL where no price is configured. Unit: USD.';
comment on column public.llm_call_log.token_cost is 'Tokens in and out, as the upstream counts them. Unit: tokens.';
comment on column public.llm_call_log.redaction_summary is 'How many of what was taken out before prompt and log.';
comment on column public.llm_call_log.meta is 'What else the gateway records: cache hit, tokens in, tokens out.';
comment on column public.llm_call_log.created_at is 'The same as ts; the platform''s history sorts by this name.';
create index if not exists llm_call_log_ts_idx on public.llm_call_log (ts desc);
create index if not exists llm_call_log_endpoint_idx on public.llm_call_log (endpoint, ts desc);
create index if not exists llm_call_log_dataset_path_idx on public.llm_call_log (dataset_path, ts desc);
alter table public.llm_call_log enable row level security;
revoke all on public.llm_call_log from public, anon, authenticated, service_role;
grant select, insert on public.llm_call_log to service_role;
drop policy if exists llm_call_log_service_read on public.llm_call_log;
create policy llm_call_log_service_read on public.llm_call_log for select to service_role using (true);
drop policy if exists llm_call_log_service_write on public.llm_call_log;
create policy llm_call_log_service_write on public.llm_call_log for insert to service_role with check (true);

create table if not exists public.llm_feedback (
  id uuid not null default gen_random_uuid(),
  ts timestamp with time zone not null default now(),
  call_id uuid,
  user_id text,
  client_hash text,
  endpoint text not null,
  feedback text,
  rating smallint,
  comment text,
  detail jsonb,
  created_at timestamp with time zone generated always as (ts) stored,
  constraint llm_feedback_pkey primary key (id),
  constraint llm_feedback_call_id_fkey foreign key (call_id) references public.llm_call_log (id) on delete set null,
  constraint llm_feedback_feedback_check check (feedback in ('up', 'down')),
  constraint llm_feedback_rating_check check (rating between 1 and 5),
  constraint llm_feedback_comment_check check (length(comment) <= 2000)
);
comment on table public.llm_feedback is 'What readers thought of an answer. Written by submit_llm_feedback() alone.';
comment on column public.llm_feedback.id is 'Of the feedback.';
comment on column public.llm_feedback.ts is 'When it was given.';
comment on column public.llm_feedback.call_id is 'The call that it is about; NULL when the call was purged before the feedback.';
comment on column public.llm_feedback.user_id is 'Subject of a verified token; NULL without one.';
comment on column public.llm_feedback.client_hash is 'Salted SHA-256 of the client''s address: what the limit per client counts, beside user_id.';
comment on column public.llm_feedback.endpoint is 'Endpoint of the call.';
comment on column public.llm_feedback.feedback is 'up or down.';
comment on column public.llm_feedback.rating is '1 (bad) to 5 (good).';
comment on column public.llm_feedback.comment is 'In the reader''s words, at most 2,000 characters.';
comment on column public.llm_feedback.detail is 'What the panel adds, at most 4,000 characters.';
comment on column public.llm_feedback.created_at is 'The same as ts.';
create index if not exists llm_feedback_ts_idx on public.llm_feedback (ts desc);
create index if not exists llm_feedback_client_hash_idx on public.llm_feedback (client_hash, ts desc);
create index if not exists llm_feedback_user_id_idx on public.llm_feedback (user_id, ts desc);
create index if not exists llm_feedback_call_id_idx on public.llm_feedback (call_id);
alter table public.llm_feedback enable row level security;
revoke all on public.llm_feedback from public, anon, authenticated, service_role;
grant select, delete on public.llm_feedback to service_role;
drop policy if exists llm_feedback_service_read on public.llm_feedback;
create policy llm_feedback_service_read on public.llm_feedback for select to service_role using (true);
drop policy if exists llm_feedback_service_delete on public.llm_feedback;
create policy llm_feedback_service_delete on public.llm_feedback for delete to service_role using (true);

create table if not exists public.llm_reports (
  id uuid not null default gen_random_uuid(),
  created_at timestamp with time zone not null default now(),
  call_id uuid,
  endpoint text not null,
  dataset_path text,
  timeframe text,
  focus text,
  payload jsonb not null,
  constraint llm_reports_pkey primary key (id),
  constraint llm_reports_call_id_fkey foreign key (call_id) references public.llm_call_log (id) on delete set null
);
comment on table public.llm_reports is 'Answers that are kept as reports.';
comment on column public.llm_reports.id is 'Of the report.';
comment on column public.llm_reports.created_at is 'When it was made.';
comment on column public.llm_reports.call_id is 'The call that made it; NULL when the call was purged.';
comment on column public.llm_reports.endpoint is 'Endpoint that made it: transition-report.';
comment on column public.llm_reports.dataset_path is 'Data that it is about.';
comment on column public.llm_reports.timeframe is 'Time that it is about, as asked.';
comment on column public.llm_reports.focus is 'Focus, as asked.';
comment on column public.llm_reports.payload is 'The report as served.';
create index if not exists llm_reports_dataset_path_idx on public.llm_reports (dataset_path, created_at desc);
create index if not exists llm_reports_call_id_idx on public.llm_reports (call_id);
alter table public.llm_reports enable row level security;
revoke all on public.llm_reports from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.llm_reports to service_role;
drop policy if exists llm_reports_service on public.llm_reports;
create policy llm_reports_service on public.llm_reports for all to service_role using (true) with check (true);

-- A view and no materialized view under the platform's name: a figure that nobody refreshes is wrong from the next call on.
do $$
begin
  if exists (select from pg_catalog.pg_class where oid = to_regclass('public.mv_llm_daily_spend') and relkind = 'm') then
    drop materialized view public.mv_llm_daily_spend;
  end if;
end
$$;
create or replace view public.mv_llm_daily_spend with (security_invoker = true) as
select (date_trunc('day', ts at time zone 'UTC'))::date as day,
  endpoint,
  coalesce(sum(token_cost), 0) as tokens,
  coalesce(sum(cost_usd), 0) as spend_usd,
  count(*) as calls,
  count(*) filter (where status_code = 200 and cost_usd is null) as calls_without_price
from public.llm_call_log
group by (date_trunc('day', ts at time zone 'UTC'))::date, endpoint;
comment on view public.mv_llm_daily_spend is 'Calls and cost by day (UTC) and endpoint, computed when it is read.';
comment on column public.mv_llm_daily_spend.day is 'Day in UTC.';
comment on column public.mv_llm_daily_spend.endpoint is 'Endpoint that was called.';
comment on column public.mv_llm_daily_spend.tokens is 'Tokens in and out. Unit: tokens.';
comment on column public.mv_llm_daily_spend.spend_usd is 'Sum of the known costs. Unit: USD.';
comment on column public.mv_llm_daily_spend.calls is 'Calls, refused ones included.';
comment on column public.mv_llm_daily_spend.calls_without_price is 'Answered calls whose cost is not known: above 0, spend_usd is too low.';
revoke all on public.mv_llm_daily_spend from public, anon, authenticated, service_role;
grant select on public.mv_llm_daily_spend to service_role;
