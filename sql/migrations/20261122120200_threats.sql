-- Threats and what is done against them: general knowledge with its source. What nobody has assessed is NULL.

-- load_id has no default and no foreign key: the loader writes it in bulk, in the transaction that writes its row in etl.load.
create table if not exists public.threat_models (
  id uuid not null,
  slug text,
  category text not null,
  vector text not null,
  likelihood numeric(5,2),
  impact numeric(5,2),
  mitigation_summary text,
  last_reviewed timestamp with time zone,
  severity text,
  description text,
  affected_assets text[],
  mitigation_strategies text[],
  detection_methods text[],
  assessed_by text,
  source_name text,
  source_url text,
  created_at timestamp with time zone not null default now(),
  load_id bigint not null,
  constraint threat_models_pkey primary key (id)
);
comment on table public.threat_models is 'Threats to power systems.';
comment on column public.threat_models.id is 'Made from the slug, so it stays the same; random for rows that are added by hand.';
comment on column public.threat_models.slug is 'Readable name, for files and references; NULL in rows that were added by hand.';
comment on column public.threat_models.category is 'Kind of threat.';
comment on column public.threat_models.vector is 'How it happens, a few words.';
comment on column public.threat_models.likelihood is 'Probability, 0 to 1, as assessed by whom assessed_by names; NULL: nobody has.';
comment on column public.threat_models.impact is 'Share of the worst case, 0 to 1, as assessed by whom assessed_by names; NULL: nobody has. Risk is likelihood times impact.';
comment on column public.threat_models.mitigation_summary is 'What is done against it, one sentence.';
comment on column public.threat_models.last_reviewed is 'When somebody in charge last reviewed the row; NULL: never. Unit: UTC.';
comment on column public.threat_models.severity is 'How severe, as assessed by whom assessed_by names; NULL: nobody has.';
comment on column public.threat_models.description is 'What happens, two or three sentences.';
comment on column public.threat_models.affected_assets is 'Kinds of assets that it touches.';
comment on column public.threat_models.mitigation_strategies is 'Names of the mitigation strategies that refer to it.';
comment on column public.threat_models.detection_methods is 'How it can be noticed.';
comment on column public.threat_models.assessed_by is 'Who assessed likelihood, impact and severity, and where that can be read; NULL: nobody has.';
comment on column public.threat_models.source_name is 'The publication that describes the threat.';
comment on column public.threat_models.source_url is 'Where the publication can be read.';
comment on column public.threat_models.created_at is 'When this version of the row was written.';
comment on column public.threat_models.load_id is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
alter table public.threat_models enable row level security;
revoke all on public.threat_models from public, anon, authenticated, service_role;
grant select on public.threat_models to anon, authenticated;
grant select, insert, update, delete on public.threat_models to service_role;
drop policy if exists threat_models_read on public.threat_models;
create policy threat_models_read on public.threat_models for select to anon, authenticated using (true);
drop policy if exists threat_models_service on public.threat_models;
create policy threat_models_service on public.threat_models for all to service_role using (true) with check (true);
create or replace trigger threat_models_edit_lock before insert or update or delete or truncate on public.threat_models for each statement execute function etl.record_edit();
create or replace trigger threat_models_edit before insert or update or delete on public.threat_models for each row execute function etl.record_edit();

