-- Reference data that people edit as files: lists of allowed values, publishers, kinds of provenance, streams, kinds of consultation events.
-- Each table is loaded from data/reference by a pipeline of pipelines/local; edits by hand are kept.

-- load_id has no default and no foreign key: the loader writes it in bulk, in the transaction that writes its row in etl.load.
create table if not exists public.enumerations (
  enumeration text not null,
  value text not null,
  label text not null,
  position integer not null,
  created_at timestamp with time zone not null default now(),
  load_id bigint not null,
  constraint enumerations_pkey primary key (enumeration, value)
);
comment on table public.enumerations is 'Allowed values of columns.';
comment on column public.enumerations.enumeration is 'Which list: table.column. The CHECK constraint of that column, if it has one, allows the same values; sets that publishers extend (fuels) have none.';
comment on column public.enumerations.value is 'The value as it is stored.';
comment on column public.enumerations.label is 'The value in words, for people.';
comment on column public.enumerations.position is 'Place in the list, from 1; where there is an order, from least to most.';
comment on column public.enumerations.created_at is 'When this version of the row was written.';
comment on column public.enumerations.load_id is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
alter table public.enumerations enable row level security;
revoke all on public.enumerations from public, anon, authenticated, service_role;
grant select on public.enumerations to anon, authenticated;
grant select, insert, update, delete on public.enumerations to service_role;
drop policy if exists enumerations_read on public.enumerations;
create policy enumerations_read on public.enumerations for select to anon, authenticated using (true);
drop policy if exists enumerations_service on public.enumerations;
create policy enumerations_service on public.enumerations for all to service_role using (true) with check (true);
create or replace trigger enumerations_edit_lock before insert or update or delete or truncate on public.enumerations for each statement execute function etl.record_edit();
create or replace trigger enumerations_edit before insert or update or delete on public.enumerations for each row execute function etl.record_edit();

create table if not exists history.enumerations (
  enumeration text not null,
  value text not null,
  label text not null,
  position integer not null,
  created_at timestamp with time zone not null,
  load_id bigint not null,
  closed_by_load_id bigint not null,
  constraint enumerations_pkey primary key (enumeration, value, load_id)
);
create index if not exists enumerations_closed_by_load_id_idx on history.enumerations (closed_by_load_id);
comment on table history.enumerations is 'Closed versions of public.enumerations: revised or withdrawn by the publisher.';
comment on column history.enumerations.enumeration is 'Which list: table.column. The CHECK constraint of that column, if it has one, allows the same values; sets that publishers extend (fuels) have none.';
comment on column history.enumerations.value is 'The value as it is stored.';
comment on column history.enumerations.label is 'The value in words, for people.';
comment on column history.enumerations.position is 'Place in the list, from 1; where there is an order, from least to most.';
comment on column history.enumerations.created_at is 'When this version of the row was written.';
comment on column history.enumerations.load_id is 'The load that wrote this version.';
comment on column history.enumerations.closed_by_load_id is 'The load that replaced or withdrew this version.';
alter table history.enumerations enable row level security;
revoke all on history.enumerations from public, anon, authenticated, service_role;
grant select on history.enumerations to service_role;
drop policy if exists enumerations_service on history.enumerations;
create policy enumerations_service on history.enumerations for select to service_role using (true);

alter table public.enumerations drop constraint if exists enumerations_position_check;
alter table public.enumerations add constraint enumerations_position_check check (position >= 1);

