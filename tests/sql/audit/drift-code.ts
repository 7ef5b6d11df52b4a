/** Drift of functions, indexes and constraints. */
import { type Drift, drift } from './drift.ts';

export const CODE_DRIFTS: readonly Drift[] = [
  // Functions
  drift(
    'function body changed',
    `create or replace function etl.actor() returns text language sql stable set search_path = '' as $$ select 'me'::text $$`,
    'fail drifted function etl.actor(): body',
  ),
  drift(
    'function volatility',
    'alter function public.probe_sum(integer, integer) volatile',
    'fail drifted function public.probe_sum(integer, integer): volatility',
  ),
  drift(
    'security definer flipped',
    'alter function etl.record_edit() security invoker',
    'fail drifted function etl.record_edit(): security',
  ),
  drift(
    'search_path removed',
    'alter function etl.record_edit() reset search_path',
    'fail drifted function etl.record_edit(): settings',
  ),
  drift(
    'execute granted to anon',
    'grant execute on function public.probe_sum(integer, integer) to anon',
    'fail drifted function public.probe_sum(integer, integer): granted to anon',
  ),
  drift(
    'execute granted to everybody',
    'grant execute on function etl.record_edit() to public',
    'fail drifted function etl.record_edit(): granted to public',
  ),
  drift(
    'function dropped',
    'drop function public.probe_sum(integer, integer)',
    'fail drifted function public.probe_sum(integer, integer): missing',
  ),
  drift(
    'overload added',
    `create function public.probe_sum(a text, b text) returns text language sql as 'select a || b'`,
    'warn unknown function public.probe_sum(text, text): extra',
  ),
  drift(
    'extra security definer',
    `create function public.probe_root() returns void language sql security definer as 'select'`,
    'fail unknown function public.probe_root(): extra',
  ),
  drift(
    'argument default',
    `create or replace function public.probe_sum(a integer, b integer default 1) returns integer language sql immutable security definer set search_path = '' as 'select a + b'`,
    'fail drifted function public.probe_sum(integer, integer): arguments',
  ),
  drift(
    'aggregate',
    'create aggregate public.probe_total(integer) (sfunc = int4pl, stype = integer)',
    'warn unknown aggregate public.probe_total(integer): extra',
  ),
  drift(
    'procedure',
    `create procedure public.probe_act() language sql as 'select'`,
    'warn unknown function public.probe_act(): extra',
  ),

  // Indexes and constraints
  drift('index dropped', 'drop index public.probe_label_idx', 'warn drifted index public.probe_label_idx: missing'),
  drift(
    'index extra',
    'create index stray_idx on public.ontario_prices (hoep)',
    'info unknown index public.stray_idx: extra',
  ),
  drift(
    'index made invalid',
    `update pg_catalog.pg_index set indisvalid = false where indexrelid = 'public.probe_label_idx'::regclass`,
    'warn drifted index public.probe_label_idx: valid',
  ),
  drift(
    'index predicate changed',
    'drop index public.probe_label_idx; create index probe_label_idx on public.probe (label) where amount > 1',
    'warn drifted index public.probe_label_idx: definition',
  ),
  drift(
    'index expression changed',
    'drop index public.probe_label_idx; create index probe_label_idx on public.probe (lower(label)) where amount > 0',
    'warn drifted index public.probe_label_idx: definition',
  ),
  drift(
    'unique index extra',
    'create unique index stray_key on public.ontario_prices (hoep)',
    'warn unknown index public.stray_key: extra',
  ),
  drift(
    'unique lost',
    'alter table public.probe drop constraint probe_code_key cascade',
    'fail drifted constraint public.probe.probe_code_key: missing',
    'warn drifted constraint public.probe.probe_parent_fkey: missing',
  ),
  drift(
    'primary key dropped',
    'alter table public.ontario_prices drop constraint ontario_prices_pkey',
    'fail drifted constraint public.ontario_prices.ontario_prices_pkey: missing',
  ),
  drift(
    'primary key on other columns',
    'alter table history.ontario_prices drop constraint ontario_prices_pkey, add constraint ontario_prices_pkey primary key (load_id)',
    'fail drifted constraint history.ontario_prices.ontario_prices_pkey: definition',
    'warn drifted constraint history.ontario_prices.ontario_prices_pkey: index',
  ),
  drift(
    'primary key invalid',
    `update pg_catalog.pg_index set indisvalid = false where indexrelid = 'public.probe_pkey'::regclass`,
    'fail drifted constraint public.probe.probe_pkey: index valid',
  ),
  drift(
    'foreign key dropped',
    'alter table public.probe drop constraint probe_parent_fkey',
    'warn drifted constraint public.probe.probe_parent_fkey: missing',
  ),
  drift(
    'foreign key not validated',
    'alter table public.probe drop constraint probe_parent_fkey, add constraint probe_parent_fkey foreign key (parent_code) references public.probe (code) not valid',
    'warn drifted constraint public.probe.probe_parent_fkey: validated',
  ),
  drift(
    'foreign key deferrable',
    'alter table public.probe alter constraint probe_parent_fkey deferrable initially deferred',
    'fail drifted constraint public.probe.probe_parent_fkey: definition',
  ),
  drift(
    'foreign key cascades',
    'alter table public.probe drop constraint probe_parent_fkey, add constraint probe_parent_fkey foreign key (parent_code) references public.probe (code) on delete cascade',
    'fail drifted constraint public.probe.probe_parent_fkey: definition',
  ),
  drift(
    'foreign key not enforced by its triggers',
    'alter table public.probe disable trigger all',
    'fail drifted constraint public.probe.probe_parent_fkey: enforced',
    'fail drifted trigger public.probe.probe_touch: enabled',
  ),
  drift(
    'check loosened',
    'alter table public.probe drop constraint probe_amount_check, add constraint probe_amount_check check (amount >= -1000)',
    'fail drifted constraint public.probe.probe_amount_check: definition',
  ),
  drift(
    'check not validated',
    'alter table public.probe drop constraint probe_amount_check, add constraint probe_amount_check check (amount >= 0) not valid',
    'warn drifted constraint public.probe.probe_amount_check: validated',
  ),
  drift(
    'check extra',
    'alter table public.ontario_prices add constraint stray check (hoep < 100)',
    'warn unknown constraint public.ontario_prices.stray: extra',
  ),
  drift(
    'exclusion constraint extra',
    'alter table public.probe add constraint stray exclude using btree (label with =)',
    'warn unknown constraint public.probe.stray: extra',
  ),
];
