-- Help texts and their other names (pipelines/local/help-content.ts, help-alias.ts). Written from their contracts.

-- load_id has no default and no foreign key: the loader writes it in bulk, in the transaction that writes its row in etl.load.
create table if not exists public.help_content (
  id text not null,
  title text not null,
  short_text text not null,
  body_md text not null,
  discipline_tags text[] not null,
  related_sources jsonb not null,
  last_updated timestamp with time zone not null,
  author text not null,
  created_at timestamp with time zone not null default now(),
  load_id bigint not null,
  constraint help_content_pkey primary key (id)
);
comment on table public.help_content is 'Help texts of the front end, one row per panel.';
comment on column public.help_content.id is 'Name of the panel that the text belongs to: page.trends, chart.stakeholder.sentiment_trend.';
comment on column public.help_content.title is 'Heading of the text.';
comment on column public.help_content.short_text is 'One or two sentences for a tooltip, shorter than 160 characters.';
comment on column public.help_content.body_md is 'The text in Markdown, without raw HTML; links lead to https addresses.';
comment on column public.help_content.discipline_tags is 'Words to group texts by; needs-curation marks a text that a person must still review before it may be relied on.';
comment on column public.help_content.related_sources is 'Where to read on: a list of {"name", "url"}, every url an https address.';
comment on column public.help_content.last_updated is 'When the text was last changed by its author, not when it was loaded or shown. Unit: UTC.';
comment on column public.help_content.author is 'Who answers for the text.';
comment on column public.help_content.created_at is 'When this version of the row was written.';
comment on column public.help_content.load_id is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
alter table public.help_content enable row level security;
revoke all on public.help_content from public, anon, authenticated, service_role;
grant select on public.help_content to anon, authenticated;
grant select, insert, update, delete on public.help_content to service_role;
drop policy if exists help_content_read on public.help_content;
create policy help_content_read on public.help_content for select to anon, authenticated using (true);
drop policy if exists help_content_service on public.help_content;
create policy help_content_service on public.help_content for all to service_role using (true) with check (true);
create or replace trigger help_content_edit_lock before insert or update or delete or truncate on public.help_content for each statement execute function etl.record_edit();
create or replace trigger help_content_edit before insert or update or delete on public.help_content for each row execute function etl.record_edit();

create table if not exists history.help_content (
  id text not null,
  title text not null,
  short_text text not null,
  body_md text not null,
  discipline_tags text[] not null,
  related_sources jsonb not null,
  last_updated timestamp with time zone not null,
  author text not null,
  created_at timestamp with time zone not null,
  load_id bigint not null,
  closed_by_load_id bigint not null,
  constraint help_content_pkey primary key (id, load_id)
);
create index if not exists help_content_closed_by_load_id_idx on history.help_content (closed_by_load_id);
comment on table history.help_content is 'Closed versions of public.help_content: revised or withdrawn by the publisher.';
comment on column history.help_content.id is 'Name of the panel that the text belongs to: page.trends, chart.stakeholder.sentiment_trend.';
comment on column history.help_content.title is 'Heading of the text.';
comment on column history.help_content.short_text is 'One or two sentences for a tooltip, shorter than 160 characters.';
comment on column history.help_content.body_md is 'The text in Markdown, without raw HTML; links lead to https addresses.';
comment on column history.help_content.discipline_tags is 'Words to group texts by; needs-curation marks a text that a person must still review before it may be relied on.';
comment on column history.help_content.related_sources is 'Where to read on: a list of {"name", "url"}, every url an https address.';
comment on column history.help_content.last_updated is 'When the text was last changed by its author, not when it was loaded or shown. Unit: UTC.';
comment on column history.help_content.author is 'Who answers for the text.';
comment on column history.help_content.created_at is 'When this version of the row was written.';
comment on column history.help_content.load_id is 'The load that wrote this version.';
comment on column history.help_content.closed_by_load_id is 'The load that replaced or withdrew this version.';
alter table history.help_content enable row level security;
revoke all on history.help_content from public, anon, authenticated, service_role;
grant select on history.help_content to service_role;
drop policy if exists help_content_service on history.help_content;
create policy help_content_service on history.help_content for select to service_role using (true);

