-- grain: one row per other name
-- reads: raw
-- params: none
-- note: a name that is the id of a text comes out as a sentence, which the form of a name refuses
with named as (
  select _line, trim(id) as help_id, unnest(from_json(coalesce(aliases, '[]'), '["VARCHAR"]')) as alias
  from raw
)
select
  _line,
  case when trim(alias) in (select trim(id) from raw where id is not null) then concat(alias, ' is the id of a text') else trim(alias) end as alias,
  help_id
from named
