-- Review of findings: the same fault of the next run is the same finding, with an owner, a state and everything that was ever said about it.

create table if not exists etl.review (
  fingerprint text not null,
  dataset text not null,
  check_name text not null,
  subject text not null,
  state text not null default 'open',
  acknowledged_until timestamp with time zone,
  owner text,
  note text,
  first_run_id text not null,
  last_run_id text not null,
  first_seen_at timestamp with time zone not null,
  last_seen_at timestamp with time zone not null,
  changed_by text not null default etl.actor(),
  changed_at timestamp with time zone not null default now(),
  constraint review_pkey primary key (fingerprint),
  constraint review_state_check check (state in ('open', 'acknowledged', 'fixed', 'accepted')),
  constraint review_acknowledged_until_check check ((state = 'acknowledged') = (acknowledged_until is not null)),
  constraint review_seen_check check (last_seen_at >= first_seen_at)
);
comment on table etl.review is 'Findings of checks and what was decided about each. A fixed finding that returns is open again.';
comment on column etl.review.fingerprint is 'Name of the finding that stays the same from run to run.';
comment on column etl.review.dataset is 'Id of the dataset, e.g. ieso-demand.';
comment on column etl.review.check_name is 'The check that found it.';
comment on column etl.review.subject is 'What it is about within the dataset: an interval, a series, a column.';
comment on column etl.review.state is 'open, acknowledged (until a date), fixed, or accepted (the publisher''s own, no alarm any more).';
comment on column etl.review.acknowledged_until is 'When an acknowledged finding counts as open again; only of those.';
comment on column etl.review.owner is 'Who takes care of it.';
comment on column etl.review.note is 'Last note.';
comment on column etl.review.first_run_id is 'The run that found it first.';
comment on column etl.review.last_run_id is 'The run that found it last.';
comment on column etl.review.first_seen_at is 'When it was first found.';
comment on column etl.review.last_seen_at is 'When it was last found.';
comment on column etl.review.changed_by is 'Who changed state, date, owner or note last. Written by the database.';
comment on column etl.review.changed_at is 'When state, date, owner or note last changed. Written by the database.';
create index if not exists review_open_idx on etl.review (dataset, last_seen_at desc) where state in ('open', 'acknowledged');
alter table etl.review enable row level security;
revoke all on etl.review from public, anon, authenticated, service_role;
grant select, insert, update, delete on etl.review to service_role;
drop policy if exists review_service on etl.review;
create policy review_service on etl.review for all to service_role using (true) with check (true);

create table if not exists etl.review_change (
  review_change_id bigint generated always as identity,
  fingerprint text not null,
  from_state text,
  to_state text,
  acknowledged_until timestamp with time zone,
  owner text,
  note text,
  actor text not null,
  changed_at timestamp with time zone not null,
  constraint review_change_pkey primary key (review_change_id)
);
comment on table etl.review_change is 'What was decided about findings, when and by whom. Rows are added, never changed.';
comment on column etl.review_change.review_change_id is 'Number of the change.';
comment on column etl.review_change.fingerprint is 'The finding.';
comment on column etl.review_change.from_state is 'State before; NULL where it was found for the first time.';
comment on column etl.review_change.to_state is 'State after; NULL where the finding was deleted.';
comment on column etl.review_change.acknowledged_until is 'Until when it was acknowledged.';
comment on column etl.review_change.owner is 'Who takes care of it since.';
comment on column etl.review_change.note is 'Note that went with it.';
comment on column etl.review_change.actor is 'Who did it.';
comment on column etl.review_change.changed_at is 'When.';
create index if not exists review_change_fingerprint_idx on etl.review_change (fingerprint, changed_at);
alter table etl.review_change enable row level security;
revoke all on etl.review_change from public, anon, authenticated, service_role;
grant select on etl.review_change to service_role;
drop policy if exists review_change_service on etl.review_change;
create policy review_change_service on etl.review_change for select to service_role using (true);

-- That a run found it again is no decision: it moves last_seen_at and last_run_id, and is not logged.
create or replace function etl.log_review() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if tg_op = 'UPDATE' and (new.state, new.acknowledged_until, new.owner, new.note) is not distinct from (old.state, old.acknowledged_until, old.owner, old.note) then
    new.changed_by := old.changed_by;
    new.changed_at := old.changed_at;
    return new;
  end if;
  insert into etl.review_change (fingerprint, from_state, to_state, acknowledged_until, owner, note, actor, changed_at)
  values (
    coalesce(new.fingerprint, old.fingerprint), old.state, new.state, new.acknowledged_until, new.owner, new.note,
    etl.actor(), pg_catalog.clock_timestamp()
  );
  if tg_op = 'DELETE' then
    return old;
  end if;
  new.changed_by := etl.actor();
  new.changed_at := pg_catalog.clock_timestamp();
  return new;
end
$$;
comment on function etl.log_review() is 'Trigger of etl.review: writes each decision to etl.review_change, and who made it to the row.';
revoke all on function etl.log_review() from public, anon, authenticated, service_role;
create or replace trigger review_log before insert or update or delete on etl.review for each row execute function etl.log_review();

-- Grants keep the service from it; this keeps the owner from it, by mistake.
create or replace function etl.refuse_change() returns trigger language plpgsql set search_path = '' as $$
begin
  raise exception '%.% is a log: rows are added, never changed', tg_table_schema, tg_table_name using errcode = 'restrict_violation';
end
$$;
comment on function etl.refuse_change() is 'Trigger of logs: refuses to change or remove a row.';
revoke all on function etl.refuse_change() from public, anon, authenticated, service_role;
create or replace trigger review_change_kept before update or delete or truncate on etl.review_change for each statement execute function etl.refuse_change();
create or replace trigger feature_flag_change_kept before update or delete or truncate on etl.feature_flag_change for each statement execute function etl.refuse_change();
