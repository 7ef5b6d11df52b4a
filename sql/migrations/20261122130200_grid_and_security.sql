-- Recommendations, incidents and security figures. Empty until somebody or something writes one; every write is recorded as an edit, with who.

create table if not exists public.grid_recommendations (
  id uuid not null default gen_random_uuid(),
  region text not null,
  recommendation_type text not null,
  priority text not null,
  description text not null,
  expected_impact_percent numeric(6,3),
  implementation_time_minutes int,
  confidence numeric(5,2),
  generated_at timestamp with time zone not null default now(),
  created_at timestamp with time zone not null default now(),
  load_id bigint not null,
  constraint grid_recommendations_pkey primary key (id),
  constraint grid_recommendations_recommendation_type_check check (recommendation_type in ('demand_response', 'generation_adjustment', 'congestion_relief', 'voltage_control')),
  constraint grid_recommendations_priority_check check (priority in ('low', 'medium', 'high', 'critical')),
  constraint grid_recommendations_implementation_time_minutes_check check (implementation_time_minutes >= 0),
  constraint grid_recommendations_confidence_check check (confidence between 0 and 1)
);
comment on table public.grid_recommendations is 'What a study or an operator recommends for a region. Written by people and by named methods.';
comment on column public.grid_recommendations.id is 'Of the recommendation.';
comment on column public.grid_recommendations.region is 'Full name of the province: Ontario, Alberta.';
comment on column public.grid_recommendations.recommendation_type is 'demand_response, generation_adjustment, congestion_relief or voltage_control.';
comment on column public.grid_recommendations.priority is 'low, medium, high or critical.';
comment on column public.grid_recommendations.description is 'What to do and why, in words.';
comment on column public.grid_recommendations.expected_impact_percent is 'Expected effect; description says on what. Unit: %.';
comment on column public.grid_recommendations.implementation_time_minutes is 'Time until it takes effect. Unit: minutes.';
comment on column public.grid_recommendations.confidence is '0 to 1.';
comment on column public.grid_recommendations.generated_at is 'When it was made.';
comment on column public.grid_recommendations.created_at is 'When this version of the row was written.';
comment on column public.grid_recommendations.load_id is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
alter table public.grid_recommendations enable row level security;
revoke all on public.grid_recommendations from public, anon, authenticated, service_role;
grant select on public.grid_recommendations to anon, authenticated;
grant select, insert, update, delete on public.grid_recommendations to service_role;
drop policy if exists grid_recommendations_read on public.grid_recommendations;
create policy grid_recommendations_read on public.grid_recommendations for select to anon, authenticated using (true);
drop policy if exists grid_recommendations_service on public.grid_recommendations;
create policy grid_recommendations_service on public.grid_recommendations for all to service_role using (true) with check (true);
create or replace trigger grid_recommendations_edit_lock before insert or update or delete or truncate on public.grid_recommendations for each statement execute function etl.record_edit();
create or replace trigger grid_recommendations_edit before insert or update or delete on public.grid_recommendations for each row execute function etl.record_edit();

