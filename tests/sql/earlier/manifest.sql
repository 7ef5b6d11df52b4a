-- Kinds of provenance and a manifest made by hand: columns are missing that a stream needs.
create table public.data_provenance_types (code text primary key, quality_tier text, reliability_score numeric, description text);
insert into public.data_provenance_types values ('ieso_real_time', 'real_time', 0.99, 'By hand.'), ('synthetic', 'synthetic', 0, null);
create table public.stream_manifest (stream_key text primary key, dataset text, version text, fields jsonb, enabled bool);
insert into public.stream_manifest values ('ontario-demand', 'ontario_demand', '1.0', '["datetime", "total_demand_mw"]', true);
create table public.governance_requests (id uuid primary key default gen_random_uuid(), user_id uuid, panel_id text, dataset_path text, prompt text, status text default 'open', created_at timestamptz default now());
insert into public.governance_requests (id, user_id, dataset_path, created_at) values
  ('00000000-0000-4000-8000-0000000000b1', '00000000-0000-4000-8000-0000000000b2', 'indigenous/x', '2025-09-20T00:00Z'), ('00000000-0000-4000-8000-0000000000b3', null, 'indigenous/x', '2025-09-20T00:00Z');
