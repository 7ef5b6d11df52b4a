/**
 * Kinds of drift that an audit must report: what somebody might do to a live database by hand, and what has to be said about it. The
 * objects of {@link PROBE} stand for kinds that the shipped schema has none of, or has where a change would drag others along.
 */

export interface Drift {
  readonly name: string;
  readonly sql: string;
  /** All findings, each `severity verdict kind name: difference`. */
  readonly findings: readonly string[];
}

/** Part of what is expected: made before the first look at the catalog. */
export const PROBE = `
  create type public.probe_mood as enum ('low', 'high');
  create domain public.probe_positive as numeric constraint probe_positive_check check (value > 0);
  create type public.probe_pair as (a integer, b text);
  create sequence public.probe_numbers;
  create table public.probe (
    id bigint generated always as identity constraint probe_pkey primary key,
    code text not null constraint probe_code_key unique,
    amount numeric(12, 2) default 0 constraint probe_amount_check check (amount >= 0),
    label varchar(20),
    price numeric(12, 2),
    doubled numeric generated always as (amount * 2) stored,
    parent_code text constraint probe_parent_fkey references public.probe (code),
    mood public.probe_mood
  );
  comment on table public.probe is 'A probe.';
  comment on column public.probe.code is 'Its code.';
  alter table public.probe enable row level security;
  revoke all on public.probe from public, anon, authenticated, service_role;
  grant select on public.probe to anon;
  grant update (label) on public.probe to authenticated;
  create policy probe_read on public.probe for select to anon using (amount > 0);
  create index probe_label_idx on public.probe (label) where amount > 0;
  create statistics public.probe_statistics on code, label from public.probe;
  create function public.probe_touch() returns trigger language plpgsql set search_path = '' as 'begin return new; end';
  revoke all on function public.probe_touch() from public, anon, authenticated, service_role;
  create trigger probe_touch before update on public.probe for each row execute function public.probe_touch();
  create rule probe_kept as on delete to public.probe do instead nothing;
  create view public.probe_view with (security_invoker = true) as select id, code from public.probe;
  create materialized view public.probe_totals as select count(*) as n from public.probe;
  create function public.probe_sum(a integer, b integer) returns integer language sql immutable security definer set search_path = '' as 'select a + b';
  revoke all on function public.probe_sum(integer, integer) from public, anon, authenticated, service_role;
  create table public.probe_days (day date not null, value integer) partition by range (day);
  create table public.probe_days_2026 partition of public.probe_days for values from ('2026-01-01') to ('2027-01-01');
  create publication probe_feed for table public.probe;
  alter default privileges in schema history grant select on tables to service_role;
`;

export const drift = (name: string, sql: string, ...findings: string[]): Drift => ({ name, sql, findings });