create table if not exists history.grid_recommendations (
  id uuid not null,
  region text not null,
  recommendation_type text not null,
  priority text not null,
  description text not null,
  expected_impact_percent numeric(6,3),
  implementation_time_minutes int,
  confidence numeric(5,2),
  generated_at timestamp with time zone not null,
  created_at timestamp with time zone not null,
  load_id bigint not null,
  closed_by_load_id bigint not null,
  constraint grid_recommendations_pkey primary key (id, load_id)
);
create index if not exists grid_recommendations_closed_by_load_id_idx on history.grid_recommendations (closed_by_load_id);
comment on table history.grid_recommendations is 'Closed versions of public.grid_recommendations: edited or deleted.';
comment on column history.grid_recommendations.id is 'Of the recommendation.';
comment on column history.grid_recommendations.region is 'Full name of the province: Ontario, Alberta.';
comment on column history.grid_recommendations.recommendation_type is 'demand_response, generation_adjustment, congestion_relief or voltage_control.';
comment on column history.grid_recommendations.priority is 'low, medium, high or critical.';
comment on column history.grid_recommendations.description is 'What to do and why, in words.';
comment on column history.grid_recommendations.expected_impact_percent is 'Expected effect; description says on what. Unit: %.';
comment on column history.grid_recommendations.implementation_time_minutes is 'Time until it takes effect. Unit: minutes.';
comment on column history.grid_recommendations.confidence is '0 to 1.';
comment on column history.grid_recommendations.generated_at is 'When it was made.';
comment on column history.grid_recommendations.created_at is 'When this version of the row was written.';
comment on column history.grid_recommendations.load_id is 'The load that wrote this version.';
comment on column history.grid_recommendations.closed_by_load_id is 'The load that replaced or withdrew this version.';
alter table history.grid_recommendations enable row level security;
revoke all on history.grid_recommendations from public, anon, authenticated, service_role;
grant select on history.grid_recommendations to service_role;
drop policy if exists grid_recommendations_service on history.grid_recommendations;
create policy grid_recommendations_service on history.grid_recommendations for select to service_role using (true);
create index if not exists grid_recommendations_region_priority_idx on public.grid_recommendations (region, priority, generated_at desc);
create index if not exists grid_recommendations_region_generated_at_idx on public.grid_recommendations (region, generated_at desc);

create table if not exists public.security_incidents (
  id uuid not null default gen_random_uuid(),
  incident_type text not null,
  description text,
  severity text not null,
  likelihood text,
  status text not null default 'detected',
  detected_at timestamp with time zone not null,
  resolved_at timestamp with time zone,
  region text,
  asset text,
  metadata jsonb not null default '{}',
  affected_systems text[],
  response_time_minutes int,
  resolution_time_minutes int,
  created_at timestamp with time zone not null default now(),
  load_id bigint not null,
  constraint security_incidents_pkey primary key (id),
  constraint security_incidents_severity_check check (severity in ('low', 'medium', 'high', 'critical')),
  constraint security_incidents_status_check check (status in ('detected', 'investigating', 'contained', 'resolved')),
  constraint security_incidents_response_time_minutes_check check (response_time_minutes >= 0),
  constraint security_incidents_resolution_time_minutes_check check (resolution_time_minutes >= 0)
);
comment on table public.security_incidents is 'Incidents that were reported. All of a row can be read by anybody.';
comment on column public.security_incidents.id is 'Of the incident.';
comment on column public.security_incidents.incident_type is 'Kind of incident.';
comment on column public.security_incidents.description is 'What happened, for readers.';
comment on column public.security_incidents.severity is 'low, medium, high or critical.';
comment on column public.security_incidents.likelihood is 'How likely it was held to be, in words: possible.';
comment on column public.security_incidents.status is 'detected, investigating, contained or resolved.';
comment on column public.security_incidents.detected_at is 'When it was detected; who records it says so.';
comment on column public.security_incidents.resolved_at is 'When it was resolved.';
comment on column public.security_incidents.region is 'Full name of the province: Ontario, Alberta.';
comment on column public.security_incidents.asset is 'Asset that was hit.';
comment on column public.security_incidents.metadata is 'What the reporter adds; source of the report.';
comment on column public.security_incidents.affected_systems is 'Systems that were hit.';
comment on column public.security_incidents.response_time_minutes is 'From detection to the first response. Unit: minutes.';
comment on column public.security_incidents.resolution_time_minutes is 'From detection to resolution. Unit: minutes.';
comment on column public.security_incidents.created_at is 'When this version of the row was written.';
comment on column public.security_incidents.load_id is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
alter table public.security_incidents enable row level security;
revoke all on public.security_incidents from public, anon, authenticated, service_role;
grant select on public.security_incidents to anon, authenticated;
grant select, insert, update, delete on public.security_incidents to service_role;
drop policy if exists security_incidents_read on public.security_incidents;
create policy security_incidents_read on public.security_incidents for select to anon, authenticated using (true);
drop policy if exists security_incidents_service on public.security_incidents;
create policy security_incidents_service on public.security_incidents for all to service_role using (true) with check (true);
create or replace trigger security_incidents_edit_lock before insert or update or delete or truncate on public.security_incidents for each statement execute function etl.record_edit();
create or replace trigger security_incidents_edit before insert or update or delete on public.security_incidents for each row execute function etl.record_edit();

