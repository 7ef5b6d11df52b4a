-- Calls of a language model that are under way. The row is written before the model is asked, so that no inference goes unlogged: not when the
-- server is killed, nor when the database is gone at the moment of the answer.

select adopted.set_aside('20261128150000', array['etl.llm_open_call', 'etl.llm_open_call_pkey', 'etl.llm_open_call_ts_idx']);

create table if not exists etl.llm_open_call (
  id uuid not null,
  ts timestamp with time zone not null default now(),
  endpoint text not null,
  dataset_path text,
  panel_id text,
  user_id text,
  client_hash text,
  prompt_key text not null,
  prompt_version text not null,
  model text not null,
  prompt text,
  redaction_summary jsonb,
  cost_max_usd numeric(12, 6),
  constraint llm_open_call_pkey primary key (id),
  constraint llm_open_call_cost_max_usd_check check (cost_max_usd >= 0)
);
comment on table etl.llm_open_call is 'Calls of a language model that are under way. The end of the call takes the row away and writes llm_call_log in one statement; what no end came for is moved there as LLM_UNFINISHED after 15 minutes.';
comment on column etl.llm_open_call.id is 'The id that the row in llm_call_log will have.';
comment on column etl.llm_open_call.ts is 'When the model was asked.';
comment on column etl.llm_open_call.endpoint is 'Endpoint that was called: explain-chart.';
comment on column etl.llm_open_call.dataset_path is 'Data that the question is about.';
comment on column etl.llm_open_call.panel_id is 'Panel of the front end.';
comment on column etl.llm_open_call.user_id is 'Subject of a verified token; NULL without one.';
comment on column etl.llm_open_call.client_hash is 'Salted SHA-256 of key and address: the bucket of the quota.';
comment on column etl.llm_open_call.prompt_key is 'Prompt that is used.';
comment on column etl.llm_open_call.prompt_version is 'Its version.';
comment on column etl.llm_open_call.model is 'Model that is asked.';
comment on column etl.llm_open_call.prompt is 'What was asked, without personal data.';
comment on column etl.llm_open_call.redaction_summary is 'How many of what was taken out.';
comment on column etl.llm_open_call.cost_max_usd is 'The most that it can cost: what the cap of the month counts until the cost is known. NULL where the model has no price. Unit: USD.';
create index if not exists llm_open_call_ts_idx on etl.llm_open_call (ts);
alter table etl.llm_open_call enable row level security;
revoke all on etl.llm_open_call from public, anon, authenticated, service_role;
grant select, insert, delete on etl.llm_open_call to service_role;
drop policy if exists llm_open_call_service_read on etl.llm_open_call;
create policy llm_open_call_service_read on etl.llm_open_call for select to service_role using (true);
drop policy if exists llm_open_call_service_write on etl.llm_open_call;
create policy llm_open_call_service_write on etl.llm_open_call for insert to service_role with check (true);
drop policy if exists llm_open_call_service_delete on etl.llm_open_call;
create policy llm_open_call_service_delete on etl.llm_open_call for delete to service_role using (true);
