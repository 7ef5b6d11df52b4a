-- grain: one row per time that the zone rule contradicts
-- reads: raw
-- params: none
-- note: Rows whose Mountain time is not what our zone rule makes of their UTC time.
select
  _line,
  mpt as value,
  concat(utc_to_local(utc_instant(utc), 'America/Edmonton'), ', which ', utc, ' UTC is by our zone rule: the publisher''s clock and our zone data disagree') as expectation
from (
  select _line, begin_date_mpt as mpt, begin_date_utc as utc from raw
)
where utc is not null and mpt is not null and trim(mpt) <> ''
  and utc_to_local(utc_instant(utc), 'America/Edmonton') is distinct from trim(mpt)