create table if not exists history.security_incidents (
  id uuid not null,
  incident_type text not null,
  description text,
  severity text not null,
  likelihood text,
  status text not null,
  detected_at timestamp with time zone not null,
  resolved_at timestamp with time zone,
  region text,
  asset text,
  metadata jsonb not null,
  affected_systems text[],
  response_time_minutes int,
  resolution_time_minutes int,
  created_at timestamp with time zone not null,
  load_id bigint not null,
  closed_by_load_id bigint not null,
  constraint security_incidents_pkey primary key (id, load_id)
);
create index if not exists security_incidents_closed_by_load_id_idx on history.security_incidents (closed_by_load_id);
comment on table history.security_incidents is 'Closed versions of public.security_incidents: edited or deleted.';
comment on column history.security_incidents.id is 'Of the incident.';
comment on column history.security_incidents.incident_type is 'Kind of incident.';
comment on column history.security_incidents.description is 'What happened, for readers.';
comment on column history.security_incidents.severity is 'low, medium, high or critical.';
comment on column history.security_incidents.likelihood is 'How likely it was held to be, in words: possible.';
comment on column history.security_incidents.status is 'detected, investigating, contained or resolved.';
comment on column history.security_incidents.detected_at is 'When it was detected; who records it says so.';
comment on column history.security_incidents.resolved_at is 'When it was resolved.';
comment on column history.security_incidents.region is 'Full name of the province: Ontario, Alberta.';
comment on column history.security_incidents.asset is 'Asset that was hit.';
comment on column history.security_incidents.metadata is 'What the reporter adds; source of the report.';
comment on column history.security_incidents.affected_systems is 'Systems that were hit.';
comment on column history.security_incidents.response_time_minutes is 'From detection to the first response. Unit: minutes.';
comment on column history.security_incidents.resolution_time_minutes is 'From detection to resolution. Unit: minutes.';
comment on column history.security_incidents.created_at is 'When this version of the row was written.';
comment on column history.security_incidents.load_id is 'The load that wrote this version.';
comment on column history.security_incidents.closed_by_load_id is 'The load that replaced or withdrew this version.';
alter table history.security_incidents enable row level security;
revoke all on history.security_incidents from public, anon, authenticated, service_role;
grant select on history.security_incidents to service_role;
drop policy if exists security_incidents_service on history.security_incidents;
create policy security_incidents_service on history.security_incidents for select to service_role using (true);
create index if not exists security_incidents_status_idx on public.security_incidents (status, severity desc, detected_at desc);

