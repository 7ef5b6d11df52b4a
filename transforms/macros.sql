-- Macros that every transform may use. They give text or typed values; what cannot be read comes out as the text that
-- was published, so that the cast to the contract refuses it with that text as the reason.

-- 1,054 → 1054; anything that is no number with well-placed thousands separators stays as it is.
create or replace macro number_text(published) as
  case
    when regexp_full_match(trim(published), '[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?') then replace(trim(published), ',', '')
    else trim(published)
  end;

-- Start of an IESO hour: UTC−5 all year, hours ending 1 to 24, so hour h of a day starts at 05:00Z + (h − 1) h.
create or replace macro ieso_hour_start(day, hour_ending) as
  case
    when regexp_full_match(trim(hour_ending), '0?[1-9]|1[0-9]|2[0-4]') and try_strptime(trim(day), '%Y-%m-%d') is not null
      then strftime(
        try_strptime(trim(day), '%Y-%m-%d') + to_hours(4 + try_cast(trim(hour_ending) as integer)),
        '%Y-%m-%dT%H:%M:%SZ'
      )
    else concat(day, ' hour ending ', hour_ending)
  end;

-- Start of an IESO 5-minute interval: interval k (1 to 12) of an hour starts (k − 1) × 5 minutes after the hour.
create or replace macro ieso_interval_start(day, hour_ending, interval_number) as
  case
    when regexp_full_match(trim(hour_ending), '0?[1-9]|1[0-9]|2[0-4]') and regexp_full_match(trim(interval_number), '0?[1-9]|1[0-2]')
      and try_strptime(trim(day), '%Y-%m-%d') is not null
      then strftime(
        try_strptime(trim(day), '%Y-%m-%d') + to_hours(4 + try_cast(trim(hour_ending) as integer))
          + to_minutes(5 * (try_cast(trim(interval_number) as integer) - 1)),
        '%Y-%m-%dT%H:%M:%SZ'
      )
    else concat(day, ' hour ending ', hour_ending, ' interval ', interval_number)
  end;

-- Two letters of a province or territory, CA for Canada; any other name stays as it is.
create or replace macro canada_province_code(name) as
  case trim(name)
    when 'Canada' then 'CA'
    when 'Newfoundland and Labrador' then 'NL'
    when 'Prince Edward Island' then 'PE'
    when 'Nova Scotia' then 'NS'
    when 'New Brunswick' then 'NB'
    when 'Quebec' then 'QC'
    when 'Ontario' then 'ON'
    when 'Manitoba' then 'MB'
    when 'Saskatchewan' then 'SK'
    when 'Alberta' then 'AB'
    when 'British Columbia' then 'BC'
    when 'Yukon' then 'YT'
    when 'Northwest Territories' then 'NT'
    when 'Nunavut' then 'NU'
    else name
  end;

-- Hours that the local standard time of an ECCC station is behind UTC, by the first digit of its Climate ID, which is the province:
-- 3 Alberta, 6 Ontario (its stations west of 90° W keep another time, none of them is ours). NULL for others.
create or replace macro eccc_hours_behind_utc(climate_id) as
  case left(trim(climate_id), 1) when '3' then 7 when '6' then 5 end;

-- VALUE × 10^SCALAR_ID of a Statistics Canada table, exact; blank stays blank, and what cannot be computed shows both cells.
create or replace macro statcan_value(published, scalar_id) as
  case
    when coalesce(trim(published), '') = '' then null
    when trim(scalar_id) = '0' then trim(published)
    when regexp_full_match(trim(scalar_id), '[1-9]') and regexp_full_match(trim(published), '[+-]?[0-9]{1,15}(\.[0-9]{1,6})?')
      then cast(cast(trim(published) as decimal(21, 6)) * cast(concat('1', repeat('0', cast(trim(scalar_id) as integer))) as decimal(10, 0)) as varchar)
    else concat(published, ' × 10^', scalar_id)
  end;

