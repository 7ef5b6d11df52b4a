-- grain: one row per publisher
-- reads: raw
-- params: none
select
  _line,
  trim("publisher") as publisher,
  "title",
  trim("url") as url,
  "licence",
  trim("licence_url") as licence_url,
  "attribution",
  trim("credentials") as credentials,
  list_filter(list_transform(string_split("credentials_env", ';'), lambda v: trim(v)), lambda v: v <> '') as credentials_env,
  trim("credentials_url") as credentials_url,
  "notes"
from raw
