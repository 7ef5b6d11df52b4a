-- grain: one row per slot of the hour without any price
-- reads: raw
-- params: none
-- note: layout by interval: its own raw row; layout by component: a column of the raw row of the price.
select _line, concat('interval ', "Interval") as value, 'a price, once the interval has come' as expectation
from raw
where "Element" = 'ZonalPrice' and coalesce(nullif("LmpCap", ''), nullif("LossPriceCap", ''), nullif("CongPriceCap", '')) is null
union all
select _line, concat('interval ', slot) as value, 'a price, once the interval has come' as expectation
from (
  select
    _line,
    unnest(range(1, 13)) as slot,
    unnest([
      "Interval1", "Interval2", "Interval3", "Interval4", "Interval5", "Interval6",
      "Interval7", "Interval8", "Interval9", "Interval10", "Interval11", "Interval12"
    ]) as price
  from raw
  where "Element" = 'RealTimePriceComponents' and "OntarioZonalPrice" = 'Zonal Price'
)
where coalesce(price, '') = ''
