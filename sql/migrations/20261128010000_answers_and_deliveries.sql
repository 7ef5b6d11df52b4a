-- What the last attempt said, apart from the notes that are made of it; and what became of an alert that was not sent by itself.

alter table public.source_health add column if not exists last_answer text;
alter table public.source_health add column if not exists next_step text;
comment on column public.source_health.last_answer is 'What came of the last attempt: loaded, nothing new, the fault, or the key that is missing; notes are made of it, of freshness and of findings.';
comment on column public.source_health.next_step is 'What to do about the last answer; NULL where nothing is to be done.';
-- Until the next attempt, what was noted so far is what is known of it.
update public.source_health set last_answer = notes
where last_answer is null and source_name like '%/%' and notes not like 'stale since %';

alter table etl.alert add column if not exists outcome text;
alter table etl.alert add column if not exists settled_at timestamp with time zone;
alter table etl.alert drop constraint if exists alert_outcome_check;
alter table etl.alert add constraint alert_outcome_check check (outcome in ('sent', 'summarised', 'superseded', 'below severity', 'expired'));
comment on column etl.alert.outcome is 'sent; summarised: one of many that one message counted; superseded: a later one of its subject was told instead; below severity: nobody wants to hear it; expired: too old to be news; NULL while it waits.';
comment on column etl.alert.settled_at is 'Since when it does not wait any more.';
drop index if exists etl.alert_waiting_idx;
create index if not exists alert_waiting_idx on etl.alert (alert_id) where outcome is null;
