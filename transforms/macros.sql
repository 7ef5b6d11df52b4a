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
