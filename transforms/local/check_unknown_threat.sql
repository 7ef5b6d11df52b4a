-- grain: one row per strategy against a threat that the other file does not have
-- reads: typed, raw, raw_threats
-- params: none
-- note: raw has the slug as it is written; typed only the id that is made from it
select t._line, concat('threat ', r."threat") as value, 'the slug of a row of data/reference/threat_models.csv, or blank' as expectation
from typed t
join raw r using (_line)
where t.related_threat is not null and trim(r."threat") not in (select trim("slug") from raw_threats where "slug" is not null)
