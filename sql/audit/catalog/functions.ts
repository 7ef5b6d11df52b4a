/** Functions, procedures and aggregates, by what they do and with whose rights. */
import { grants, ofExtension, role, SCHEMA_LIST, words } from './words.ts';

const NAME = `format('%I.%I(%s)', n.nspname, p.proname, (select string_agg(format_type(a.type, null), ', ' order by a.place) from unnest(p.proargtypes) with ordinality a(type, place)))`;

const COMMON = `
      'owner', ${role('p.proowner')},
      'arguments', pg_get_function_arguments(p.oid),
      'returns', pg_get_function_result(p.oid),
      'volatility', ${words('p.provolatile', { i: 'immutable', s: 'stable', v: 'volatile' })},
      'security', case when p.prosecdef then 'definer' else 'invoker' end,
      'settings', array_to_string(p.proconfig, '; '),
      'parallel', ${words('p.proparallel', { s: 'safe', r: 'restricted', u: 'unsafe' })},
      'strict', case when p.proisstrict then 'yes' else 'no' end,
      'comment', obj_description(p.oid, 'pg_proc')`;

const FROM = `
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where n.nspname in (${SCHEMA_LIST}) and not ${ofExtension('pg_proc', 'p.oid')}
    -- the constructors of a range type are the type's
    and not exists (select from pg_depend i where i.classid = 'pg_proc'::regclass and i.objid = p.oid and i.deptype = 'i')`;

export const functions = `
  select 'function' as kind, ${NAME} as name, 'schema ' || quote_ident(n.nspname) as parent,
    jsonb_build_object(${COMMON},
      'kind', ${words('p.prokind', { f: 'function', p: 'procedure', w: 'window function' })},
      'language', (select l.lanname from pg_language l where l.oid = p.prolang),
      'body', coalesce(pg_get_function_sqlbody(p.oid), p.prosrc),
      'library', p.probin,
      'leakproof', case when p.proleakproof then 'yes' else 'no' end,
      'cost', p.procost::text,
      'rows', nullif(p.prorows, 0)::text,
      'support', case when p.prosupport <> 0 then p.prosupport::text end,
      'transforms', array_to_string(p.protrftypes::regtype[]::text[], ', ')
    ) || ${grants('p.proacl', 'f', 'p.proowner')} as attributes,
    pg_get_functiondef(p.oid) as ddl
  ${FROM} and p.prokind in ('f', 'p', 'w')`;

export const aggregates = `
  select 'aggregate' as kind, ${NAME} as name, 'schema ' || quote_ident(n.nspname) as parent,
    jsonb_build_object(${COMMON},
      'definition', (select (to_jsonb(a) - 'aggfnoid' || jsonb_build_object('aggtranstype', format_type(a.aggtranstype, null), 'aggmtranstype', format_type(nullif(a.aggmtranstype, 0), null),
          'aggsortop', a.aggsortop::regoper::text))::text from pg_aggregate a where a.aggfnoid = p.oid)
    ) || ${grants('p.proacl', 'f', 'p.proowner')} as attributes
  ${FROM} and p.prokind = 'a'`;
