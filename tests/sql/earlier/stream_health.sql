-- Health of streams, first definition: an id, the key unique.
create table public.stream_health (
  id uuid primary key default gen_random_uuid(), stream_key text not null unique, status text not null check (status in ('healthy', 'degraded', 'error')),
  last_success timestamptz, last_error timestamptz, error_count int default 0, metadata jsonb, created_at timestamptz default now(), updated_at timestamptz default now()
);
insert into public.stream_health (id, stream_key, status, last_success) values
  ('00000000-0000-4000-8000-000000000071', 'ontario-demand', 'healthy', '2025-10-01T00:00Z'), ('00000000-0000-4000-8000-000000000072', 'aeso-grid-data', 'healthy', null);
