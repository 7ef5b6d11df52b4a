-- grain: one row per file with other names whose text does not load
-- reads: raw
-- params: none
-- note: without it, on an empty database, a name of a refused text would break the foreign key and stop all names. Of the rest see check_help_file.sql
with files as (
  select *, count(*) over (partition by trim(id)) as same_id
  from raw
)
select _line, id as value, 'a text that loads: local-help-content says in the quarantine why it does not' as expectation
from files
where same_id > 1
  or not coalesce(
    trim(title) <> '' and trim(author) <> '' and trim(body) <> '' and trim(short_text) <> '' and length(trim(short_text)) < 160
      and regexp_full_match(trim(last_updated), '\d{4}-\d{2}-\d{2}.*') and try_cast(left(trim(last_updated), 10) as date) is not null
      and from_json(coalesce(tags, '[]'), '["VARCHAR"]') is not null,
    false
  )
