-- Incidents without the patch, and metrics without a unique key, doubled by each run of their seed.
create table public.security_incidents (
  id uuid primary key default gen_random_uuid(), incident_type text not null, description text, severity text not null, likelihood text, status text default 'open',
  detected_at timestamptz default now(), resolved_at timestamptz, region text, asset text, metadata jsonb
);
insert into public.security_incidents (id, incident_type, severity, status, detected_at) values
  ('00000000-0000-4000-8000-000000000051', 'intrusion', 'high', 'resolved', '2025-09-01T00:00Z'),
  ('00000000-0000-4000-8000-000000000052', 'intrusion', 'high', 'open', '2025-09-01T00:00Z'),
  ('00000000-0000-4000-8000-000000000053', 'intrusion', 'low', 'detected', null);
create table public.security_metrics (
  id uuid primary key default gen_random_uuid(), region text, overall_risk_score numeric(5,2), detection_rate numeric(5,2), mitigation_coverage numeric(5,2),
  compliance_score numeric(5,2), active_incidents_count int, last_updated timestamptz default now()
);
insert into public.security_metrics (id, region, overall_risk_score, last_updated) values
  ('00000000-0000-4000-8000-000000000061', 'Ontario', 40, '2025-09-01T00:00Z'), ('00000000-0000-4000-8000-000000000062', 'Ontario', 45, '2025-09-02T00:00Z'),
  ('00000000-0000-4000-8000-000000000063', null, 50, '2025-09-01T00:00Z'), ('00000000-0000-4000-8000-000000000064', 'Alberta', 140, '2025-09-01T00:00Z');
