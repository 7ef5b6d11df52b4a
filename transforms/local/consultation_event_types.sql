-- grain: one row per kind of event
-- reads: raw
-- params: none
select _line, trim("event_type") as event_type, "description", "stored" from raw