create table if not exists public.security_metrics (
  region text not null,
  id uuid not null default gen_random_uuid(),
  overall_risk_score numeric(5,2),
  detection_rate numeric(5,2),
  mitigation_coverage numeric(5,2),
  compliance_score numeric(5,2),
  active_incidents_count int,
  critical_vulnerabilities int,
  last_updated timestamp with time zone not null default now(),
  created_at timestamp with time zone not null default now(),
  load_id bigint not null,
  constraint security_metrics_pkey primary key (region),
  constraint security_metrics_id_key unique (id),
  constraint security_metrics_overall_risk_score_check check (overall_risk_score between 0 and 100),
  constraint security_metrics_detection_rate_check check (detection_rate between 0 and 100),
  constraint security_metrics_mitigation_coverage_check check (mitigation_coverage between 0 and 100),
  constraint security_metrics_compliance_score_check check (compliance_score between 0 and 100),
  constraint security_metrics_active_incidents_count_check check (active_incidents_count >= 0),
  constraint security_metrics_critical_vulnerabilities_check check (critical_vulnerabilities >= 0)
);
comment on table public.security_metrics is 'Security figures of a region: one row each, earlier values in history. A second seed of a region cannot make a second row.';
comment on column public.security_metrics.region is 'Full name of the province: Ontario, Alberta.';
comment on column public.security_metrics.id is 'Of the platform: another name of the row.';
comment on column public.security_metrics.overall_risk_score is '0 to 100; the panel calls below 30 low, below 70 medium.';
comment on column public.security_metrics.detection_rate is '0 to 100. Unit: %.';
comment on column public.security_metrics.mitigation_coverage is '0 to 100. Unit: %.';
comment on column public.security_metrics.compliance_score is '0 to 100.';
comment on column public.security_metrics.active_incidents_count is 'Incidents that are not resolved.';
comment on column public.security_metrics.critical_vulnerabilities is 'Open vulnerabilities of the highest class.';
comment on column public.security_metrics.last_updated is 'When the figures were established.';
comment on column public.security_metrics.created_at is 'When this version of the row was written.';
comment on column public.security_metrics.load_id is 'The load that wrote this version: etl.load says where it came from and when we learned it.';
alter table public.security_metrics enable row level security;
revoke all on public.security_metrics from public, anon, authenticated, service_role;
grant select on public.security_metrics to anon, authenticated;
grant select, insert, update, delete on public.security_metrics to service_role;
drop policy if exists security_metrics_read on public.security_metrics;
create policy security_metrics_read on public.security_metrics for select to anon, authenticated using (true);
drop policy if exists security_metrics_service on public.security_metrics;
create policy security_metrics_service on public.security_metrics for all to service_role using (true) with check (true);
create or replace trigger security_metrics_edit_lock before insert or update or delete or truncate on public.security_metrics for each statement execute function etl.record_edit();
create or replace trigger security_metrics_edit before insert or update or delete on public.security_metrics for each row execute function etl.record_edit();

create table if not exists history.security_metrics (
  region text not null,
  id uuid not null,
  overall_risk_score numeric(5,2),
  detection_rate numeric(5,2),
  mitigation_coverage numeric(5,2),
  compliance_score numeric(5,2),
  active_incidents_count int,
  critical_vulnerabilities int,
  last_updated timestamp with time zone not null,
  created_at timestamp with time zone not null,
  load_id bigint not null,
  closed_by_load_id bigint not null,
  constraint security_metrics_pkey primary key (region, load_id)
);
create index if not exists security_metrics_closed_by_load_id_idx on history.security_metrics (closed_by_load_id);
comment on table history.security_metrics is 'Closed versions of public.security_metrics: edited or deleted.';
comment on column history.security_metrics.region is 'Full name of the province: Ontario, Alberta.';
comment on column history.security_metrics.id is 'Of the platform: another name of the row.';
comment on column history.security_metrics.overall_risk_score is '0 to 100; the panel calls below 30 low, below 70 medium.';
comment on column history.security_metrics.detection_rate is '0 to 100. Unit: %.';
comment on column history.security_metrics.mitigation_coverage is '0 to 100. Unit: %.';
comment on column history.security_metrics.compliance_score is '0 to 100.';
comment on column history.security_metrics.active_incidents_count is 'Incidents that are not resolved.';
comment on column history.security_metrics.critical_vulnerabilities is 'Open vulnerabilities of the highest class.';
comment on column history.security_metrics.last_updated is 'When the figures were established.';
comment on column history.security_metrics.created_at is 'When this version of the row was written.';
comment on column history.security_metrics.load_id is 'The load that wrote this version.';
comment on column history.security_metrics.closed_by_load_id is 'The load that replaced or withdrew this version.';
alter table history.security_metrics enable row level security;
revoke all on history.security_metrics from public, anon, authenticated, service_role;
grant select on history.security_metrics to service_role;
drop policy if exists security_metrics_service on history.security_metrics;
create policy security_metrics_service on history.security_metrics for select to service_role using (true);

-- What the panel can show. NULL stays: an operator who publishes no requirement gives no status.
alter table public.grid_status drop constraint if exists grid_status_status_check;
alter table public.grid_status add constraint grid_status_status_check check (status in ('stable', 'warning', 'critical'));
