-- Help as the platform's SQL seed made it: no title, no reference from the feedback, nothing limits a rating.
create table public.help_content (
  id text primary key, short_text text not null, body_md text not null, discipline_tags text[], related_sources jsonb,
  last_updated timestamptz default now(), author text
);
create index idx_help_content_tags on public.help_content using gin (discipline_tags);
insert into public.help_content values
  ('page.provinces', 'Generation by province', 'What each province **generates**.', '{generation}', '[{"name": "Statistics Canada", "url": "https://www150.statcan.gc.ca"}]', '2025-09-01T00:00Z', 'a seed'),
  ('page.trends', 'Trends', 'How figures move.', null, null, '2025-09-01T00:00Z', null),
  ('page.scripted', 'A script', '<script>alert(1)</script>', '{}', '[]', '2025-09-01T00:00Z', 'anon'),
  ('page.linked', 'A dead link', 'Text.', '{}', '[{"name": "nothing", "url": "#"}]', '2025-09-01T00:00Z', 'a seed'),
  ('page.undated', 'No date', 'Text.', '{}', '[]', null, 'a seed'),
  ('Home Page', 'An id with a space', 'Text.', '{}', '[]', '2025-09-01T00:00Z', 'a seed');
create table public.help_feedback (
  id uuid primary key default gen_random_uuid(), help_id text not null, user_id text, rating smallint, comment text, ts timestamptz default now()
);
create index idx_help_feedback_help_id on public.help_feedback (help_id);
insert into public.help_feedback (id, help_id, rating, comment, ts) values
  ('00000000-0000-4000-8000-000000000001', 'page.trends', 4, 'clear', '2025-09-02T00:00Z'),
  ('00000000-0000-4000-8000-000000000002', 'page.trends', 9, 'more than five', '2025-09-02T00:00Z'),
  ('00000000-0000-4000-8000-000000000003', 'page.trends', null, 'no rating', '2025-09-02T00:00Z'),
  ('00000000-0000-4000-8000-000000000004', 'tab.home', 5, 'its text comes with the seeds', '2025-09-02T00:00Z');