-- What a type of generation of table 25-10-0015 is: `member` (they do not overlap and add up to the total), `total`, or `part` of a
-- member. NULL: not known.
create or replace macro statcan_level(type) as
  case type
    when 'Total all types of electricity generation' then 'total'
    when 'Hydraulic turbine' then 'member'
    when 'Nuclear steam turbine' then 'member'
    when 'Wind power turbine' then 'member'
    when 'Solar' then 'member'
    when 'Tidal power turbine' then 'member'
    when 'Other types of electricity generation' then 'member'
    when 'Total electricity production from combustible fuels' then 'member'
    when 'Total electricity production from biomass' then 'part'
    when 'Total electricity production from non-renewable combustible fuels' then 'part'
    when 'Conventional steam turbine' then 'part'
    when 'Combustion turbine' then 'part'
    when 'Internal combustion turbine' then 'part'
  end;

-- Offsets of every zone, from core/zones: filled by the session for the zones that a statement needs, before it runs. Times are without a
-- zone: utc_* in UTC, local_* on the zone's clock. A period is there once for each year that it touches, so that joins have two equalities.
-- The prefix keeps the columns apart from those of the statement: an argument called `zone` would otherwise be taken for the table's own.
create table if not exists zone_period (
  zp_zone varchar, zp_year smallint, zp_utc_from timestamp, zp_utc_until timestamp, zp_local_from timestamp, zp_local_until timestamp,
  zp_offset_seconds integer
);

-- What a clock shows, as a timestamp: '2024-11-03 01:30', with T or with seconds, or a TIMESTAMP; null for anything else, offsets included.
create or replace macro clock_time(published) as
  case
    when regexp_full_match(trim(cast(published as varchar)), '\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?')
      then try_cast(trim(cast(published as varchar)) as timestamp)
  end;

-- 2024-11-03T07:00:00Z of a timestamp in UTC, with the fraction where there is one.
create or replace macro utc_text(utc) as replace(cast(utc as varchar), ' ', 'T') || 'Z';

-- The instant at which a zone's clock shows a time, where there is exactly one; else a text that says why there is not.
create or replace macro local_instant(published, zone_name) as (
  select case
      when count(*) = 1 then utc_text(max(zp_shown - to_seconds(zp_offset_seconds)))
      when published is null then null
      when count(*) > 1 then concat(published, ' is ambiguous in ', zone_name)
      when clock_time(published) is null then cast(published as varchar)
      when zone_name is null or zone_name not in (select zp_zone from zone_period) then concat(published, ' in unknown zone ', zone_name)
      when year(clock_time(published)) between 2000 and 2037 then concat(published, ' does not exist in ', zone_name)
      else concat(published, ' is outside 2000 to 2037, for which the clock changes of ', zone_name, ' are known')
    end
  from (select clock_time(published) as zp_shown), zone_period
  where zp_zone = zone_name and zp_year = year(zp_shown) and zp_shown >= zp_local_from and zp_shown < zp_local_until
);

-- A timestamptz or text in UTC as a timestamp in UTC. Text may bear an offset; DuckDB wants seconds before it.
create or replace macro utc_time(instant) as
  try_cast(regexp_replace(cast(instant as varchar), '^(\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2})(Z|[+-]\d{2}(:?\d{2})?)?$', '\1:00\2') as timestamptz) at time zone 'UTC';

-- What a zone's clock shows at an instant, '2024-11-03 01:00': a timestamptz, or text with an offset; text without one is UTC.
create or replace macro utc_to_local(instant, zone_name) as (
  select case
      when count(*) = 1 then regexp_replace(cast(max(zp_at + to_seconds(zp_offset_seconds)) as varchar), ':00$', '')
      when instant is null then null
      when utc_time(instant) is null then cast(instant as varchar)
      when zone_name is null or zone_name not in (select zp_zone from zone_period) then concat(instant, ' in unknown zone ', zone_name)
      else concat(instant, ' is outside 2000 to 2037, for which the clock changes of ', zone_name, ' are known')
    end
  from (select utc_time(instant) as zp_at), zone_period
  where zp_zone = zone_name and zp_year = year(zp_at) and zp_at >= zp_utc_from and zp_at < zp_utc_until
);

