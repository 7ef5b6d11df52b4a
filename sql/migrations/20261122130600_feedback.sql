-- Feedback of readers, who have no account: it is written only through functions that check and count it.

create table if not exists public.help_feedback (
  id uuid not null default gen_random_uuid(),
  help_id text not null,
  user_id text,
  client_hash text,
  rating smallint not null,
  comment text,
  ts timestamp with time zone not null default now(),
  constraint help_feedback_pkey primary key (id),
  -- A load replaces a revised text by delete and insert, so the reference is checked at the end of the transaction.
  constraint help_feedback_help_id_fkey foreign key (help_id) references public.help_content (id) deferrable initially deferred,
  constraint help_feedback_rating_check check (rating between 1 and 5),
  constraint help_feedback_comment_check check (length(comment) <= 2000)
);
comment on table public.help_feedback is 'What readers thought of a help text. Written by submit_help_feedback() alone; never seeded.';
comment on column public.help_feedback.id is 'Of the feedback.';
comment on column public.help_feedback.help_id is 'The help text. One that has feedback cannot be withdrawn.';
comment on column public.help_feedback.user_id is 'Subject of a verified token; NULL without one.';
comment on column public.help_feedback.client_hash is 'Salted SHA-256 of the client''s address: what the limit per client counts, beside user_id.';
comment on column public.help_feedback.rating is '1 (no help) to 5 (good).';
comment on column public.help_feedback.comment is 'In the reader''s words, at most 2,000 characters.';
comment on column public.help_feedback.ts is 'When it was given.';
create index if not exists help_feedback_help_id_idx on public.help_feedback (help_id);
create index if not exists help_feedback_ts_idx on public.help_feedback (ts);
create index if not exists help_feedback_client_hash_idx on public.help_feedback (client_hash, ts desc);
create index if not exists help_feedback_user_id_idx on public.help_feedback (user_id, ts desc);
alter table public.help_feedback enable row level security;
revoke all on public.help_feedback from public, anon, authenticated, service_role;
grant select, delete on public.help_feedback to service_role;
drop policy if exists help_feedback_service_read on public.help_feedback;
create policy help_feedback_service_read on public.help_feedback for select to service_role using (true);
drop policy if exists help_feedback_service_delete on public.help_feedback;
create policy help_feedback_service_delete on public.help_feedback for delete to service_role using (true);

-- Without a salt of the database's own, four billion tries would turn a hash back into an address.
insert into etl.setting (name, value)
values ('client_salt', encode(sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')), 'hex'))
on conflict (name) do nothing;

-- A header is the client's own text unless a proxy writes it: the setting client_address_header names the one that the deployment's own proxy
-- writes, and is empty where there is no proxy. Of a list, the last entry counts: the nearest proxy added it. An IPv6 client has a whole /64 to
-- choose from, so that counts as one client; so do all whose address cannot be read.
create or replace function etl.client_hash() returns text language plpgsql stable set search_path = '' as $$
declare
  headers jsonb := nullif(pg_catalog.current_setting('request.headers', true), '')::jsonb;
  header text := coalesce((select s.value from etl.setting s where s.name = 'client_address_header'), 'x-forwarded-for');
  given text := coalesce(
    nullif(pg_catalog.btrim(pg_catalog.split_part(headers ->> pg_catalog.lower(header), ',', -1)), ''),
    pg_catalog.host(pg_catalog.inet_client_addr())
  );
  address inet;
begin
  -- Some proxies add the port: 203.0.113.7:40001, [2001:db8::1]:40001.
  given := pg_catalog.regexp_replace(given, '^\[([^]]*)\](:[0-9]*)?$', '\1');
  given := pg_catalog.regexp_replace(given, '^([0-9.]+):[0-9]*$', '\1');
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
        pg_catalog.concat_ws(' ', (select s.value from etl.setting s where s.name = 'client_salt'), coalesce(pg_catalog.host(address), 'no address')), 'UTF8'
      )
    ),
    'hex'
  );
end
$$;
comment on function etl.client_hash() is 'Where a call comes from, for limits: salted hash of the address (header that client_address_header of etl.setting names, else x-forwarded-for; the connection''s where that is empty).';
revoke all on function etl.client_hash() from public, anon, authenticated, service_role;
grant execute on function etl.client_hash() to service_role;

-- PostgREST answers with the HTTP status that a SQLSTATE PTxyz names.
create or replace function etl.refuse(status int, message text, advice text) returns void language plpgsql set search_path = '' as $$
begin
  raise exception using errcode = 'PT' || status, message = message, hint = advice;
end
$$;
comment on function etl.refuse(int, text, text) is 'Ends a call with an HTTP status, a reason and what to do.';
revoke all on function etl.refuse(int, text, text) from public, anon, authenticated, service_role;

