-- grain: one row per total that is not the sum of its members
-- reads: typed
-- params: none
-- note: a group with a withheld member or total cannot be compared and is left alone. Combustible fuels count by their total, and
-- by turbine kinds in the months that have no such total.
with members as (
  select *, statcan_level(type_of_generation) as level,
    bool_or(type_of_generation = 'Total electricity production from combustible fuels')
      over (partition by ref_date, geo, class_of_producer) as has_combustible_total
  from typed
), by_type as (
  select
    any_value(_line) filter (level = 'total') as _line,
    any_value(megawatt_hours) filter (level = 'total') as total,
    sum(megawatt_hours) filter (level <> 'total') as parts,
    count(*) filter (level <> 'total') as members,
    bool_and(megawatt_hours is not null) as complete
  from members
  where level in ('total', 'member') or (level = 'part' and not has_combustible_total and type_of_generation in
    ('Conventional steam turbine', 'Combustion turbine', 'Internal combustion turbine'))
  group by ref_date, geo, class_of_producer
), by_class as (
  select
    any_value(_line) filter (class_of_producer = 'Total all classes of electricity producer') as _line,
    any_value(megawatt_hours) filter (class_of_producer = 'Total all classes of electricity producer') as total,
    sum(megawatt_hours) filter (class_of_producer <> 'Total all classes of electricity producer') as parts,
    count(*) filter (class_of_producer <> 'Total all classes of electricity producer') as members,
    bool_and(megawatt_hours is not null) as complete
  from members
  group by ref_date, geo, type_of_generation
)
select _line, total as value, concat('the sum of its ', members, ' members, which is ', parts) as expectation
from (select * from by_type union all select * from by_class)
where _line is not null and complete and members > 0 and abs(total - parts) > members
