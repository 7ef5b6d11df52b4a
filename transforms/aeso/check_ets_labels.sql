-- grain: one row per label or day that contradicts the zone rule
-- reads: raw
-- params: none
-- note: Hours ending that cannot be on a day as long as our zone rule says. The publisher's clock and our zone data disagree then, and all hours
-- around would be an hour off.
with labels as (
  select
    _line,
    trim("Date (HE)") as label,
    strftime(try_strptime(split_part(trim("Date (HE)"), ' ', 1), '%m/%d/%Y'), '%Y-%m-%d') as day,
    regexp_replace(trim("Date (HE)"), '^\S+\s*', '') as hour_ending
  from raw
),
days as (
  select
    day,
    min(_line) as first_line,
    count(*) filter (where hour_ending = '01') as first_hours,
    count(*) filter (where hour_ending = '02') as second_hours,
    count(*) filter (where hour_ending = '02*') as repeats,
    -- Hours from 03 on: the publisher has passed the place where 02 and 02* would stand.
    count(*) filter (where hour_ending > '02*') as later
  from labels
  where day is not null
  group by day
),
ruled as (
  -- What our zone rule says about the two hours of that day.
  select
    *,
    hour_ending_instant(day, '02', 'America/Edmonton') like '%Z' as rule_has_second_hour,
    hour_ending_instant(day, '02*', 'America/Edmonton') like '%Z' as rule_has_repeat
  from days
),
disagreements as (
  select l._line, l.label as value, 'no 02* on a day on which our zone rule does not set the clock back' as expectation
  from labels l join ruled d on l.day = d.day
  where l.hour_ending = '02*' and not d.rule_has_repeat
  union all
  select l._line, l.label, 'no 02 on a day on which our zone rule sets the clock forward'
  from labels l join ruled d on l.day = d.day
  where l.hour_ending = '02' and not d.rule_has_second_hour
  union all
  select first_line, concat(day, ' without 02*'), 'a row 02* on a day on which our zone rule sets the clock back'
  from ruled
  where rule_has_repeat and repeats = 0 and later > 0
  union all
  select first_line, concat(day, ' without 02'), 'a row 02 on a day on which our zone rule does not set the clock forward'
  from ruled
  where rule_has_second_hour and second_hours = 0 and first_hours > 0 and later > 0
)
select _line, value, concat(expectation, ': the publisher''s clock and our zone data disagree') as expectation
from disagreements