-- load_id has no default and no foreign key: the loader writes it in bulk, in the transaction that writes its row in etl.load.
create table if not exists public.data_sources (
  publisher text not null,
  title text not null,
  url text not null,
  licence text not null,
  licence_url text,
  attribution text not null,
  credentials text not null,
  credentials_env text[] not null,
  credentials_url text,
  notes text,
  created_at timestamp with time zone not null default now(),
  load_id bigint not null,
  constraint data_sources_pkey primary key (publisher)
);
comment on table public.data_sources is 'Publishers and their licences.';
comment on column public.data_sources.publisher is 'Id of the publisher, as in source_health and in the folders of pipelines/.';
comment on column public.data_sources.title is 'Name of the publisher.';
comment on column public.data_sources.url is 'Where its data are published.';
comment on column public.data_sources.licence is 'Licence or terms of use; each dataset states its own where they differ.';
comment on column public.data_sources.licence_url is 'Page of the licence; NULL where each data set has its own page.';
comment on column public.data_sources.attribution is 'The line that must accompany a reproduction.';
comment on column public.data_sources.credentials is 'Whether a key is needed: none, optional (more can be had with one), required (for part of its datasets).';
comment on column public.data_sources.credentials_env is 'Environment variables that hold the key; empty if there is none.';
comment on column public.data_sources.credentials_url is 'Where to get a key; NULL if there is none.';
comment on column public.data_sources.notes is 'What a user of the data should know beside the licence.';
comment on column public.data_sources.created_at is 'When this version of the row was written.';
comment on column public.data_sources.load_id is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
alter table public.data_sources enable row level security;
revoke all on public.data_sources from public, anon, authenticated, service_role;
grant select on public.data_sources to anon, authenticated;
grant select, insert, update, delete on public.data_sources to service_role;
drop policy if exists data_sources_read on public.data_sources;
create policy data_sources_read on public.data_sources for select to anon, authenticated using (true);
drop policy if exists data_sources_service on public.data_sources;
create policy data_sources_service on public.data_sources for all to service_role using (true) with check (true);
create or replace trigger data_sources_edit_lock before insert or update or delete or truncate on public.data_sources for each statement execute function etl.record_edit();
create or replace trigger data_sources_edit before insert or update or delete on public.data_sources for each row execute function etl.record_edit();

create table if not exists history.data_sources (
  publisher text not null,
  title text not null,
  url text not null,
  licence text not null,
  licence_url text,
  attribution text not null,
  credentials text not null,
  credentials_env text[] not null,
  credentials_url text,
  notes text,
  created_at timestamp with time zone not null,
  load_id bigint not null,
  closed_by_load_id bigint not null,
  constraint data_sources_pkey primary key (publisher, load_id)
);
create index if not exists data_sources_closed_by_load_id_idx on history.data_sources (closed_by_load_id);
comment on table history.data_sources is 'Closed versions of public.data_sources: revised or withdrawn by the publisher.';
comment on column history.data_sources.publisher is 'Id of the publisher, as in source_health and in the folders of pipelines/.';
comment on column history.data_sources.title is 'Name of the publisher.';
comment on column history.data_sources.url is 'Where its data are published.';
comment on column history.data_sources.licence is 'Licence or terms of use; each dataset states its own where they differ.';
comment on column history.data_sources.licence_url is 'Page of the licence; NULL where each data set has its own page.';
comment on column history.data_sources.attribution is 'The line that must accompany a reproduction.';
comment on column history.data_sources.credentials is 'Whether a key is needed: none, optional (more can be had with one), required (for part of its datasets).';
comment on column history.data_sources.credentials_env is 'Environment variables that hold the key; empty if there is none.';
comment on column history.data_sources.credentials_url is 'Where to get a key; NULL if there is none.';
comment on column history.data_sources.notes is 'What a user of the data should know beside the licence.';
comment on column history.data_sources.created_at is 'When this version of the row was written.';
comment on column history.data_sources.load_id is 'The load that wrote this version.';
comment on column history.data_sources.closed_by_load_id is 'The load that replaced or withdrew this version.';
alter table history.data_sources enable row level security;
revoke all on history.data_sources from public, anon, authenticated, service_role;
grant select on history.data_sources to service_role;
drop policy if exists data_sources_service on history.data_sources;
create policy data_sources_service on history.data_sources for select to service_role using (true);