create table if not exists history.threat_models (
  id uuid not null,
  slug text,
  category text not null,
  vector text not null,
  likelihood numeric(5,2),
  impact numeric(5,2),
  mitigation_summary text,
  last_reviewed timestamp with time zone,
  severity text,
  description text,
  affected_assets text[],
  mitigation_strategies text[],
  detection_methods text[],
  assessed_by text,
  source_name text,
  source_url text,
  created_at timestamp with time zone not null,
  load_id bigint not null,
  closed_by_load_id bigint not null,
  constraint threat_models_pkey primary key (id, load_id)
);
create index if not exists threat_models_closed_by_load_id_idx on history.threat_models (closed_by_load_id);
comment on table history.threat_models is 'Closed versions of public.threat_models: revised or withdrawn by the publisher.';
comment on column history.threat_models.id is 'Made from the slug, so it stays the same; random for rows that are added by hand.';
comment on column history.threat_models.slug is 'Readable name, for files and references; NULL in rows that were added by hand.';
comment on column history.threat_models.category is 'Kind of threat.';
comment on column history.threat_models.vector is 'How it happens, a few words.';
comment on column history.threat_models.likelihood is 'Probability, 0 to 1, as assessed by whom assessed_by names; NULL: nobody has.';
comment on column history.threat_models.impact is 'Share of the worst case, 0 to 1, as assessed by whom assessed_by names; NULL: nobody has. Risk is likelihood times impact.';
comment on column history.threat_models.mitigation_summary is 'What is done against it, one sentence.';
comment on column history.threat_models.last_reviewed is 'When somebody in charge last reviewed the row; NULL: never. Unit: UTC.';
comment on column history.threat_models.severity is 'How severe, as assessed by whom assessed_by names; NULL: nobody has.';
comment on column history.threat_models.description is 'What happens, two or three sentences.';
comment on column history.threat_models.affected_assets is 'Kinds of assets that it touches.';
comment on column history.threat_models.mitigation_strategies is 'Names of the mitigation strategies that refer to it.';
comment on column history.threat_models.detection_methods is 'How it can be noticed.';
comment on column history.threat_models.assessed_by is 'Who assessed likelihood, impact and severity, and where that can be read; NULL: nobody has.';
comment on column history.threat_models.source_name is 'The publication that describes the threat.';
comment on column history.threat_models.source_url is 'Where the publication can be read.';
comment on column history.threat_models.created_at is 'When this version of the row was written.';
comment on column history.threat_models.load_id is 'The load that wrote this version.';
comment on column history.threat_models.closed_by_load_id is 'The load that replaced or withdrew this version.';
alter table history.threat_models enable row level security;
revoke all on history.threat_models from public, anon, authenticated, service_role;
grant select on history.threat_models to service_role;
drop policy if exists threat_models_service on history.threat_models;
create policy threat_models_service on history.threat_models for select to service_role using (true);

alter table public.threat_models drop constraint if exists threat_models_category_check;
alter table public.threat_models add constraint threat_models_category_check check (category in ('cyber', 'physical', 'supply_chain', 'geopolitical', 'natural_disaster'));
alter table public.threat_models drop constraint if exists threat_models_severity_check;
alter table public.threat_models add constraint threat_models_severity_check check (severity in ('low', 'medium', 'high', 'critical'));
alter table public.threat_models drop constraint if exists threat_models_likelihood_check;
alter table public.threat_models add constraint threat_models_likelihood_check check (likelihood between 0 and 1);
alter table public.threat_models drop constraint if exists threat_models_impact_check;
alter table public.threat_models add constraint threat_models_impact_check check (impact between 0 and 1);
alter table public.threat_models alter column id set default gen_random_uuid();
alter table public.threat_models drop constraint if exists threat_models_slug_key;
alter table public.threat_models add constraint threat_models_slug_key unique (slug);
create index if not exists threat_models_category_idx on public.threat_models (category);

