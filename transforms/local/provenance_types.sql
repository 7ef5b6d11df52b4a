-- grain: one row per kind of provenance
-- reads: raw
-- params: none
select _line, trim("code") as code, "label", trim("quality_tier") as quality_tier, "reliability_score", "description" from raw
