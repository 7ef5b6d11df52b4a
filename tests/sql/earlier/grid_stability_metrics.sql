-- Stability as a table of fractions that a seed filled in; here it is computed when it is read.
create table public.grid_stability_metrics (
  region text primary key, frequency_stability numeric(6,3), voltage_stability numeric(6,3), congestion_index numeric(6,3), reserve_margin numeric(6,3),
  last_updated timestamptz default now()
);
insert into public.grid_stability_metrics values ('Ontario', 0.98, 0.97, 0.12, 0.15, '2025-09-20T00:00Z'), ('Alberta', 0.95, 0.96, 0.2, 0.1, '2025-09-20T00:00Z');
create table public.grid_recommendations (
  id uuid primary key default gen_random_uuid(), region text not null, recommendation_type text not null, priority text not null, description text not null,
  expected_impact_percent numeric(6,3), implementation_time_minutes int, confidence numeric(5,2), generated_at timestamptz default now()
);
create index grid_recommendations_region_generated_at_idx on public.grid_recommendations (region, generated_at);
insert into public.grid_recommendations (id, region, recommendation_type, priority, description, confidence, generated_at) values
  ('00000000-0000-4000-8000-000000000021', 'Ontario', 'demand_response', 'high', 'Ask for less at the evening peak.', 0.8, '2025-09-20T00:00Z'),
  ('00000000-0000-4000-8000-000000000022', 'Ontario', 'demand_response', 'urgent', 'A priority that is none.', 0.8, '2025-09-20T00:00Z'),
  ('00000000-0000-4000-8000-000000000023', 'Ontario', 'demand_response', 'low', 'Confidence in percent.', 80, '2025-09-20T00:00Z');