create or replace function public.submit_help_feedback(p_help_id text, p_rating smallint, p_comment text default null)
returns uuid
language plpgsql
security definer
set search_path = ''
as $$
declare
  per_client constant int := 10;
  in_all constant int := 500;
  client text := etl.client_hash();
  subject text := nullif(pg_catalog.current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub';
  target text;
  said text := nullif(pg_catalog.btrim(p_comment), '');
  given uuid;
begin
  if p_rating is null or p_rating not between 1 and 5 then
    perform etl.refuse(400, 'rating must be 1 to 5', 'send p_rating as a whole number from 1 to 5');
  end if;
  if pg_catalog.length(said) > 2000 then
    perform etl.refuse(400, 'the comment is longer than 2,000 characters', 'shorten p_comment');
  end if;
  target := coalesce(
    (select h.id from public.help_content h where h.id = p_help_id),
    (select a.help_id from public.help_alias a where a.alias = p_help_id)
  );
  if target is null then
    perform etl.refuse(404, 'there is no help text of that id', 'ask for an id that the manifest of help lists');
  end if;
  -- One at a time, so that parallel calls cannot all pass the count before any of them is counted.
  perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('penstock.submit_help_feedback', 0));
  -- Each by itself: one address can have many subjects, and one subject many addresses.
  if (select pg_catalog.count(*) from public.help_feedback f
      where f.client_hash = client and f.ts > pg_catalog.now() - interval '1 hour') >= per_client
    or (select pg_catalog.count(*) from public.help_feedback f
      where f.user_id = subject and f.ts > pg_catalog.now() - interval '1 hour') >= per_client then
    perform etl.refuse(429, pg_catalog.format('more than %s feedbacks in an hour', per_client), 'try again in an hour');
  end if;
  if (select pg_catalog.count(*) from public.help_feedback f where f.ts > pg_catalog.now() - interval '1 hour') >= in_all then
    perform etl.refuse(429, 'too much feedback in the last hour, from all clients together', 'try again in an hour');
  end if;
  insert into public.help_feedback (help_id, user_id, client_hash, rating, comment)
  values (target, subject, client, p_rating, said)
  returning id into given;
  return given;
end
$$;
comment on function public.submit_help_feedback(text, smallint, text) is
  'Stores a reader''s rating (1 to 5) of a help text, by id or alias, and gives its id. At most 10 per address, 10 per subject and 500 in all in an hour. Fails with HTTP 400, 404 or 429.';
revoke all on function public.submit_help_feedback(text, smallint, text) from public, anon, authenticated, service_role;
grant execute on function public.submit_help_feedback(text, smallint, text) to anon, authenticated, service_role;

create or replace function public.submit_llm_feedback(
  p_call_id uuid, p_feedback text default null, p_rating smallint default null, p_comment text default null, p_detail jsonb default null
)
returns uuid
language plpgsql
security definer
set search_path = ''
as $$
declare
  per_client constant int := 30;
  in_all constant int := 500;
  client text := etl.client_hash();
  subject text := nullif(pg_catalog.current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub';
  said text := nullif(pg_catalog.btrim(p_comment), '');
  called_endpoint text;
  given uuid;
begin
  if p_feedback is null and p_rating is null and said is null then
    perform etl.refuse(400, 'the feedback is empty', 'send p_feedback, p_rating or p_comment');
  end if;
  if p_feedback not in ('up', 'down') then
    perform etl.refuse(400, 'feedback must be up or down', 'send p_feedback as up or down, or leave it out');
  end if;
  if p_rating not between 1 and 5 then
    perform etl.refuse(400, 'rating must be 1 to 5', 'send p_rating as a whole number from 1 to 5, or leave it out');
  end if;
  if pg_catalog.length(said) > 2000 then
    perform etl.refuse(400, 'the comment is longer than 2,000 characters', 'shorten p_comment');
  end if;
  if pg_catalog.length(p_detail::text) > 4000 then
    perform etl.refuse(400, 'the detail is longer than 4,000 characters', 'shorten p_detail');
  end if;
  select c.endpoint into called_endpoint from public.llm_call_log c where c.id = p_call_id;
  if called_endpoint is null then
    perform etl.refuse(404, 'there is no call of that id', 'send the id that came with the answer');
  end if;
  -- One at a time, so that parallel calls cannot all pass the count before any of them is counted.
  perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('penstock.submit_llm_feedback', 0));
  -- Each by itself: one address can have many subjects, and one subject many addresses.
  if (select pg_catalog.count(*) from public.llm_feedback f
      where f.client_hash = client and f.ts > pg_catalog.now() - interval '1 hour') >= per_client
    or (select pg_catalog.count(*) from public.llm_feedback f
      where f.user_id = subject and f.ts > pg_catalog.now() - interval '1 hour') >= per_client then
    perform etl.refuse(429, pg_catalog.format('more than %s feedbacks in an hour', per_client), 'try again in an hour');
  end if;
  if (select pg_catalog.count(*) from public.llm_feedback f where f.ts > pg_catalog.now() - interval '1 hour') >= in_all then
    perform etl.refuse(429, 'too much feedback in the last hour, from all clients together', 'try again in an hour');
  end if;
  insert into public.llm_feedback (call_id, user_id, client_hash, endpoint, feedback, rating, comment, detail)
  values (p_call_id, subject, client,
    called_endpoint, p_feedback, p_rating, said, p_detail)
  returning id into given;
  return given;
end
$$;
comment on function public.submit_llm_feedback(uuid, text, smallint, text, jsonb) is
  'Stores a reader''s feedback on an answer (up or down, 1 to 5, words) and gives its id. At most 30 per address, 30 per subject and 500 in all in an hour. Fails with HTTP 400, 404 or 429.';
revoke all on function public.submit_llm_feedback(uuid, text, smallint, text, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.submit_llm_feedback(uuid, text, smallint, text, jsonb) to anon, authenticated, service_role;