alter table public.data_sources drop constraint if exists data_sources_credentials_check;
alter table public.data_sources add constraint data_sources_credentials_check check (credentials in ('none', 'optional', 'required'));

-- load_id has no default and no foreign key: the loader writes it in bulk, in the transaction that writes its row in etl.load.
create table if not exists public.data_provenance_types (
  code text not null,
  label text not null,
  quality_tier text not null,
  reliability_score numeric(3,2),
  description text not null,
  created_at timestamp with time zone not null default now(),
  load_id bigint not null,
  constraint data_provenance_types_pkey primary key (code)
);
comment on table public.data_provenance_types is 'Kinds of provenance.';
comment on column public.data_provenance_types.code is 'The word as rows and streams use it: ieso_real_time.';
comment on column public.data_provenance_types.label is 'The word for people.';
comment on column public.data_provenance_types.quality_tier is 'real_time: measured, as it is published; historical: measured, from an archive; modeled: computed from measurements; synthetic: made up.';
comment on column public.data_provenance_types.reliability_score is 'How reliable, 0 to 1; NULL, since nobody has measured it (decision 19).';
comment on column public.data_provenance_types.description is 'What rows of this kind are.';
comment on column public.data_provenance_types.created_at is 'When this version of the row was written.';
comment on column public.data_provenance_types.load_id is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
alter table public.data_provenance_types enable row level security;
revoke all on public.data_provenance_types from public, anon, authenticated, service_role;
grant select on public.data_provenance_types to anon, authenticated;
grant select, insert, update, delete on public.data_provenance_types to service_role;
drop policy if exists data_provenance_types_read on public.data_provenance_types;
create policy data_provenance_types_read on public.data_provenance_types for select to anon, authenticated using (true);
drop policy if exists data_provenance_types_service on public.data_provenance_types;
create policy data_provenance_types_service on public.data_provenance_types for all to service_role using (true) with check (true);
create or replace trigger data_provenance_types_edit_lock before insert or update or delete or truncate on public.data_provenance_types for each statement execute function etl.record_edit();
create or replace trigger data_provenance_types_edit before insert or update or delete on public.data_provenance_types for each row execute function etl.record_edit();

create table if not exists history.data_provenance_types (
  code text not null,
  label text not null,
  quality_tier text not null,
  reliability_score numeric(3,2),
  description text not null,
  created_at timestamp with time zone not null,
  load_id bigint not null,
  closed_by_load_id bigint not null,
  constraint data_provenance_types_pkey primary key (code, load_id)
);
create index if not exists data_provenance_types_closed_by_load_id_idx on history.data_provenance_types (closed_by_load_id);
comment on table history.data_provenance_types is 'Closed versions of public.data_provenance_types: revised or withdrawn by the publisher.';
comment on column history.data_provenance_types.code is 'The word as rows and streams use it: ieso_real_time.';
comment on column history.data_provenance_types.label is 'The word for people.';
comment on column history.data_provenance_types.quality_tier is 'real_time: measured, as it is published; historical: measured, from an archive; modeled: computed from measurements; synthetic: made up.';
comment on column history.data_provenance_types.reliability_score is 'How reliable, 0 to 1; NULL, since nobody has measured it (decision 19).';
comment on column history.data_provenance_types.description is 'What rows of this kind are.';
comment on column history.data_provenance_types.created_at is 'When this version of the row was written.';
comment on column history.data_provenance_types.load_id is 'The load that wrote this version.';
comment on column history.data_provenance_types.closed_by_load_id is 'The load that replaced or withdrew this version.';
alter table history.data_provenance_types enable row level security;
revoke all on history.data_provenance_types from public, anon, authenticated, service_role;
grant select on history.data_provenance_types to service_role;
drop policy if exists data_provenance_types_service on history.data_provenance_types;
create policy data_provenance_types_service on history.data_provenance_types for select to service_role using (true);

