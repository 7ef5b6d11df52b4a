-- What a front end reads of a source also says how fresh and how good it is.

create or replace view public.source_status with (security_invoker = true) as
select
  h.source_name,
  split_part(h.source_name, '/', 1) as publisher,
  nullif(split_part(h.source_name, '/', 2), '') as dataset,
  case
    when h.status = 'not configured' then h.status
    when h.last_success is null and h.last_failure is null then 'unknown'
    else h.status
  end as status,
  h.last_success,
  h.last_failure,
  h.consecutive_failures,
  h.covered_until,
  h.updated_at as judged_at,
  public.database_content() = 'samples' and split_part(h.source_name, '/', 1) <> 'local' as is_fallback,
  h.notes,
  h.freshness,
  h.stale_since,
  h.score,
  h.open_findings
from public.source_health h;
comment on column public.source_status.status is 'healthy, degraded, failing, not configured; unknown where the source was never asked or has no row yet.';
comment on column public.source_status.notes is 'What was found, and the command to type next.';
comment on column public.source_status.freshness is 'fresh, stale (the newest row is older than the publisher''s calendar allows), ended (nothing more will come) or unknown, as of judged_at.';
comment on column public.source_status.stale_since is 'Since when the newest row is too old; NULL while it is not. Unit: UTC.';
comment on column public.source_status.score is 'Quality of what is loaded, 0 to 100; of a publisher, the lowest of its datasets; NULL while nothing was measured.';
comment on column public.source_status.open_findings is 'Findings that wait for a decision.';
