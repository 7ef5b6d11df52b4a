-- grain: one row per threat
-- reads: raw, raw_mitigations
-- params: none
-- note: the id is made from the slug (a UUID of version 8, RFC 9562), as in mitigation_strategies.sql; a blank slug gives none
with strategies as (
  select trim("threat") as threat, list(trim("strategy_name") order by trim("strategy_name")) as names
  from raw_mitigations
  group by all
),
named as (
  select *, trim("slug") as own_slug, md5('penstock.threat_models:' || nullif(trim("slug"), '')) as digest from raw
)
select
  n._line,
  case when digest is not null then concat(substr(digest, 1, 8), '-', substr(digest, 9, 4), '-8', substr(digest, 14, 3), '-a', substr(digest, 18, 3), '-', substr(digest, 21, 12)) end as id,
  own_slug as slug,
  trim("category") as category,
  "vector",
  "likelihood",
  "impact",
  "mitigation_summary",
  "last_reviewed",
  trim("severity") as severity,
  "description",
  case when trim("affected_assets") <> '' then list_transform(string_split("affected_assets", ';'), lambda v: trim(v)) end as affected_assets,
  s.names as mitigation_strategies,
  case when trim("detection_methods") <> '' then list_transform(string_split("detection_methods", ';'), lambda v: trim(v)) end as detection_methods,
  "assessed_by",
  "source_name",
  trim("source_url") as source_url
from named n
left join strategies s on s.threat = own_slug