-- load_id has no default and no foreign key: the loader writes it in bulk, in the transaction that writes its row in etl.load.
create table if not exists public.mitigation_strategies (
  id uuid not null,
  slug text,
  strategy_name text not null,
  description text,
  effectiveness numeric(5,2),
  cost_estimate numeric(12,2),
  time_to_implement_days integer,
  related_threat uuid,
  status text,
  last_updated timestamp with time zone,
  priority text,
  responsible_party text,
  estimated_by text,
  source_name text,
  source_url text,
  created_at timestamp with time zone not null default now(),
  load_id bigint not null,
  constraint mitigation_strategies_pkey primary key (id),
  constraint mitigation_strategies_related_threat_fkey foreign key (related_threat) references public.threat_models(id) deferrable initially deferred
);
comment on table public.mitigation_strategies is 'Mitigation strategies against threats to power systems.';
comment on column public.mitigation_strategies.id is 'Made from the slug, so it stays the same; random for rows that are added by hand.';
comment on column public.mitigation_strategies.slug is 'Readable name, for files and references; NULL in rows that were added by hand.';
comment on column public.mitigation_strategies.strategy_name is 'Name of the strategy.';
comment on column public.mitigation_strategies.description is 'What is done, one or two sentences.';
comment on column public.mitigation_strategies.effectiveness is 'Share of the risk that it takes away, 0 to 1, as estimated by whom estimated_by names; NULL: nobody has.';
comment on column public.mitigation_strategies.cost_estimate is 'Cost as estimated by whom estimated_by names; NULL: nobody has. Unit: CAD.';
comment on column public.mitigation_strategies.time_to_implement_days is 'Time as estimated by whom estimated_by names; NULL: nobody has. Unit: d.';
comment on column public.mitigation_strategies.related_threat is 'The threat that it is meant against; NULL: against several.';
comment on column public.mitigation_strategies.status is 'How far an operator has come with it; NULL: nobody has said.';
comment on column public.mitigation_strategies.last_updated is 'When somebody in charge last updated the row; NULL: never. Unit: UTC.';
comment on column public.mitigation_strategies.priority is 'Priority that an operator gives it; NULL: nobody has said.';
comment on column public.mitigation_strategies.responsible_party is 'Who is in charge of it; NULL: nobody has said.';
comment on column public.mitigation_strategies.estimated_by is 'Who estimated effectiveness, cost and time, and where that can be read; NULL: nobody has.';
comment on column public.mitigation_strategies.source_name is 'The publication that recommends it.';
comment on column public.mitigation_strategies.source_url is 'Where the publication can be read.';
comment on column public.mitigation_strategies.created_at is 'When this version of the row was written.';
comment on column public.mitigation_strategies.load_id is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
alter table public.mitigation_strategies enable row level security;
revoke all on public.mitigation_strategies from public, anon, authenticated, service_role;
grant select on public.mitigation_strategies to anon, authenticated;
grant select, insert, update, delete on public.mitigation_strategies to service_role;
drop policy if exists mitigation_strategies_read on public.mitigation_strategies;
create policy mitigation_strategies_read on public.mitigation_strategies for select to anon, authenticated using (true);
drop policy if exists mitigation_strategies_service on public.mitigation_strategies;
create policy mitigation_strategies_service on public.mitigation_strategies for all to service_role using (true) with check (true);
create or replace trigger mitigation_strategies_edit_lock before insert or update or delete or truncate on public.mitigation_strategies for each statement execute function etl.record_edit();
create or replace trigger mitigation_strategies_edit before insert or update or delete on public.mitigation_strategies for each row execute function etl.record_edit();

