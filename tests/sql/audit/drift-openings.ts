/** Drift that lets requests or sessions in from outside of the three schemas; and what others have that opens nothing. */
import { type Drift, drift } from './drift.ts';

const API = 'create schema stray; grant usage on schema stray to anon;';
const inDatabase = (statement: string): string =>
  `do $$ begin execute format($q$ ${statement} $q$, current_database()); end $$`;

export const OPENING_DRIFTS: readonly Drift[] = [
  drift(
    'parameter that switches triggers off granted to the service role',
    'grant set on parameter session_replication_role to service_role',
    'fail unknown opening parameter session_replication_role: extra',
  ),
  drift(
    'parameter that switches triggers off granted to a login role',
    'create role probe_stranger login; grant set on parameter session_replication_role to probe_stranger',
    'fail unknown opening parameter session_replication_role: extra',
  ),
  drift(
    'triggers off for a login role everywhere',
    'create role probe_stranger login; alter role probe_stranger set session_replication_role = replica',
    'fail drifted database (database): settings of probe_stranger in every database',
  ),
  drift(
    'triggers off for a login role here',
    `create role probe_stranger login; ${inDatabase('alter role probe_stranger in database %I set session_replication_role = replica')}`,
    'fail drifted database (database): settings of probe_stranger',
  ),
  drift(
    'a load by default for everybody',
    inDatabase(`alter database %I set penstock.load_id = '1'`),
    'fail drifted database (database): settings',
  ),
  drift(
    'a load by default for a login role',
    `create role probe_stranger login; alter role probe_stranger set penstock.load_id = '1'`,
    'fail drifted database (database): settings of probe_stranger in every database',
  ),
  drift(
    'adopted tables opened to requests',
    'grant usage on schema adopted to anon',
    'fail unknown opening schema adopted: extra',
  ),
  drift(
    'adopted tables opened to everybody',
    'grant usage on schema adopted to public',
    'fail unknown opening schema adopted: extra',
  ),
  drift(
    'a second schema of adopted tables opened',
    'create schema adopted_2; create table adopted_2.a (a integer); grant select on adopted_2.a to anon; grant usage on schema adopted_2 to authenticated',
    'fail unknown opening schema adopted_2: extra',
  ),
  drift(
    'definer view of another schema over our table',
    `${API} create view stray.v as select * from public.probe; grant select on stray.v to anon`,
    'fail unknown opening view stray.v: extra',
  ),
  drift(
    'definer view over a view over history',
    `create schema stray; grant usage on schema stray to public; create view stray.within as select * from history.help_content; create view stray.around as select * from stray.within; grant select on stray.around to public`,
    'fail unknown opening view stray.around: extra',
  ),
  drift(
    'definer view with one column granted',
    `${API} create view stray.v as select run_id, command from etl.run; grant select (run_id) on stray.v to anon`,
    'fail unknown opening view stray.v: extra',
  ),
  drift(
    'materialized view of another schema over our table',
    `${API} create materialized view stray.m as select * from public.probe; grant select on stray.m to anon`,
    'fail unknown opening materialized view stray.m: extra',
  ),
  drift(
    'definer view of another schema over an adopted table',
    `${API} create view stray.v as select * from adopted.object; grant select on stray.v to anon`,
    'fail unknown opening view stray.v: extra',
  ),
  drift(
    'definer function of another schema over our table',
    `${API} create function stray.f() returns bigint language sql security definer set search_path = '' as 'select count(*) from "public" . probe'`,
    'fail unknown opening function stray.f(): extra',
  ),
  drift(
    'definer function that finds our table by its search path',
    `${API} create function stray.f() returns bigint language plpgsql security definer set search_path = public as 'begin return (select count(*) from probe); end'`,
    'fail unknown opening function stray.f(): extra',
  ),
  drift(
    'definer function whose body is SQL',
    `${API} create function stray.f() returns bigint language sql security definer begin atomic select count(*) from etl.load; end`,
    'fail unknown opening function stray.f(): extra',
  ),
  drift(
    "a function of the server that reads the server's files",
    'grant execute on function pg_catalog.pg_read_file(text) to anon',
    'fail unknown opening function pg_catalog.pg_read_file(text): extra',
  ),
  drift(
    'a function of the server for everybody',
    'grant execute on function pg_catalog.pg_ls_dir(text) to public',
    'fail unknown opening function pg_catalog.pg_ls_dir(text): extra',
  ),
];

export const NO_OPENINGS: readonly Drift[] = [
  drift(
    'a schema of somebody else with tables, views and functions of its own, open to requests',
    `${API} create table stray.probe (a integer); grant select on stray.probe to anon;
     create view stray.v as select * from stray.probe; grant select on stray.v to anon;
     create materialized view stray.m as select * from stray.probe; grant select on stray.m to anon;
     create function stray.f() returns bigint language sql security definer set search_path = '' as 'select count(*) from stray.probe';
     create function stray.g() returns bigint language sql as 'select count(*) from public.probe'`,
  ),
  drift(
    'a view of somebody else that keeps to policies',
    `${API} create view stray.v with (security_invoker = on) as select * from public.probe; grant select on stray.v to anon`,
  ),
  drift(
    'a view and a function over our tables behind a closed door',
    `create schema stray; create view stray.v as select * from public.probe; grant select on stray.v to anon;
     create function stray.f() returns bigint language sql security definer as 'select count(*) from public.probe'`,
  ),
  drift(
    'a trigger function of another schema that writes our table',
    `${API} create function stray.t() returns trigger language plpgsql security definer as 'begin insert into public.probe (code) values (new.a); return new; end'`,
  ),
  drift(
    'settings and parameters of somebody else',
    `create role probe_stranger login; alter role probe_stranger set search_path = 'auth'; alter role probe_stranger set statement_timeout = '3s';
     alter role probe_stranger set session_replication_role = origin; grant set on parameter log_min_messages to probe_stranger`,
  ),
  drift('a function of the server that everybody has', 'grant execute on function pg_catalog.now() to anon'),
  drift(
    'an adopted table that kept its grants',
    'create table adopted.stray (a integer); grant select on adopted.stray to anon',
  ),
];