-- The midnight that a day begins with, as a timestamp; a DATE or 'YYYY-MM-DD'.
create or replace macro clock_midnight(day) as
  case
    when regexp_full_match(trim(cast(day as varchar)), '\d{4}-\d{2}-\d{2}') then try_cast(trim(cast(day as varchar)) as timestamp)
  end;

-- n of an hour ending label: '01' to '24', with or without the star of an hour that comes twice.
create or replace macro hour_label(label) as
  case
    when regexp_full_match(trim(cast(label as varchar)), '(0?[1-9]|1[0-9]|2[0-4])\*?') then try_cast(rtrim(trim(cast(label as varchar)), '*') as integer)
  end;

-- Start of an hour that AESO labels by its end, in a zone that may change its clock by an hour within the day, when it would show the
-- full hour k: set forward, there is no label k; set back, hour k comes again as 'k*'. All others count on from local midnight.
create or replace macro hour_ending_instant(day, label, zone_name) as (
  select case
      when day is null and label is null then null
      when clock_midnight(day) is null or hour_label(label) is null then concat(day, ' hour ending ', label)
      when count(*) = 0 and (zone_name is null or zone_name not in (select zp_zone from zone_period))
        then concat(day, ' hour ending ', label, ' in unknown zone ', zone_name)
      when count(*) = 0
        then concat(day, ' is outside 2000 to 2037, for which the clock changes of ', zone_name, ' are known')
      when min(zp_local_from) > clock_midnight(day) or count(*) > 2
          or (count(*) = 2 and (abs(max(zp_offset_seconds) - min(zp_offset_seconds)) <> 3600 or min(zp_local_until) <> date_trunc('hour', min(zp_local_until))))
        then concat(day, ' hour ending ', label, ': the clock of ', zone_name, ' changes that day in a way that such labels cannot tell')
      -- Set back: the offset that ends is the larger one.
      when count(*) = 2 and arg_min(zp_offset_seconds, zp_utc_from) > min(zp_offset_seconds) then
        case
          when trim(cast(label as varchar)) not like '%*'
            then utc_text(
              clock_midnight(day) - to_seconds(max(zp_offset_seconds))
                + to_hours(hour_label(label) - if(hour_label(label) > hour(min(zp_local_until)), 0, 1))
            )
          when hour_label(label) = hour(min(zp_local_until))
            then utc_text(clock_midnight(day) - to_seconds(max(zp_offset_seconds)) + to_hours(hour_label(label)))
          else concat(day, ' hour ending ', label, ': another hour comes twice that day in ', zone_name)
        end
      when trim(cast(label as varchar)) like '%*'
        then concat(day, ' hour ending ', label, ': no hour comes twice that day in ', zone_name)
      when count(*) = 2 and hour_label(label) = hour(min(zp_local_until))
        then concat(day, ' hour ending ', label, ' does not exist in ', zone_name, ', where the clock was set forward')
      else utc_text(
        clock_midnight(day) - to_seconds(min(zp_offset_seconds))
          + to_hours(hour_label(label) - if(count(*) = 2 and hour_label(label) > hour(min(zp_local_until)), 2, 1))
      )
    end
  from zone_period
  where zp_zone = zone_name
    and zp_year = year(clock_midnight(day))
    and zp_local_from < clock_midnight(day) + interval 1 day
    and zp_local_until > clock_midnight(day)
);

-- A time that the publisher says is UTC, '2024-04-14 06:00'.
create or replace macro utc_instant(published) as coalesce(utc_text(clock_time(published)), published);
