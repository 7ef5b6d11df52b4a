-- grain: one row per list and value
-- reads: raw
-- params: none
select _line, trim("enumeration") as enumeration, "value", "label", "position" from raw
