-- grain: one row per change of the price
-- reads: raw
-- params: none
-- note: the row that is still open is published as ending 23:59; where no row begins then, its end is not known
select
  _line,
  utc_instant(begin_datetime_utc) as begins_at,
  case
    when trim(end_datetime_mpt) like '% 23:59'
      and trim(end_datetime_utc) not in (select trim(begin_datetime_utc) from raw where begin_datetime_utc is not null)
      then null
    else utc_instant(end_datetime_utc)
  end as ends_at,
  number_text(system_marginal_price) as system_marginal_price_cad_per_mwh,
  number_text(volume) as volume_mw
from raw
