-- grain: one row per 5-minute interval
-- reads: raw
-- params: none
-- note: two layouts. ZonalPrice: a raw row per interval. RealTimePriceComponents: a raw row per component with a column per interval.
--   Slots without any price are intervals to come: no rows (realtime_zonal_price_left_out says how many)
with dated as (
  select
    *,
    -- 2026-03-05, or: For 2025-08-20 - Hour 1
    coalesce(nullif(regexp_extract("DeliveryDate", '[0-9]{4}-[0-9]{2}-[0-9]{2}'), ''), "DeliveryDate") as day,
    coalesce(nullif("DeliveryHour", ''), nullif(regexp_extract("DeliveryDate", 'Hour ([0-9]+)', 1), '')) as hour_ending
  from raw
),
by_interval as (
  select
    _line, day, hour_ending, "Interval" as slot, "LmpCap" as price, "LossPriceCap" as loss, "CongPriceCap" as congestion, "Flag" as flag
  from dated
  where "Element" = 'ZonalPrice'
),
by_component as (
  select
    _line,
    day,
    hour_ending,
    "OntarioZonalPrice" as component,
    unnest(range(1, 13)) as slot,
    unnest([
      "Interval1", "Interval2", "Interval3", "Interval4", "Interval5", "Interval6",
      "Interval7", "Interval8", "Interval9", "Interval10", "Interval11", "Interval12"
    ]) as price
  from dated
  where "Element" = 'RealTimePriceComponents'
),
-- Two blocks of one component with different numbers give a text that no cast accepts.
joined as (
  select
    min(_line) as _line,
    day,
    hour_ending,
    cast(slot as varchar) as slot,
    string_agg(distinct price, ' and ' order by price) filter (component = 'Zonal Price') as price,
    string_agg(distinct price, ' and ' order by price) filter (component = 'Energy Loss Price') as loss,
    string_agg(distinct price, ' and ' order by price) filter (component = 'Energy Congestion Price') as congestion,
    null::varchar as flag
  from by_component
  group by day, hour_ending, slot
),
slots as (
  select _line, day, hour_ending, slot, price, loss, congestion, flag from by_interval
  union all
  select _line, day, hour_ending, slot, price, loss, congestion, flag from joined
)
select
  _line,
  ieso_interval_start(day, hour_ending, slot) as interval_start,
  number_text(price) as price_cad_per_mwh,
  number_text(loss) as loss_price_cad_per_mwh,
  number_text(congestion) as congestion_price_cad_per_mwh,
  flag
from slots
where coalesce(nullif(price, ''), nullif(loss, ''), nullif(congestion, '')) is not null
