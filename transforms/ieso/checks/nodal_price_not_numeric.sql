-- grain: one row per row of the file with a cell that is no number
-- reads: raw
-- params: none
-- note: such a cell loads as NULL.
with cells as (
  select
    _line,
    concat_ws(', ', "LMP", "Energy Loss Price", "Energy Congestion Price") as value,
    [number_text("LMP"), number_text("Energy Loss Price"), number_text("Energy Congestion Price")] as numbers
  from raw
)
select _line, value, 'three numbers' as expectation
from cells
where len(list_filter(numbers, lambda n: try_cast(n as decimal(18, 6)) is null)) > 0