alter table public.data_provenance_types drop constraint if exists data_provenance_types_quality_tier_check;
alter table public.data_provenance_types add constraint data_provenance_types_quality_tier_check check (quality_tier in ('real_time', 'historical', 'modeled', 'synthetic'));
alter table public.data_provenance_types drop constraint if exists data_provenance_types_reliability_score_check;
alter table public.data_provenance_types add constraint data_provenance_types_reliability_score_check check (reliability_score between 0 and 1);

-- load_id has no default and no foreign key: the loader writes it in bulk, in the transaction that writes its row in etl.load.
create table if not exists public.stream_manifest (
  stream_key text not null,
  health_key text not null,
  dataset text not null,
  version text not null,
  fields text[] not null,
  page_size_default integer not null,
  max_page_size integer not null,
  title text not null,
  provider text not null,
  region text,
  license text not null,
  source_url text not null,
  update_frequency text not null,
  stale_after_hours integer,
  enabled boolean not null,
  provenance_type text not null,
  notes text,
  created_at timestamp with time zone not null default now(),
  load_id bigint not null,
  constraint stream_manifest_pkey primary key (stream_key),
  constraint stream_manifest_provider_fkey foreign key (provider) references public.data_sources(publisher) deferrable initially deferred,
  constraint stream_manifest_provenance_type_fkey foreign key (provenance_type) references public.data_provenance_types(code) deferrable initially deferred
);
comment on table public.stream_manifest is 'Streams of the platform.';
comment on column public.stream_manifest.stream_key is 'Name of the stream in addresses: ontario-demand in stream-ontario-demand and manifest-ontario-demand.';
comment on column public.stream_manifest.health_key is 'The stream in stream_health; ontario-prices is ontario-nodal-prices there.';
comment on column public.stream_manifest.dataset is 'Name of the data set in the manifest that clients read.';
comment on column public.stream_manifest.version is 'Version of the shape of the rows: another one when fields change.';
comment on column public.stream_manifest.fields is 'Keys of the served rows, in order; the columns of view stream_<stream_key>.';
comment on column public.stream_manifest.page_size_default is 'Rows of a page when the client does not say. Unit: rows.';
comment on column public.stream_manifest.max_page_size is 'Most rows of a page. Unit: rows.';
comment on column public.stream_manifest.title is 'Name of the stream for people.';
comment on column public.stream_manifest.provider is 'Publisher whose data the stream serves; of several, the one that is preferred.';
comment on column public.stream_manifest.region is 'Where the data are about: Ontario; NULL where it is no one region.';
comment on column public.stream_manifest.license is 'Licence of the served rows; data_sources has its page and the line of attribution.';
comment on column public.stream_manifest.source_url is 'Where a reader finds the original.';
comment on column public.stream_manifest.update_frequency is 'How often the publisher issues new data, in words.';
comment on column public.stream_manifest.stale_after_hours is 'Age of the newest row from which on the front end calls the stream stale: a rule of the front end, not of the publisher. Unit: h.';
comment on column public.stream_manifest.enabled is 'Whether the stream is offered to clients; off until somebody switches it on.';
comment on column public.stream_manifest.provenance_type is 'Kind of provenance of the served rows; its quality_tier is the tier of the stream.';
comment on column public.stream_manifest.notes is 'What a reader of the rows must know.';
comment on column public.stream_manifest.created_at is 'When this version of the row was written.';
comment on column public.stream_manifest.load_id is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
alter table public.stream_manifest enable row level security;
revoke all on public.stream_manifest from public, anon, authenticated, service_role;
grant select on public.stream_manifest to anon, authenticated;
grant select, insert, update, delete on public.stream_manifest to service_role;
drop policy if exists stream_manifest_read on public.stream_manifest;
create policy stream_manifest_read on public.stream_manifest for select to anon, authenticated using (true);
drop policy if exists stream_manifest_service on public.stream_manifest;
create policy stream_manifest_service on public.stream_manifest for all to service_role using (true) with check (true);
create or replace trigger stream_manifest_edit_lock before insert or update or delete or truncate on public.stream_manifest for each statement execute function etl.record_edit();
create or replace trigger stream_manifest_edit before insert or update or delete on public.stream_manifest for each row execute function etl.record_edit();

