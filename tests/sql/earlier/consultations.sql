-- Consultations that are public because nobody said otherwise, with whom a territory refers to.
create table public.indigenous_territories (id uuid primary key, name text);
create table public.indigenous_consultations (
  id uuid primary key default gen_random_uuid(), territory_id uuid references public.indigenous_territories (id), title text not null, status text, meeting_date date, participants int,
  outcomes text[], recorded_at timestamptz default now(), consent_type text default 'public'
);
insert into public.indigenous_territories values ('00000000-0000-4000-8000-0000000000a1', 'a territory');
insert into public.indigenous_consultations (id, territory_id, title, recorded_at) values
  ('00000000-0000-4000-8000-0000000000a2', '00000000-0000-4000-8000-0000000000a1', 'First meeting', '2025-09-20T00:00Z');
insert into public.indigenous_consultations (id, title, consent_type, recorded_at) values
  ('00000000-0000-4000-8000-0000000000a3', 'Second meeting', 'aggregated', '2025-09-20T00:00Z');
create table public.consultation_events (id uuid primary key default gen_random_uuid(), consultation_id text not null, event_type text not null, payload jsonb, occurred_at timestamptz not null);
insert into public.consultation_events (id, consultation_id, event_type, occurred_at) values
  ('00000000-0000-4000-8000-0000000000a4', '1', 'consultation_message', '2025-09-20T00:00Z'), ('00000000-0000-4000-8000-0000000000a5', '1', 'typing_indicator', '2025-09-20T00:00Z');
create table public.minutes (id int primary key, consultation uuid references public.indigenous_consultations (id));
