-- What a front end reads of how fresh and how good a source is. A view of its own: source_status keeps its columns, since its migration
-- can then run once more on a database that has lost its ledger.

select adopted.set_aside('20261128030000', array['public.source_quality']);

create or replace view public.source_quality with (security_invoker = true) as
select
  h.source_name,
  split_part(h.source_name, '/', 1) as publisher,
  nullif(split_part(h.source_name, '/', 2), '') as dataset,
  h.freshness,
  h.stale_since,
  h.score,
  h.open_findings,
  h.updated_at as judged_at
from public.source_health h;
comment on view public.source_quality is 'One row per publisher and per dataset: how fresh its data are, how good, and how many findings wait for a decision.';
comment on column public.source_quality.source_name is 'ieso for the publisher, ieso/ieso-demand for a dataset.';
comment on column public.source_quality.publisher is 'Id of the publisher.';
comment on column public.source_quality.dataset is 'Id of the dataset; NULL for the publisher''s own row.';
comment on column public.source_quality.freshness is 'fresh, stale (the newest row is older than the publisher''s calendar allows), ended (nothing more will come) or unknown, as of judged_at.';
comment on column public.source_quality.stale_since is 'Since when the newest row is too old; NULL while it is not. Unit: UTC.';
comment on column public.source_quality.score is 'Quality of what is loaded, 0 to 100; of a publisher, the lowest of its datasets; NULL while nothing was measured.';
comment on column public.source_quality.open_findings is 'Findings that wait for a decision.';
comment on column public.source_quality.judged_at is 'When it was last judged.';
revoke all on public.source_quality from public, anon, authenticated, service_role;
grant select on public.source_quality to anon, authenticated, service_role;