create table if not exists history.mitigation_strategies (
  id uuid not null,
  slug text,
  strategy_name text not null,
  description text,
  effectiveness numeric(5,2),
  cost_estimate numeric(12,2),
  time_to_implement_days integer,
  related_threat uuid,
  status text,
  last_updated timestamp with time zone,
  priority text,
  responsible_party text,
  estimated_by text,
  source_name text,
  source_url text,
  created_at timestamp with time zone not null,
  load_id bigint not null,
  closed_by_load_id bigint not null,
  constraint mitigation_strategies_pkey primary key (id, load_id)
);
create index if not exists mitigation_strategies_closed_by_load_id_idx on history.mitigation_strategies (closed_by_load_id);
comment on table history.mitigation_strategies is 'Closed versions of public.mitigation_strategies: revised or withdrawn by the publisher.';
comment on column history.mitigation_strategies.id is 'Made from the slug, so it stays the same; random for rows that are added by hand.';
comment on column history.mitigation_strategies.slug is 'Readable name, for files and references; NULL in rows that were added by hand.';
comment on column history.mitigation_strategies.strategy_name is 'Name of the strategy.';
comment on column history.mitigation_strategies.description is 'What is done, one or two sentences.';
comment on column history.mitigation_strategies.effectiveness is 'Share of the risk that it takes away, 0 to 1, as estimated by whom estimated_by names; NULL: nobody has.';
comment on column history.mitigation_strategies.cost_estimate is 'Cost as estimated by whom estimated_by names; NULL: nobody has. Unit: CAD.';
comment on column history.mitigation_strategies.time_to_implement_days is 'Time as estimated by whom estimated_by names; NULL: nobody has. Unit: d.';
comment on column history.mitigation_strategies.related_threat is 'The threat that it is meant against; NULL: against several.';
comment on column history.mitigation_strategies.status is 'How far an operator has come with it; NULL: nobody has said.';
comment on column history.mitigation_strategies.last_updated is 'When somebody in charge last updated the row; NULL: never. Unit: UTC.';
comment on column history.mitigation_strategies.priority is 'Priority that an operator gives it; NULL: nobody has said.';
comment on column history.mitigation_strategies.responsible_party is 'Who is in charge of it; NULL: nobody has said.';
comment on column history.mitigation_strategies.estimated_by is 'Who estimated effectiveness, cost and time, and where that can be read; NULL: nobody has.';
comment on column history.mitigation_strategies.source_name is 'The publication that recommends it.';
comment on column history.mitigation_strategies.source_url is 'Where the publication can be read.';
comment on column history.mitigation_strategies.created_at is 'When this version of the row was written.';
comment on column history.mitigation_strategies.load_id is 'The load that wrote this version.';
comment on column history.mitigation_strategies.closed_by_load_id is 'The load that replaced or withdrew this version.';
alter table history.mitigation_strategies enable row level security;
revoke all on history.mitigation_strategies from public, anon, authenticated, service_role;
grant select on history.mitigation_strategies to service_role;
drop policy if exists mitigation_strategies_service on history.mitigation_strategies;
create policy mitigation_strategies_service on history.mitigation_strategies for select to service_role using (true);

alter table public.mitigation_strategies drop constraint if exists mitigation_strategies_status_check;
alter table public.mitigation_strategies add constraint mitigation_strategies_status_check check (status in ('planned', 'in_progress', 'implemented', 'effective'));
alter table public.mitigation_strategies drop constraint if exists mitigation_strategies_priority_check;
alter table public.mitigation_strategies add constraint mitigation_strategies_priority_check check (priority in ('low', 'medium', 'high', 'critical'));
alter table public.mitigation_strategies drop constraint if exists mitigation_strategies_effectiveness_check;
alter table public.mitigation_strategies add constraint mitigation_strategies_effectiveness_check check (effectiveness between 0 and 1);
alter table public.mitigation_strategies drop constraint if exists mitigation_strategies_cost_estimate_check;
alter table public.mitigation_strategies add constraint mitigation_strategies_cost_estimate_check check (cost_estimate >= 0);
alter table public.mitigation_strategies drop constraint if exists mitigation_strategies_time_to_implement_days_check;
alter table public.mitigation_strategies add constraint mitigation_strategies_time_to_implement_days_check check (time_to_implement_days >= 0);
alter table public.mitigation_strategies alter column id set default gen_random_uuid();
alter table public.mitigation_strategies drop constraint if exists mitigation_strategies_slug_key;
alter table public.mitigation_strategies add constraint mitigation_strategies_slug_key unique (slug);
create index if not exists mitigation_strategies_related_threat_idx on public.mitigation_strategies (related_threat);
create index if not exists mitigation_strategies_status_priority_idx on public.mitigation_strategies (status, priority);
