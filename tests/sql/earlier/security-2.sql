-- Incidents with the columns of the patch.
create table public.security_incidents (
  id uuid primary key default gen_random_uuid(), incident_type text not null, description text, severity text not null, likelihood text, status text default 'open',
  detected_at timestamptz default now(), resolved_at timestamptz, region text, asset text, metadata jsonb, affected_systems text[],
  response_time_minutes int, resolution_time_minutes int
);
insert into public.security_incidents (id, incident_type, severity, status, detected_at, affected_systems, response_time_minutes) values
  ('00000000-0000-4000-8000-000000000051', 'intrusion', 'high', 'contained', '2025-09-01T00:00Z', '{scada}', 12);
