-- grain: one row per report and asset
-- reads: raw
-- params: none
-- note: blocks of assets follow the order of the fuels, but only some have a heading. A block gets the fuel whose published row has exactly the
-- block's totals; a block without such a row stays NULL. Assets are all lines with numbers below the paths.
with report as (
  select min(trim(c1)) as last_update from raw where c1 like 'Last Update%'
),
fuels as (
  select * from raw
  where section in (select section from raw where c1 = 'TOTAL' and c4 is not null)
    and c2 is not null and c1 <> 'TOTAL' and c2 <> 'MC'
),
lines as (
  select
    *,
    -- A heading holds inside its own block only.
    last_value(case when c2 is null then heading end ignore nulls) over (partition by section order by _line) as block_heading
  from raw
  where cast(section as integer) > (
    select max(cast(section as integer)) from raw where c1 = 'TOTAL' and c2 is not null
  )
),
assets as (
  select
    *,
    regexp_extract(trim(c1), '^(.*)\(([^()]*)\)\s*([*^]*)$', ['name', 'id', 'marks']) as parts
  from lines
  where c2 is not null and c2 <> 'MC'
),
-- Since November 2024 gas is four fuels, each of which may be a heading inside one block: both are looked at.
blocks as (
  select section, null as block_heading, sum(try_cast(c2 as double)) as capability, sum(try_cast(c3 as double)) as generation, sum(try_cast(c4 as double)) as reserve
  from assets group by section
  union all
  select section, block_heading, sum(try_cast(c2 as double)), sum(try_cast(c3 as double)), sum(try_cast(c4 as double))
  from assets where block_heading is not null group by section, block_heading
),
named as (
  select b.section, b.block_heading, min(f.c1) as fuel
  from blocks b
  join fuels f
    on b.capability = try_cast(f.c2 as double)
    and b.generation = try_cast(f.c3 as double)
    and b.reserve = try_cast(f.c4 as double)
  group by b.section, b.block_heading
  having count(*) = 1
)
select
  a._line,
  local_instant(
    coalesce(strftime(try_strptime(last_update, 'Last Update : %b %d, %Y %H:%M'), '%Y-%m-%d %H:%M'), last_update), 'America/Edmonton'
  ) as "timestamp",
  nullif(trim(a.parts.id), '') as asset_id,
  coalesce(nullif(trim(a.parts.name), ''), a.c1) as asset_name,
  a.block_heading as asset_group,
  trim(coalesce(whole_block.fuel, under_heading.fuel)) as fuel,
  number_text(a.c2) as maximum_capability_mw,
  number_text(a.c3) as net_generation_mw,
  number_text(a.c4) as dispatched_contingency_reserve_mw,
  nullif(a.parts.marks, '') as marks
from assets a
cross join report
left join named whole_block on whole_block.section = a.section and whole_block.block_heading is null
left join named under_heading on under_heading.section = a.section and under_heading.block_heading = a.block_heading
