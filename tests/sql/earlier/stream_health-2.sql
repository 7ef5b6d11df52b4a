-- Health of streams, second definition: the key is the primary key, the last error a text.
create table public.stream_health (stream_key text primary key, status text not null, last_success timestamptz, last_error text, error_count int, updated_at timestamptz);
insert into public.stream_health values
  ('ontario-demand', 'healthy', '2025-10-01T00:00Z', null, 0, '2025-10-01T00:00Z'), ('ontario-prices', 'error', '2025-10-01T00:00Z', 'timed out', 3, '2025-10-01T00:00Z'),
  ('hf-electricity-demand', 'unknown', '2025-10-01T00:00Z', null, null, '2025-10-01T00:00Z');
