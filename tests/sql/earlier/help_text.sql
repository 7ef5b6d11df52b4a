-- Help as two later plans describe it: another table, key instead of id, long texts as HTML, 13 keys of their own.
create table public.help_text (key text primary key, title text not null, short text, long text, last_updated timestamptz default now());
insert into public.help_text values
  ('dashboard.overview', 'Overview', 'What the dashboard shows', 'Plain words.', '2025-10-01T00:00Z'),
  ('provinces.streaming', 'Provinces', 'Streams of provinces', '<p>Marked up.</p>', '2025-10-01T00:00Z'),
  ('trends.analysis', 'Trends', null, 'No short text.', '2025-10-01T00:00Z');
