-- grain: one row per hour and fuel that is listed without an output
-- reads: typed
-- params: none
select _line, concat('no output, quality ', coalesce(output_quality::varchar, 'not given')) as value, concat('an output of ', fuel) as expectation
from typed
where output_mw is null
