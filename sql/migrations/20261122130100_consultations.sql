-- Consultations and requests to those who govern sensitive data. Private is what is not said to be public.

create table if not exists public.indigenous_consultations (
  id uuid not null default gen_random_uuid(),
  territory_id text,
  title text not null,
  status text,
  meeting_date date,
  participants int,
  outcomes text[],
  recorded_at timestamp with time zone not null default now(),
  consent_type text not null default 'private',
  constraint indigenous_consultations_pkey primary key (id),
  constraint indigenous_consultations_consent_type_check check (consent_type in ('public', 'aggregated', 'private')),
  constraint indigenous_consultations_participants_check check (participants >= 0)
);
comment on table public.indigenous_consultations is 'Consultations that a community agreed to have recorded here. Readers see those with consent_type public.';
comment on column public.indigenous_consultations.id is 'Of the consultation.';
comment on column public.indigenous_consultations.territory_id is 'Territory, by the id that its community uses. No table of territories is kept here.';
comment on column public.indigenous_consultations.title is 'Title as agreed.';
comment on column public.indigenous_consultations.status is 'State in the words of the consultation.';
comment on column public.indigenous_consultations.meeting_date is 'Day of the meeting.';
comment on column public.indigenous_consultations.participants is 'Number of participants.';
comment on column public.indigenous_consultations.outcomes is 'Outcomes as agreed, one each.';
comment on column public.indigenous_consultations.recorded_at is 'When it was recorded here.';
comment on column public.indigenous_consultations.consent_type is 'What the community consented to: public (anybody may read), aggregated (in totals only), private. Private unless said otherwise.';
create index if not exists indigenous_consultations_consent_type_idx on public.indigenous_consultations (consent_type, recorded_at desc);
alter table public.indigenous_consultations enable row level security;
revoke all on public.indigenous_consultations from public, anon, authenticated, service_role;
grant select on public.indigenous_consultations to anon, authenticated;
grant select, insert, update, delete on public.indigenous_consultations to service_role;
drop policy if exists indigenous_consultations_read on public.indigenous_consultations;
create policy indigenous_consultations_read on public.indigenous_consultations for select to anon, authenticated using (consent_type = 'public');
drop policy if exists indigenous_consultations_service on public.indigenous_consultations;
create policy indigenous_consultations_service on public.indigenous_consultations for all to service_role using (true) with check (true);

-- A load replaces a revised type by delete and insert, so the reference is checked at the end of the transaction.
create table if not exists public.consultation_events (
  id uuid not null default gen_random_uuid(),
  consultation_id text not null,
  event_type text not null,
  payload jsonb,
  sender_id text,
  occurred_at timestamp with time zone not null,
  territory_id text,
  consent_type text not null default 'private',
  created_at timestamp with time zone not null default now(),
  constraint consultation_events_pkey primary key (id),
  constraint consultation_events_consent_type_check check (consent_type in ('public', 'aggregated', 'private')),
  constraint consultation_events_stored_check check (event_type <> 'typing_indicator'),
  constraint consultation_events_event_type_fkey foreign key (event_type)
    references public.consultation_event_types (event_type) deferrable initially deferred
);
comment on table public.consultation_events is 'What happened in a consultation. Readers see events with consent_type public.';
comment on column public.consultation_events.id is 'Of the event.';
comment on column public.consultation_events.consultation_id is 'The consultation as its clients name it. Rooms need not be recorded in indigenous_consultations.';
comment on column public.consultation_events.event_type is 'See consultation_event_types; typing_indicator is never stored.';
comment on column public.consultation_events.payload is 'The message as it was sent.';
comment on column public.consultation_events.sender_id is 'Who sent it, by the id of the platform.';
comment on column public.consultation_events.occurred_at is 'When it happened.';
comment on column public.consultation_events.territory_id is 'Territory, by the id that its community uses.';
comment on column public.consultation_events.consent_type is 'What the community consented to: public (anybody may read), aggregated (in totals only), private. Private unless said otherwise.';
comment on column public.consultation_events.created_at is 'When this row was written.';
create index if not exists consultation_events_consultation_id_idx on public.consultation_events (consultation_id, occurred_at);
create index if not exists consultation_events_event_type_idx on public.consultation_events (event_type);
alter table public.consultation_events enable row level security;
revoke all on public.consultation_events from public, anon, authenticated, service_role;
grant select on public.consultation_events to anon, authenticated;
grant select, insert, update, delete on public.consultation_events to service_role;
drop policy if exists consultation_events_read on public.consultation_events;
create policy consultation_events_read on public.consultation_events for select to anon, authenticated using (consent_type = 'public');
drop policy if exists consultation_events_service on public.consultation_events;
create policy consultation_events_service on public.consultation_events for all to service_role using (true) with check (true);

create table if not exists public.governance_requests (
  id uuid not null default gen_random_uuid(),
  user_id text not null,
  panel_id text,
  dataset_path text not null,
  prompt text,
  status text not null default 'open',
  created_at timestamp with time zone not null default now(),
  decided_by text,
  decided_at timestamp with time zone,
  constraint governance_requests_pkey primary key (id),
  constraint governance_requests_status_check check (status in ('open', 'approved', 'declined')),
  constraint governance_requests_decided_check check ((status = 'open') = (decided_by is null and decided_at is null))
);
comment on table public.governance_requests is 'Requests to use data that need the consent of those whom they concern. The service writes them; who asked reads the own ones.';
comment on column public.governance_requests.id is 'Of the request.';
comment on column public.governance_requests.user_id is 'Who asked: the subject (sub) of the token of the request.';
comment on column public.governance_requests.panel_id is 'Panel of the front end.';
comment on column public.governance_requests.dataset_path is 'Data that were asked for.';
comment on column public.governance_requests.prompt is 'The question, without personal data.';
comment on column public.governance_requests.status is 'open, approved or declined.';
comment on column public.governance_requests.created_at is 'When it was asked.';
comment on column public.governance_requests.decided_by is 'Who decided; NULL while it is open.';
comment on column public.governance_requests.decided_at is 'When it was decided; NULL while it is open.';
create index if not exists governance_requests_user_id_idx on public.governance_requests (user_id, created_at desc);
alter table public.governance_requests enable row level security;
revoke all on public.governance_requests from public, anon, authenticated, service_role;
grant select on public.governance_requests to authenticated;
grant select, insert, update, delete on public.governance_requests to service_role;
-- The claims that PostgREST has verified; plain PostgreSQL has no auth.uid(). No claims, no rows.
drop policy if exists governance_requests_read on public.governance_requests;
create policy governance_requests_read on public.governance_requests for select to authenticated
  using (user_id = (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'));
drop policy if exists governance_requests_service on public.governance_requests;
create policy governance_requests_service on public.governance_requests for all to service_role using (true) with check (true);
