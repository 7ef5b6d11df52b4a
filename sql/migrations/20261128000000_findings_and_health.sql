-- Findings of checks with where they lie and how large they are, alerts that wait to be sent, and health that says how fresh and how good.

select adopted.set_aside('20261128000000', array['etl.alert', 'etl.alert_alert_id_seq', 'etl.alert_pkey', 'etl.open_finding', 'etl.dataset_quality', 'etl.alert_waiting_idx', 'etl.review_interval_idx']);

alter table etl.review add column if not exists severity text;
alter table etl.review add column if not exists interval_start timestamp with time zone;
alter table etl.review add column if not exists sentence text;
alter table etl.review add column if not exists first_key text;
alter table etl.review add column if not exists last_key text;
alter table etl.review add column if not exists failing_rows bigint;
alter table etl.review add column if not exists decided_rows bigint;
alter table etl.review drop constraint if exists review_severity_check;
alter table etl.review add constraint review_severity_check check (severity in ('failure', 'block', 'reject', 'warn', 'info'));
comment on column etl.review.severity is 'failure (the interval failed), block, reject, warn or info; as the check had it when it last found this.';
comment on column etl.review.interval_start is 'Start of the interval that it lies in; NULL where it is about the dataset as a whole. Unit: UTC.';
comment on column etl.review.sentence is 'What was found, as a sentence.';
comment on column etl.review.first_key is 'Key of the first row that it is about.';
comment on column etl.review.last_key is 'Key of the last row that it is about.';
comment on column etl.review.failing_rows is 'Rows that it is about, when it was last found.';
comment on column etl.review.decided_rows is 'Rows that it was about when it was accepted or acknowledged: one that has grown since is open again.';
create index if not exists review_interval_idx on etl.review (dataset, interval_start);

create table if not exists etl.alert (
  alert_id bigint generated always as identity,
  subject text not null,
  kind text not null,
  payload jsonb not null,
  run_id text,
  created_at timestamp with time zone not null default now(),
  attempts int not null default 0,
  tried_at timestamp with time zone,
  sent_at timestamp with time zone,
  last_error text,
  constraint alert_pkey primary key (alert_id),
  constraint alert_kind_check check (kind in ('finding opened', 'finding reopened', 'finding fixed', 'source changed'))
);
comment on table etl.alert is 'Changes of state that somebody is to be told: written with the change, sent afterwards, tried again until they are sent.';
comment on column etl.alert.alert_id is 'Number of the alert; receivers recognise a repeated one by it.';
comment on column etl.alert.subject is 'What it is about: fingerprint of a finding, or name of a source in source_health.';
comment on column etl.alert.kind is 'What changed.';
comment on column etl.alert.payload is 'What the receiver is told.';
comment on column etl.alert.run_id is 'The run in which it changed; NULL where a person changed it.';
comment on column etl.alert.created_at is 'When it changed.';
comment on column etl.alert.attempts is 'How often it was tried to send it.';
comment on column etl.alert.tried_at is 'When it was last tried.';
comment on column etl.alert.sent_at is 'When it was sent; NULL while it waits.';
comment on column etl.alert.last_error is 'Why it could not be sent.';
create index if not exists alert_waiting_idx on etl.alert (alert_id) where sent_at is null;
alter table etl.alert enable row level security;
revoke all on etl.alert from public, anon, authenticated, service_role;
grant select, insert, update, delete on etl.alert to service_role;
drop policy if exists alert_service on etl.alert;
create policy alert_service on etl.alert for all to service_role using (true) with check (true);

alter table etl.load add column if not exists steps_expected bigint;
alter table etl.load add column if not exists steps_present bigint;
alter table etl.load add column if not exists shape jsonb;
comment on column etl.load.steps_expected is 'Steps of the interval that the publisher''s calendar asks for; NULL where the data have no fixed grid.';
comment on column etl.load.steps_present is 'Steps of the interval that have a row.';
comment on column etl.load.shape is 'Columns of the file as published, each with the number of cells that are filled: {"Ontario Demand": 8759}. Tells drift of the schema.';

alter table public.source_health add column if not exists freshness text not null default 'unknown';
alter table public.source_health add column if not exists stale_since timestamp with time zone;
alter table public.source_health add column if not exists score numeric(4, 1);
alter table public.source_health add column if not exists open_findings int not null default 0;
alter table public.source_health drop constraint if exists source_health_freshness_check;
alter table public.source_health add constraint source_health_freshness_check check (freshness in ('fresh', 'stale', 'ended', 'unknown'));
alter table public.source_health drop constraint if exists source_health_score_check;
alter table public.source_health add constraint source_health_score_check check (score between 0 and 100);
comment on column public.source_health.freshness is 'fresh, stale (the newest row is older than the publisher''s calendar allows), ended (nothing more will come) or unknown.';
comment on column public.source_health.stale_since is 'Since when the newest row is too old; NULL while it is not.';
comment on column public.source_health.score is 'Quality of what is loaded, 0 to 100, from etl.dataset_quality; of a publisher, the lowest of its datasets; NULL while nothing was measured.';
comment on column public.source_health.open_findings is 'Findings that wait for a decision, of severity warn or worse.';

