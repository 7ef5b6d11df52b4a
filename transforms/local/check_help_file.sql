-- grain: one row per rule that a file breaks
-- reads: raw
-- params: none
-- note: the same rules as the constraints of public.help_content, so that one bad file is refused and the others load
with files as (
  select
    _line,
    trim(id) as id,
    regexp_replace(file, '^.*/', '') as file,
    body,
    curation,
    case when json_valid(sources) then cast(sources as json) end as sources,
    sources as written
  from raw
),
entries as (
  select _line, written, unnest(case when json_type(sources) = 'ARRAY' then cast(sources as json[]) else [cast('null' as json)] end) as entry
  from files
  where written is not null
)
select _line, file as value, concat('a file called ', id, '.md') as expectation
from files
where file <> concat(id, '.md')
union all
select _line, curation, 'curation: required, or curation: reviewed by <name> on <date>, or none'
from files
where not regexp_full_match(trim(curation), 'required|reviewed by \S.* on \d{4}-\d{2}-\d{2}')
union all
select _line, left(regexp_extract(body, '<[A-Za-z/!?].*'), 80), 'Markdown without HTML'
from files
where regexp_matches(body, '<[A-Za-z/!?]')
union all
select _line, left(regexp_extract(body, '\]\(.*'), 80), 'links in the text that lead to https addresses, written [words](https://…)'
from files
where len(regexp_extract_all(body, '\]\(')) > len(regexp_extract_all(body, '\]\(\s*https://')) or regexp_matches(body, '(^|\n) {0,3}\[[^\]]*\]:')
union all
select distinct _line, left(cast(entry as varchar), 200), 'sources as a list of name and url, every url an https address'
from entries
where not coalesce(
  regexp_matches(entry ->> 'name', '[^ ]')
    and regexp_matches(entry ->> 'url', '^https://[A-Za-z0-9-]+([.][A-Za-z0-9-]+)+(/[^ ]*)?$'),
  false
)
