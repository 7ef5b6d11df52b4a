-- The list of migrations after nine files of one version: one row, and columns that a later Supabase CLI added.
create schema supabase_migrations;
create table supabase_migrations.schema_migrations (version text not null primary key, statements text[], name text, created_by text);
insert into supabase_migrations.schema_migrations (version, statements, name) values ('20250925', array['create table public.help_content ()'], 'help');
