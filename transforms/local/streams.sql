-- grain: one row per stream
-- reads: raw
-- params: none
select
  _line,
  trim("stream_key") as stream_key,
  trim("health_key") as health_key,
  trim("dataset") as dataset,
  trim("version") as version,
  case when trim("fields") <> '' then list_transform(string_split("fields", ';'), lambda v: trim(v)) end as fields,
  "page_size_default",
  "max_page_size",
  "title",
  trim("provider") as provider,
  "region",
  "license",
  trim("source_url") as source_url,
  "update_frequency",
  "stale_after_hours",
  "enabled",
  trim("provenance_type") as provenance_type,
  "notes"
from raw
