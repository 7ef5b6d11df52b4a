-- grain: one row per help text, which is one file
-- reads: raw
-- params: none
-- note: last_updated is a date in the file and becomes its midnight UTC. curation: required becomes the tag needs-curation, so that whoever
--   reads the table sees it. Lists that are no lists become NULL and refuse their row.
select
  _line,
  trim(id) as id,
  title,
  trim(short_text) as short_text,
  trim(body, e' \n\r\t') as body_md,
  list_concat(
    from_json(coalesce(tags, '[]'), '["VARCHAR"]'),
    case when trim(curation) = 'required' then ['needs-curation'] else [] end
  ) as discipline_tags,
  coalesce(sources, '[]') as related_sources,
  case when regexp_full_match(trim(last_updated), '\d{4}-\d{2}-\d{2}') then trim(last_updated) || 'T00:00:00Z' else last_updated end as last_updated,
  author
from raw
