-- grain: one row per strategy
-- reads: raw
-- params: none
-- note: ids are made from slugs (UUIDs of version 8, RFC 9562); that of the threat as in threat_models.sql
with named as (
  select
    *,
    md5('penstock.mitigation_strategies:' || nullif(trim("slug"), '')) as digest,
    md5('penstock.threat_models:' || nullif(trim("threat"), '')) as threat_digest
  from raw
)
select
  _line,
  case when digest is not null then concat(substr(digest, 1, 8), '-', substr(digest, 9, 4), '-8', substr(digest, 14, 3), '-a', substr(digest, 18, 3), '-', substr(digest, 21, 12)) end as id,
  trim("slug") as slug,
  "strategy_name",
  "description",
  "effectiveness",
  "cost_estimate",
  "time_to_implement_days",
  case when threat_digest is not null then concat(substr(threat_digest, 1, 8), '-', substr(threat_digest, 9, 4), '-8', substr(threat_digest, 14, 3), '-a', substr(threat_digest, 18, 3), '-', substr(threat_digest, 21, 12)) end as related_threat,
  trim("status") as status,
  "last_updated",
  trim("priority") as priority,
  "responsible_party",
  "estimated_by",
  "source_name",
  trim("source_url") as source_url
from named