-- load_id has no default and no foreign key: the loader writes it in bulk, in the transaction that writes its row in etl.load.
create table if not exists public.help_alias (
  alias text not null,
  help_id text not null,
  created_at timestamp with time zone not null default now(),
  load_id bigint not null,
  constraint help_alias_pkey primary key (alias),
  constraint help_alias_help_id_fkey foreign key (help_id) references public.help_content(id) deferrable initially deferred
);
comment on table public.help_alias is 'Other names under which a help text is asked for.';
comment on column public.help_alias.alias is 'The other name; never the id of a text.';
comment on column public.help_alias.help_id is 'The text that it stands for.';
comment on column public.help_alias.created_at is 'When this version of the row was written.';
comment on column public.help_alias.load_id is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
alter table public.help_alias enable row level security;
revoke all on public.help_alias from public, anon, authenticated, service_role;
grant select on public.help_alias to anon, authenticated;
grant select, insert, update, delete on public.help_alias to service_role;
drop policy if exists help_alias_read on public.help_alias;
create policy help_alias_read on public.help_alias for select to anon, authenticated using (true);
drop policy if exists help_alias_service on public.help_alias;
create policy help_alias_service on public.help_alias for all to service_role using (true) with check (true);
create or replace trigger help_alias_edit_lock before insert or update or delete or truncate on public.help_alias for each statement execute function etl.record_edit();
create or replace trigger help_alias_edit before insert or update or delete on public.help_alias for each row execute function etl.record_edit();

create table if not exists history.help_alias (
  alias text not null,
  help_id text not null,
  created_at timestamp with time zone not null,
  load_id bigint not null,
  closed_by_load_id bigint not null,
  constraint help_alias_pkey primary key (alias, load_id)
);
create index if not exists help_alias_closed_by_load_id_idx on history.help_alias (closed_by_load_id);
comment on table history.help_alias is 'Closed versions of public.help_alias: revised or withdrawn by the publisher.';
comment on column history.help_alias.alias is 'The other name; never the id of a text.';
comment on column history.help_alias.help_id is 'The text that it stands for.';
comment on column history.help_alias.created_at is 'When this version of the row was written.';
comment on column history.help_alias.load_id is 'The load that wrote this version.';
comment on column history.help_alias.closed_by_load_id is 'The load that replaced or withdrew this version.';
alter table history.help_alias enable row level security;
revoke all on history.help_alias from public, anon, authenticated, service_role;
grant select on history.help_alias to service_role;
drop policy if exists help_alias_service on history.help_alias;
create policy help_alias_service on history.help_alias for select to service_role using (true);

-- Texts by word, and those changed last.
create index if not exists help_content_discipline_tags_idx on public.help_content using gin (discipline_tags);
create index if not exists help_content_last_updated_idx on public.help_content (last_updated);
-- The names of a text, which are also looked at when the text is taken away.
create index if not exists help_alias_help_id_idx on public.help_alias (help_id);

-- What holds for the files holds for edits by hand, too: the text is served to everybody.
alter table public.help_content drop constraint if exists help_content_id_check;
alter table public.help_content add constraint help_content_id_check check (id ~ '^[a-z][a-z0-9_-]*([.][a-z0-9_-]+)+$');
alter table public.help_content drop constraint if exists help_content_short_text_check;
alter table public.help_content add constraint help_content_short_text_check check (char_length(short_text) < 160 and short_text ~ '\S');
alter table public.help_content drop constraint if exists help_content_body_md_check;
alter table public.help_content add constraint help_content_body_md_check check (
  body_md ~ '\S' and body_md !~ '<[A-Za-z/!?]' and body_md !~ '\]\(\s*(?!https://)' and body_md !~ '(^|\n) {0,3}\[[^\]]*\]:'
);
alter table public.help_content drop constraint if exists help_content_related_sources_check;
-- As many entries as entries with a name and an https address of a host; strict, so that a list inside the list is none.
alter table public.help_content add constraint help_content_related_sources_check check (
  case
    when jsonb_typeof(related_sources) = 'array' then jsonb_array_length(related_sources) = jsonb_array_length(
      jsonb_path_query_array(
        related_sources, 'strict $[*] ? (@.name like_regex "[^ ]" && @.url like_regex "^https://[A-Za-z0-9-]+([.][A-Za-z0-9-]+)+(/[^ ]*)?$")'
      )
    )
    else false
  end
);
alter table public.help_alias drop constraint if exists help_alias_alias_check;
alter table public.help_alias add constraint help_alias_alias_check check (alias ~ '^[a-z][a-z0-9_-]*([.][a-z0-9_-]+)+$' and alias <> help_id);
