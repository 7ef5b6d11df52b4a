-- What the HTTP server needs of the database: where a call comes from, how many a client may make, and the key that signs its cursors.

select adopted.set_aside('20261128100000', array[
  'etl.rate_limit', 'etl.rate_limit_pkey', 'etl.rate_limit_window_start_idx', 'etl.hash_client()', 'etl.take_calls()'
]);

-- One address is one client: an IPv6 client has a whole /64 to choose from, and all whose address cannot be read are one.
create or replace function etl.hash_client(p_address text, p_key text default null) returns text language plpgsql stable set search_path = '' as $$
declare
  address inet;
  -- Some proxies add the port: 203.0.113.7:40001, [2001:db8::1]:40001.
  given text := pg_catalog.regexp_replace(
    pg_catalog.regexp_replace(p_address, '^\[([^]]*)\](:[0-9]*)?$', '\1'), '^([0-9.]+):[0-9]*$', '\1');
begin
  begin
    -- Neither mask nor zone is the address.
    address := pg_catalog.split_part(pg_catalog.split_part(given, '/', 1), '%', 1)::inet;
    if address <<= inet '::ffff:0:0/96' then
      address := pg_catalog.substr(pg_catalog.host(address), 8)::inet;
    elsif pg_catalog.family(address) = 6 then
      address := pg_catalog.network(pg_catalog.set_masklen(address, 64));
    end if;
  exception
    when invalid_text_representation then address := null;
  end;
  return pg_catalog.encode(
    pg_catalog.sha256(
      pg_catalog.convert_to(
        pg_catalog.concat_ws(' ', (select s.value from etl.setting s where s.name = 'client_salt'), coalesce(pg_catalog.host(address), 'no address'), p_key), 'UTF8'
      )
    ),
    'hex'
  );
end
$$;
comment on function etl.hash_client(text, text) is 'A client as limits count it: salted SHA-256 of its address (an IPv6 /64 is one) and, where it is given, of the hash of its key.';
revoke all on function etl.hash_client(text, text) from public, anon, authenticated, service_role;
grant execute on function etl.hash_client(text, text) to service_role;

-- A server that knows the address says so in penstock.client_address, which no header can set; else the headers of PostgREST count as before.
create or replace function etl.client_hash() returns text language plpgsql stable set search_path = '' as $$
declare
  headers jsonb := nullif(pg_catalog.current_setting('request.headers', true), '')::jsonb;
  header text := coalesce((select s.value from etl.setting s where s.name = 'client_address_header'), 'x-forwarded-for');
begin
  return etl.hash_client(coalesce(
    nullif(pg_catalog.current_setting('penstock.client_address', true), ''),
    nullif(pg_catalog.btrim(pg_catalog.split_part(headers ->> pg_catalog.lower(header), ',', -1)), ''),
    pg_catalog.host(pg_catalog.inet_client_addr())
  ));
end
$$;
comment on function etl.client_hash() is 'Where a call comes from, for limits: salted hash of the address (penstock.client_address where the server says it; else the header that client_address_header of etl.setting names, else x-forwarded-for; the connection''s where that is empty).';
revoke all on function etl.client_hash() from public, anon, authenticated, service_role;
grant execute on function etl.client_hash() to service_role;

create table if not exists etl.rate_limit (
  client_hash text not null,
  call_class text not null,
  window_start timestamp with time zone not null,
  taken int not null,
  constraint rate_limit_pkey primary key (client_hash, call_class, window_start),
  constraint rate_limit_taken_check check (taken >= 0)
);
comment on table etl.rate_limit is 'Calls that each client has taken in each minute, by class. Servers take them in blocks; what a server did not use is lost to the client, never the other way round.';
comment on column etl.rate_limit.client_hash is 'Salted hash of address and key (etl.hash_client).';
comment on column etl.rate_limit.call_class is 'Class of calls: read, write, stream.';
comment on column etl.rate_limit.window_start is 'Start of the minute.';
comment on column etl.rate_limit.taken is 'Calls that servers took for this client in this minute.';
create index if not exists rate_limit_window_start_idx on etl.rate_limit (window_start);
alter table etl.rate_limit enable row level security;
revoke all on etl.rate_limit from public, anon, authenticated, service_role;
grant select, delete on etl.rate_limit to service_role;
drop policy if exists rate_limit_service_read on etl.rate_limit;
create policy rate_limit_service_read on etl.rate_limit for select to service_role using (true);
drop policy if exists rate_limit_service_delete on etl.rate_limit;
create policy rate_limit_service_delete on etl.rate_limit for delete to service_role using (true);

-- The row is locked before it is read, so that parallel servers count exactly. Minutes are the database's own, so that clocks of servers do not matter.
create or replace function etl.take_calls(p_address text, p_key text, p_class text, p_want int, p_limit int)
returns table (granted int, taken int, window_end timestamp with time zone)
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_column
declare
  minute timestamp with time zone := pg_catalog.date_trunc('minute', pg_catalog.clock_timestamp(), 'UTC');
  bucket text;
  before int;
  given int;
begin
  if p_class is null or p_class = '' or p_want is null or p_want < 1 or p_limit is null or p_limit < 1 then
    raise exception 'take_calls needs a class, and a number and a limit of at least 1'
      using errcode = 'invalid_parameter_value', hint = 'refuse the call that you were about to count';
  end if;
  bucket := etl.hash_client(p_address, p_key);
  insert into etl.rate_limit (client_hash, call_class, window_start, taken) values (bucket, p_class, minute, 0) on conflict do nothing;
  select r.taken into before from etl.rate_limit r
  where r.client_hash = bucket and r.call_class = p_class and r.window_start = minute
  for update;
  given := greatest(0, least(p_want, p_limit - before));
  update etl.rate_limit r set taken = before + given
  where r.client_hash = bucket and r.call_class = p_class and r.window_start = minute;
  return query select given, before + given, minute + interval '1 minute';
end
$$;
comment on function etl.take_calls(text, text, text, int, int) is 'Takes up to p_want calls of a client (address and hash of its key) in this minute, never more than p_limit together; gives how many were granted, how many are taken altogether, and when the minute ends.';
revoke all on function etl.take_calls(text, text, text, int, int) from public, anon, authenticated, service_role;
grant execute on function etl.take_calls(text, text, text, int, int) to service_role;

-- Cursors that another server of the same database signed are good here, too.
insert into etl.setting (name, value)
values ('cursor_key', encode(sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')), 'hex'))
on conflict (name) do nothing;
