-- Threats with integer keys, as a live database had them, with the columns of the patch.
create table public.threat_models (
  id serial primary key, category text not null, vector text not null, likelihood numeric(5,2), impact numeric(5,2), mitigation_summary text,
  last_reviewed timestamptz default now(), severity text, description text, affected_assets text[], mitigation_strategies text[], detection_methods text[]
);
create table public.mitigation_strategies (
  id serial primary key, strategy_name text not null, description text, effectiveness numeric(5,2), cost_estimate numeric(12,2), time_to_implement_days int,
  related_threat int references public.threat_models (id) on delete set null, status text default 'proposed', last_updated timestamptz default now(),
  priority text, responsible_party text
);
insert into public.threat_models (category, vector, likelihood, impact, severity, affected_assets, last_reviewed) values
  ('cyber', 'phishing', 0.4, 0.7, 'high', '{control room}', '2025-09-01T00:00Z'), ('physical', 'copper theft', 0.5, 0.3, 'low', '{substation}', '2025-09-01T00:00Z');
insert into public.mitigation_strategies (strategy_name, related_threat, status, priority, last_updated) values ('Second factor', 1, 'planned', 'high', '2025-09-01T00:00Z'), ('Fences', 2, 'implemented', 'low', '2025-09-01T00:00Z');