create table if not exists history.stream_manifest (
  stream_key text not null,
  health_key text not null,
  dataset text not null,
  version text not null,
  fields text[] not null,
  page_size_default integer not null,
  max_page_size integer not null,
  title text not null,
  provider text not null,
  region text,
  license text not null,
  source_url text not null,
  update_frequency text not null,
  stale_after_hours integer,
  enabled boolean not null,
  provenance_type text not null,
  notes text,
  created_at timestamp with time zone not null,
  load_id bigint not null,
  closed_by_load_id bigint not null,
  constraint stream_manifest_pkey primary key (stream_key, load_id)
);
create index if not exists stream_manifest_closed_by_load_id_idx on history.stream_manifest (closed_by_load_id);
comment on table history.stream_manifest is 'Closed versions of public.stream_manifest: revised or withdrawn by the publisher.';
comment on column history.stream_manifest.stream_key is 'Name of the stream in addresses: ontario-demand in stream-ontario-demand and manifest-ontario-demand.';
comment on column history.stream_manifest.health_key is 'The stream in stream_health; ontario-prices is ontario-nodal-prices there.';
comment on column history.stream_manifest.dataset is 'Name of the data set in the manifest that clients read.';
comment on column history.stream_manifest.version is 'Version of the shape of the rows: another one when fields change.';
comment on column history.stream_manifest.fields is 'Keys of the served rows, in order; the columns of view stream_<stream_key>.';
comment on column history.stream_manifest.page_size_default is 'Rows of a page when the client does not say. Unit: rows.';
comment on column history.stream_manifest.max_page_size is 'Most rows of a page. Unit: rows.';
comment on column history.stream_manifest.title is 'Name of the stream for people.';
comment on column history.stream_manifest.provider is 'Publisher whose data the stream serves; of several, the one that is preferred.';
comment on column history.stream_manifest.region is 'Where the data are about: Ontario; NULL where it is no one region.';
comment on column history.stream_manifest.license is 'Licence of the served rows; data_sources has its page and the line of attribution.';
comment on column history.stream_manifest.source_url is 'Where a reader finds the original.';
comment on column history.stream_manifest.update_frequency is 'How often the publisher issues new data, in words.';
comment on column history.stream_manifest.stale_after_hours is 'Age of the newest row from which on the front end calls the stream stale: a rule of the front end, not of the publisher. Unit: h.';
comment on column history.stream_manifest.enabled is 'Whether the stream is offered to clients; off until somebody switches it on.';
comment on column history.stream_manifest.provenance_type is 'Kind of provenance of the served rows; its quality_tier is the tier of the stream.';
comment on column history.stream_manifest.notes is 'What a reader of the rows must know.';
comment on column history.stream_manifest.created_at is 'When this version of the row was written.';
comment on column history.stream_manifest.load_id is 'The load that wrote this version.';
comment on column history.stream_manifest.closed_by_load_id is 'The load that replaced or withdrew this version.';
alter table history.stream_manifest enable row level security;
revoke all on history.stream_manifest from public, anon, authenticated, service_role;
grant select on history.stream_manifest to service_role;
drop policy if exists stream_manifest_service on history.stream_manifest;
create policy stream_manifest_service on history.stream_manifest for select to service_role using (true);

