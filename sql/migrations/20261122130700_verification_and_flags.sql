-- Feature flags that cannot lie: a flag opens only what was verified, here, within a day.

-- Rows come along with a dump or a clone; what they say about the database that they come from does not.
create or replace function etl.database_identity() returns text language sql stable set search_path = '' as $$
  select (select c.system_identifier from pg_catalog.pg_control_system() c) || '/' || (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())
$$;
comment on function etl.database_identity() is 'Server and database as numbers that a copy does not share.';
revoke all on function etl.database_identity() from public, anon, authenticated, service_role;
grant execute on function etl.database_identity() to service_role;

create table if not exists etl.verification (
  verification_id bigint generated always as identity,
  run_id text not null,
  capability text not null,
  base_url text not null,
  database_identity text not null default etl.database_identity(),
  started_at timestamp with time zone not null,
  finished_at timestamp with time zone not null,
  checks_run int not null,
  checks_failed int not null,
  passed boolean not null generated always as (checks_run > 0 and checks_failed = 0) stored,
  results jsonb not null default '[]',
  version text not null,
  actor text not null default etl.actor(),
  constraint verification_pkey primary key (verification_id),
  constraint verification_run_id_capability_key unique (run_id, capability),
  constraint verification_time_check check (finished_at >= started_at),
  constraint verification_checks_check check (checks_failed between 0 and checks_run)
);
comment on table etl.verification is 'One row per capability and run of verify: what was tried against which server, and what failed.';
comment on column etl.verification.verification_id is 'Number of the verification.';
comment on column etl.verification.run_id is 'The run of verify.';
comment on column etl.verification.capability is 'What was verified, as feature_flags.capability names it.';
comment on column etl.verification.base_url is 'Server that was asked.';
comment on column etl.verification.database_identity is 'The database that it was written in; a copy is another database.';
comment on column etl.verification.started_at is 'When it started.';
comment on column etl.verification.finished_at is 'When it ended.';
comment on column etl.verification.checks_run is 'Checks that were made.';
comment on column etl.verification.checks_failed is 'Checks that failed.';
comment on column etl.verification.passed is 'At least one check was made, and none failed.';
comment on column etl.verification.results is 'What was checked, one entry each: name, outcome, why.';
comment on column etl.verification.version is 'Version of penstock.';
comment on column etl.verification.actor is 'Who ran it.';
create index if not exists verification_capability_idx on etl.verification (capability, finished_at desc);
alter table etl.verification enable row level security;
revoke all on etl.verification from public, anon, authenticated, service_role;
grant select, insert, update, delete on etl.verification to service_role;
drop policy if exists verification_service on etl.verification;
create policy verification_service on etl.verification for all to service_role using (true) with check (true);

create table if not exists public.feature_flags (
  key text not null,
  title text not null,
  description text not null,
  capability text not null,
  enabled boolean not null default false,
  enabled_by text,
  enabled_at timestamp with time zone,
  verification_id bigint,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint feature_flags_pkey primary key (key),
  constraint feature_flags_key_check check (key ~ '^[a-z][a-z0-9_.-]*$'),
  constraint feature_flags_enabled_check check (not enabled or (enabled_by is not null and enabled_at is not null and verification_id is not null)),
  constraint feature_flags_verification_id_fkey foreign key (verification_id) references etl.verification (verification_id)
);
comment on table public.feature_flags is 'What the front end may use. Off until somebody turns it on after a verification that passed.';
comment on column public.feature_flags.key is 'Name of the flag.';
comment on column public.feature_flags.title is 'Name for readers.';
comment on column public.feature_flags.description is 'What opens when it is on.';
comment on column public.feature_flags.capability is 'What must be verified before it may be on, see etl.verification.capability.';
comment on column public.feature_flags.enabled is 'On. Stale data may still close it: the server says so.';
comment on column public.feature_flags.enabled_by is 'Who turned it on last. Written by the database.';
comment on column public.feature_flags.enabled_at is 'When it was turned on last. Written by the database.';
comment on column public.feature_flags.verification_id is 'The verification that allowed it. Written by the database.';
comment on column public.feature_flags.created_at is 'When the flag was made.';
comment on column public.feature_flags.updated_at is 'When it was last changed. Written by the database.';
create index if not exists feature_flags_verification_id_idx on public.feature_flags (verification_id);
alter table public.feature_flags enable row level security;
revoke all on public.feature_flags from public, anon, authenticated, service_role;
grant select on public.feature_flags to anon, authenticated;
grant select, insert, update, delete on public.feature_flags to service_role;
drop policy if exists feature_flags_read on public.feature_flags;
create policy feature_flags_read on public.feature_flags for select to anon, authenticated using (true);
drop policy if exists feature_flags_service on public.feature_flags;
create policy feature_flags_service on public.feature_flags for all to service_role using (true) with check (true);