-- A finding alarms while it is open, or acknowledged until a date that has passed.
create or replace view etl.open_finding with (security_invoker = true) as
select r.fingerprint, r.dataset, r.check_name, r.subject, r.severity, r.interval_start, r.failing_rows, r.owner
from etl.review r
where r.severity is distinct from 'info' and (r.state = 'open' or (r.state = 'acknowledged' and r.acknowledged_until <= now()));
comment on view etl.open_finding is 'Findings that alarm: open, or acknowledged until a date that has passed; information alone does not.';
comment on column etl.open_finding.fingerprint is 'Name of the finding that stays the same from run to run.';
comment on column etl.open_finding.dataset is 'Id of the dataset.';
comment on column etl.open_finding.check_name is 'The check that found it.';
comment on column etl.open_finding.subject is 'What it is about within the dataset.';
comment on column etl.open_finding.severity is 'failure, block, reject or warn.';
comment on column etl.open_finding.interval_start is 'Start of the interval that it lies in; NULL where it is about the dataset as a whole. Unit: UTC.';
comment on column etl.open_finding.failing_rows is 'Rows that it is about.';
comment on column etl.open_finding.owner is 'Who takes care of it.';
revoke all on etl.open_finding from public, anon, authenticated, service_role;
grant select on etl.open_finding to service_role;

-- Each part is a share between 0 and 1, or NULL where it was not measured. The score is 100 times the product of the parts that were.
create or replace view etl.dataset_quality with (security_invoker = true) as
with intervals as (
  select dataset, count(*) as planned, count(*) filter (where status = 'loaded') as loaded from etl.interval group by dataset
), loads as (
  select i.dataset, sum(l.rows_read) as rows_read, sum(l.rows_rejected) as rows_rejected,
    sum(l.steps_expected) as steps_expected, sum(least(l.steps_present, l.steps_expected)) as steps_present
  from etl.interval i join etl.load l using (load_id) group by i.dataset
), checks as (
  select i.dataset, count(*) as checks_run,
    count(*) filter (where not exists (
      select from etl.open_finding f
      where f.dataset = i.dataset and f.check_name = c.check_name and f.interval_start is not distinct from i.interval_start)) as checks_clean
  -- Dataset and interval say nothing new of a load; with them the index of this table finds its rows, of millions.
  from etl.interval i join etl.check_result c
    on c.dataset = i.dataset and c.interval_start = i.interval_start and c.load_id = i.load_id
  where c.result <> 'not checked' and c.severity <> 'info' group by i.dataset
), parts as (
  select dataset, intervals.planned, intervals.loaded, loads.rows_read, loads.rows_rejected, loads.steps_expected, loads.steps_present,
    checks.checks_run, checks.checks_clean,
    intervals.loaded::numeric / nullif(intervals.planned, 0) as loaded_share,
    loads.steps_present::numeric / nullif(loads.steps_expected, 0) as complete_share,
    1 - loads.rows_rejected::numeric / nullif(loads.rows_read, 0) as valid_share,
    checks.checks_clean::numeric / nullif(checks.checks_run, 0) as clean_share
  from intervals left join loads using (dataset) left join checks using (dataset)
)
select dataset, planned, loaded, rows_read, rows_rejected, steps_expected, steps_present, checks_run, checks_clean,
  loaded_share, complete_share, valid_share, clean_share,
  case when rows_read is not null or loaded_share < 1 then
    trunc(100 * coalesce(loaded_share, 1) * coalesce(complete_share, 1) * coalesce(valid_share, 1) * coalesce(clean_share, 1), 1)
  end::numeric(4, 1) as score
from parts;
comment on view etl.dataset_quality is 'Per dataset: shares of intervals loaded, steps present, rows valid, checks clean; the score is 100 times their product, rounded down.';
comment on column etl.dataset_quality.dataset is 'Id of the dataset.';
comment on column etl.dataset_quality.planned is 'Intervals that were tried.';
comment on column etl.dataset_quality.loaded is 'Intervals that are loaded.';
comment on column etl.dataset_quality.rows_read is 'Rows in the files of the loaded intervals.';
comment on column etl.dataset_quality.rows_rejected is 'Rows of those files that went to quarantine.';
comment on column etl.dataset_quality.steps_expected is 'Steps that the publisher''s calendar asks for; NULL where the data have no fixed grid.';
comment on column etl.dataset_quality.steps_present is 'Steps that have a row.';
comment on column etl.dataset_quality.checks_run is 'Checks that ran, one per interval; information does not count.';
comment on column etl.dataset_quality.checks_clean is 'Checks without an open finding.';
comment on column etl.dataset_quality.loaded_share is 'loaded of planned, 0 to 1.';
comment on column etl.dataset_quality.complete_share is 'steps_present of steps_expected, 0 to 1.';
comment on column etl.dataset_quality.valid_share is 'Rows that were not rejected of rows_read, 0 to 1.';
comment on column etl.dataset_quality.clean_share is 'checks_clean of checks_run, 0 to 1.';
comment on column etl.dataset_quality.score is '100 times the product of the shares that were measured, rounded down to a tenth.';
revoke all on etl.dataset_quality from public, anon, authenticated, service_role;
grant select on etl.dataset_quality to service_role;