alter table public.stream_manifest drop constraint if exists stream_manifest_page_size_default_check;
alter table public.stream_manifest add constraint stream_manifest_page_size_default_check check (page_size_default between 1 and max_page_size);
alter table public.stream_manifest drop constraint if exists stream_manifest_max_page_size_check;
alter table public.stream_manifest add constraint stream_manifest_max_page_size_check check (max_page_size between 1 and 1000);
alter table public.stream_manifest drop constraint if exists stream_manifest_fields_check;
alter table public.stream_manifest add constraint stream_manifest_fields_check check (cardinality(fields) > 0);
alter table public.stream_manifest drop constraint if exists stream_manifest_stale_after_hours_check;
alter table public.stream_manifest add constraint stream_manifest_stale_after_hours_check check (stale_after_hours > 0);
alter table public.stream_manifest drop constraint if exists stream_manifest_health_key_key;
-- Deferrable, so that it is checked after the statement: a file may give the key of one stream to another.
alter table public.stream_manifest add constraint stream_manifest_health_key_key unique (health_key) deferrable;
create index if not exists stream_manifest_provider_idx on public.stream_manifest (provider);
create index if not exists stream_manifest_provenance_type_idx on public.stream_manifest (provenance_type);
alter table public.stream_manifest alter column enabled set default false;

-- load_id has no default and no foreign key: the loader writes it in bulk, in the transaction that writes its row in etl.load.
create table if not exists public.consultation_event_types (
  event_type text not null,
  description text not null,
  stored boolean not null,
  created_at timestamp with time zone not null default now(),
  load_id bigint not null,
  constraint consultation_event_types_pkey primary key (event_type)
);
comment on table public.consultation_event_types is 'Kinds of consultation events.';
comment on column public.consultation_event_types.event_type is 'Name of the event, as clients send it.';
comment on column public.consultation_event_types.description is 'What has happened.';
comment on column public.consultation_event_types.stored is 'Whether a row of consultation_events is written for it; a sign that passes, such as typing, is not kept.';
comment on column public.consultation_event_types.created_at is 'When this version of the row was written.';
comment on column public.consultation_event_types.load_id is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
alter table public.consultation_event_types enable row level security;
revoke all on public.consultation_event_types from public, anon, authenticated, service_role;
grant select on public.consultation_event_types to anon, authenticated;
grant select, insert, update, delete on public.consultation_event_types to service_role;
drop policy if exists consultation_event_types_read on public.consultation_event_types;
create policy consultation_event_types_read on public.consultation_event_types for select to anon, authenticated using (true);
drop policy if exists consultation_event_types_service on public.consultation_event_types;
create policy consultation_event_types_service on public.consultation_event_types for all to service_role using (true) with check (true);
create or replace trigger consultation_event_types_edit_lock before insert or update or delete or truncate on public.consultation_event_types for each statement execute function etl.record_edit();
create or replace trigger consultation_event_types_edit before insert or update or delete on public.consultation_event_types for each row execute function etl.record_edit();

create table if not exists history.consultation_event_types (
  event_type text not null,
  description text not null,
  stored boolean not null,
  created_at timestamp with time zone not null,
  load_id bigint not null,
  closed_by_load_id bigint not null,
  constraint consultation_event_types_pkey primary key (event_type, load_id)
);
create index if not exists consultation_event_types_closed_by_load_id_idx on history.consultation_event_types (closed_by_load_id);
comment on table history.consultation_event_types is 'Closed versions of public.consultation_event_types: revised or withdrawn by the publisher.';
comment on column history.consultation_event_types.event_type is 'Name of the event, as clients send it.';
comment on column history.consultation_event_types.description is 'What has happened.';
comment on column history.consultation_event_types.stored is 'Whether a row of consultation_events is written for it; a sign that passes, such as typing, is not kept.';
comment on column history.consultation_event_types.created_at is 'When this version of the row was written.';
comment on column history.consultation_event_types.load_id is 'The load that wrote this version.';
comment on column history.consultation_event_types.closed_by_load_id is 'The load that replaced or withdrew this version.';
alter table history.consultation_event_types enable row level security;
revoke all on history.consultation_event_types from public, anon, authenticated, service_role;
grant select on history.consultation_event_types to service_role;
drop policy if exists consultation_event_types_service on history.consultation_event_types;
create policy consultation_event_types_service on history.consultation_event_types for select to service_role using (true);