create table if not exists etl.feature_flag_change (
  feature_flag_change_id bigint generated always as identity,
  key text not null,
  old_key text,
  change text not null,
  actor text not null,
  changed_at timestamp with time zone not null,
  verification_id bigint,
  constraint feature_flag_change_pkey primary key (feature_flag_change_id),
  constraint feature_flag_change_change_check check (change in ('created', 'enabled', 'disabled', 'edited', 'deleted')),
  constraint feature_flag_change_verification_id_fkey foreign key (verification_id) references etl.verification (verification_id)
);
comment on table etl.feature_flag_change is 'Who turned which flag on or off, and when. Rows are added, never changed.';
comment on column etl.feature_flag_change.feature_flag_change_id is 'Number of the change.';
comment on column etl.feature_flag_change.key is 'The flag.';
comment on column etl.feature_flag_change.old_key is 'Its key before, where the change gave it another one; NULL elsewhere.';
comment on column etl.feature_flag_change.change is 'created, enabled, disabled, edited or deleted.';
comment on column etl.feature_flag_change.actor is 'Who did it.';
comment on column etl.feature_flag_change.changed_at is 'When.';
comment on column etl.feature_flag_change.verification_id is 'The verification that allowed it to be on.';
create index if not exists feature_flag_change_key_idx on etl.feature_flag_change (key, changed_at);
alter table etl.feature_flag_change enable row level security;
revoke all on etl.feature_flag_change from public, anon, authenticated, service_role;
grant select on etl.feature_flag_change to service_role;
drop policy if exists feature_flag_change_service on etl.feature_flag_change;
create policy feature_flag_change_service on etl.feature_flag_change for select to service_role using (true);

-- The newest verification counts: one that failed after one that passed closes the door again.
create or replace function etl.guard_feature_flag() returns trigger language plpgsql security definer set search_path = '' as $$
declare
  newest etl.verification;
  opens boolean := new.enabled and (tg_op = 'INSERT' or not old.enabled or new.capability is distinct from old.capability);
begin
  new.updated_at := pg_catalog.clock_timestamp();
  -- Else a flag that is on would vanish under one name and be on under another without having been turned on.
  if tg_op = 'UPDATE' and new.key is distinct from old.key and (old.enabled or new.enabled) then
    raise exception using errcode = 'PT409',
      message = pg_catalog.format('flag %s is enabled: it cannot become %s', old.key, new.key),
      hint = 'disable the flag, change its key, then enable it';
  end if;
  if opens then
    select v.* into newest from etl.verification v
    where v.capability = new.capability and v.database_identity = etl.database_identity()
    order by v.finished_at desc, v.verification_id desc limit 1;
    if newest.verification_id is null or not newest.passed
      or newest.finished_at not between pg_catalog.clock_timestamp() - interval '24 hours' and pg_catalog.clock_timestamp() then
      raise exception using errcode = 'PT409',
        message = pg_catalog.format('flag %s cannot be enabled: %s', new.key, case
          when newest.verification_id is null then pg_catalog.format('capability %s was never verified in this database', new.capability)
          when not newest.passed then pg_catalog.format('the last verification of %s (%s) did not pass', new.capability, newest.run_id)
          when newest.finished_at > pg_catalog.clock_timestamp() then pg_catalog.format('the last verification of %s (%s) ends in the future', new.capability, newest.run_id)
          else pg_catalog.format('the last verification of %s (%s) is older than 24 hours', new.capability, newest.run_id) end),
        hint = 'npm run pipeline -- verify, then enable the flag';
    end if;
    new.enabled_by := etl.actor();
    new.enabled_at := pg_catalog.clock_timestamp();
    new.verification_id := newest.verification_id;
  elsif tg_op = 'UPDATE' then
    -- Nobody writes these by hand.
    new.enabled_by := old.enabled_by;
    new.enabled_at := old.enabled_at;
    new.verification_id := old.verification_id;
  else
    new.enabled_by := null;
    new.enabled_at := null;
    new.verification_id := null;
  end if;
  return new;
end
$$;
comment on function etl.guard_feature_flag() is 'Trigger of feature_flags: refuses to enable what was not verified here in the last 24 hours, and records who enabled it.';
revoke all on function etl.guard_feature_flag() from public, anon, authenticated, service_role;
create or replace trigger feature_flags_guard before insert or update on public.feature_flags for each row execute function etl.guard_feature_flag();

create or replace function etl.log_feature_flag() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  insert into etl.feature_flag_change (key, old_key, change, actor, changed_at, verification_id)
  values (
    coalesce(new.key, old.key),
    case when tg_op = 'UPDATE' then nullif(old.key, new.key) end,
    case when tg_op = 'DELETE' then 'deleted' when tg_op = 'INSERT' and new.enabled then 'enabled' when tg_op = 'INSERT' then 'created'
      when new.enabled and not old.enabled then 'enabled' when old.enabled and not new.enabled then 'disabled' else 'edited' end,
    etl.actor(), pg_catalog.clock_timestamp(), new.verification_id
  );
  return null;
end
$$;
comment on function etl.log_feature_flag() is 'Trigger of feature_flags: writes each change to etl.feature_flag_change.';
revoke all on function etl.log_feature_flag() from public, anon, authenticated, service_role;
create or replace trigger feature_flags_log after insert or update or delete on public.feature_flags for each row execute function etl.log_feature_flag();
