/** Drift of triggers, views, types, comments, what is around the schemas, and what the audit cannot read; and changes that are no drift. */
import { type Drift, drift } from './drift.ts';

export const OTHER_DRIFTS: readonly Drift[] = [
  // Triggers and rules
  drift(
    'trigger disabled',
    'alter table public.help_content disable trigger help_content_edit',
    'fail drifted trigger public.help_content.help_content_edit: enabled',
  ),
  drift(
    'trigger on replicas only',
    'alter table public.probe enable replica trigger probe_touch',
    'fail drifted trigger public.probe.probe_touch: enabled',
  ),
  drift(
    'trigger dropped',
    'drop trigger help_content_edit on public.help_content',
    'fail drifted trigger public.help_content.help_content_edit: missing',
  ),
  drift(
    'trigger extra',
    'create trigger stray before insert on public.ontario_prices for each row execute function public.probe_touch()',
    'fail unknown trigger public.ontario_prices.stray: extra',
  ),
  drift(
    'trigger of another time',
    'drop trigger probe_touch on public.probe; create trigger probe_touch after update on public.probe for each row execute function public.probe_touch()',
    'fail drifted trigger public.probe.probe_touch: definition',
  ),
  drift(
    'event trigger added',
    `create function etl.stray() returns event_trigger language plpgsql as 'begin end'; create event trigger stray on ddl_command_end execute function etl.stray()`,
    'warn unknown event trigger stray: extra',
    'warn unknown function etl.stray(): extra',
  ),
  drift(
    'rule added',
    'create rule stray as on insert to public.ontario_prices do instead nothing',
    'fail unknown rule public.ontario_prices.stray: extra',
  ),
  drift('rule dropped', 'drop rule probe_kept on public.probe', 'fail drifted rule public.probe.probe_kept: missing'),
  drift(
    'rule disabled',
    'alter table public.probe disable rule probe_kept',
    'fail drifted rule public.probe.probe_kept: enabled',
  ),

  // Views
  drift(
    'view definition changed',
    'create or replace view public.probe_view with (security_invoker = true) as select id, upper(code) as code from public.probe',
    'fail drifted view public.probe_view: definition',
  ),
  drift(
    'security_invoker removed',
    'alter view public.demand_observations reset (security_invoker)',
    'fail drifted view public.demand_observations: options',
  ),
  drift('view dropped', 'drop view public.probe_view', 'fail drifted view public.probe_view: missing'),
  drift('extra view', 'create view public.stray as select 1 as a', 'warn unknown view public.stray: extra'),
  drift(
    'extra view past the policies',
    'create view public.stray as select * from public.probe; grant select on public.stray to anon',
    'fail unknown view public.stray: extra',
  ),
  drift(
    'materialized view dropped',
    'drop materialized view public.probe_totals',
    'fail drifted materialized view public.probe_totals: missing',
  ),
  drift(
    'materialized view emptied',
    'refresh materialized view public.probe_totals with no data',
    'fail drifted materialized view public.probe_totals: populated',
  ),

  // Sequences, types, statistics
  drift(
    'sequence increment',
    'alter sequence public.probe_numbers increment 2',
    'warn drifted sequence public.probe_numbers: definition',
  ),
  drift(
    'sequence bound to a column',
    'alter sequence public.probe_numbers owned by public.probe.label',
    'warn drifted sequence public.probe_numbers: owned by',
  ),
  drift(
    'sequence dropped',
    'drop sequence public.probe_numbers',
    'fail drifted sequence public.probe_numbers: missing',
  ),
  drift('sequence extra', 'create sequence public.stray', 'info unknown sequence public.stray: extra'),
  drift(
    'enum value added',
    `alter type public.probe_mood add value 'middle' before 'high'`,
    'fail drifted enum public.probe_mood: values',
  ),
  drift(
    'enum value renamed',
    `alter type public.probe_mood rename value 'high' to 'top'`,
    'fail drifted enum public.probe_mood: values',
  ),
  drift('enum extra', `create type public.stray as enum ('a')`, 'info unknown enum public.stray: extra'),
  drift(
    'domain loosened',
    'alter domain public.probe_positive drop constraint probe_positive_check',
    'fail drifted domain public.probe_positive: checks',
  ),
  drift('domain extra', 'create domain public.stray as text', 'info unknown domain public.stray: extra'),
  drift(
    'composite type changed',
    'alter type public.probe_pair add attribute c date',
    'fail drifted composite type public.probe_pair: attributes',
  ),
  drift(
    'statistics dropped',
    'drop statistics public.probe_statistics',
    'warn drifted statistics public.probe_statistics: missing',
  ),
  drift(
    'statistics extra',
    'create statistics public.stray on id, label from public.probe',
    'info unknown statistics public.stray: extra',
  ),

  // Comments
  drift(
    'comment changed',
    `comment on column public.ontario_prices.hoep is 'Something else.'`,
    'info drifted column public.ontario_prices.hoep: comment',
  ),
  drift(
    'comment dropped',
    'comment on table public.ontario_prices is null',
    'info drifted table public.ontario_prices: comment',
  ),
  drift(
    'comment added',
    `comment on constraint probe_amount_check on public.probe is 'Why.'`,
    'info drifted constraint public.probe.probe_amount_check: comment',
  ),

  // The database around it
  drift(
    'publication over a table',
    'create publication stray for table public.ontario_prices',
    'warn unknown publication stray: extra',
  ),
  drift(
    'publication over everything',
    'create publication stray for all tables',
    'warn unknown publication stray: extra',
  ),
  drift(
    'publication changed',
    'alter publication probe_feed add table public.ontario_prices',
    'warn drifted publication probe_feed: table public.ontario_prices',
  ),
  drift(
    'publication of fewer operations',
    `alter publication probe_feed set (publish = 'insert')`,
    'warn drifted publication probe_feed: operations',
  ),
  drift('publication dropped', 'drop publication probe_feed', 'warn drifted publication probe_feed: missing'),
  drift(
    'database settings',
    'do $$ begin execute format($q$ alter database %I set search_path = history $q$, current_database()); end $$',
    'warn drifted database (database): settings',
  ),
  drift(
    'database open to everybody',
    'do $$ begin execute format($q$ grant create on database %I to anon $q$, current_database()); end $$',
    'fail drifted database (database): granted to anon',
  ),

  // What the audit cannot read is never passed over.
  drift(
    'operator',
    'create operator public.<<<< (function = pg_catalog.int4pl, leftarg = integer, rightarg = integer)',
    'fail unknown unreadable operator public.<<<<(integer,integer): extra',
  ),
  drift('collation', `create collation public.stray from "C"`, 'fail unknown unreadable collation public.stray: extra'),
  drift(
    'foreign table',
    'create foreign data wrapper probe_wrapper; create server probe_server foreign data wrapper probe_wrapper; create foreign table public.stray (a integer) server probe_server',
    'fail unknown unreadable foreign table public.stray: extra',
    'fail unknown unreadable foreign-data wrapper probe_wrapper: extra',
    'fail unknown unreadable server probe_server: extra',
  ),
  drift(
    'text search configuration',
    'create text search configuration public.stray (copy = pg_catalog.simple)',
    'fail unknown unreadable text search configuration public.stray: extra',
  ),
  drift(
    'range type',
    'create type public.stray as range (subtype = float8)',
    'fail unknown unreadable type public.stray: extra',
  ),
  drift(
    'subscription',
    `create subscription stray connection 'host=127.0.0.1 dbname=none' publication nothing with (connect = false, slot_name = none, enabled = false)`,
    'fail unknown unreadable subscription stray: extra',
  ),
  drift(
    'cast',
    'create cast (public.probe_pair as text) with inout',
    'fail unknown unreadable cast (public.probe_pair AS pg_catalog.text): extra',
  ),
];

/** What changes nothing that a migration says. */
export const NO_DRIFTS: readonly Drift[] = [
  drift('rows', `insert into public.probe (code) values ('a'); insert into public.probe_days values ('2026-05-01', 1)`),
  drift(
    'a partition by the rule of the others',
    `create table public.probe_days_2027 partition of public.probe_days for values from ('2027-01-01') to ('2028-01-01')`,
  ),
  drift(
    'numbers taken from a sequence',
    `select pg_catalog.nextval('public.probe_numbers'), pg_catalog.setval('public.probe_numbers', 500)`,
  ),
  drift('another schema', 'create schema stray; create table stray.a (a integer)'),
  drift('a temporary table', 'create temp table stray (a integer)'),
  drift(
    'the same said again',
    `comment on table public.probe is 'A probe.'; grant select on public.probe to anon; alter table public.probe alter amount set default 0`,
  ),
  drift('statistics gathered, index built anew', 'analyze public.probe; reindex table public.probe'),
  drift('a role of somebody else', 'create role probe_stranger nologin'),
];
