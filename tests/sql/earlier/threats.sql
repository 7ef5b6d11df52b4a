-- Threats with uuid keys, without the columns of the patch that sorts before its table and fails.
create table public.threat_models (
  id uuid primary key default gen_random_uuid(), category text not null, vector text not null, likelihood numeric(5,2), impact numeric(5,2),
  mitigation_summary text, last_reviewed timestamptz default now()
);
create table public.mitigation_strategies (
  id uuid primary key default gen_random_uuid(), strategy_name text not null, description text, effectiveness numeric(5,2), cost_estimate numeric(12,2),
  time_to_implement_days int, related_threat uuid references public.threat_models (id) on delete set null, status text default 'proposed', last_updated timestamptz default now()
);
insert into public.threat_models values
  ('00000000-0000-4000-8000-000000000031', 'cyber', 'phishing', 0.4, 0.7, 'Train people.', '2025-09-01T00:00Z'),
  ('00000000-0000-4000-8000-000000000032', 'weather', 'ice storm', 0.2, 0.9, 'A category that is none.', '2025-09-01T00:00Z');
insert into public.mitigation_strategies (id, strategy_name, related_threat, status, last_updated) values
  ('00000000-0000-4000-8000-000000000041', 'Second factor', '00000000-0000-4000-8000-000000000031', 'planned', '2025-09-01T00:00Z'),
  ('00000000-0000-4000-8000-000000000042', 'Stronger towers', '00000000-0000-4000-8000-000000000032', 'planned', '2025-09-01T00:00Z'),
  ('00000000-0000-4000-8000-000000000043', 'With the default status', null, 'proposed', '2025-09-01T00:00Z');
