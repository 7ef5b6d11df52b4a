/**
 * Ways in from outside of the three schemas: each is an object of its own that no migration makes, so that one that is there is always
 * a finding. `ddl` closes it.
 */
import { ofExtension, role, SCHEMA_LIST } from './words.ts';
import { REQUEST_ROLES } from './server.ts';

const ADOPTED = `'^adopted(_[0-9]+)?$'`;
const CALLERS = `(values ('anon'), ('authenticated'), ('public')) as q(name)`;
const EVERYBODY = 'public, anon, authenticated';

/** Whether the list of grants lets a caller in, by a grant of its own or one to everybody. What an owner may do is no grant. */
function lets(acl: string, owner: string, privileges: readonly string[]): string {
  return `exists (
    select from aclexplode(${acl}) a
    where (a.grantee = 0 or pg_get_userbyid(a.grantee) = q.name) and a.grantee <> ${owner} and a.privilege_type in (${privileges.map((name) => `'${name}'`).join(', ')}))`;
}

/** The callers that have both as one list, null when there is none. */
function callers(...conditions: string[]): string {
  return `(select string_agg(q.name, ', ' order by q.name) from ${CALLERS} where ${conditions.join(' and ')})`;
}

const USAGE = lets(`coalesce(n.nspacl, acldefault('n', n.nspowner))`, 'n.nspowner', ['USAGE']);

// Tables that were there before penstock keep their grants: what counts is the door of their schema.
export const adopted = `
  select 'opening' as kind, 'schema ' || quote_ident(n.nspname) as name, null as parent,
    jsonb_build_object('what', 'open to ' || o.who) as attributes,
    format('revoke all on schema %I from ${EVERYBODY};', n.nspname) as ddl
  from pg_namespace n
  cross join lateral (select ${callers(lets(`coalesce(n.nspacl, acldefault('n', n.nspowner))`, 'n.nspowner', ['USAGE', 'CREATE']))} as who) o
  where n.nspname ~ ${ADOPTED} and o.who is not null`;

/** Our relations, those of earlier projects that are kept, and every view that reads one of them. */
const READING = `
  with recursive reading as (
    select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where (n.nspname in (${SCHEMA_LIST}) or n.nspname ~ ${ADOPTED}) and c.relkind in ('r', 'p', 'v', 'm', 'f') and not ${ofExtension('pg_class', 'c.oid')}
    union
    select w.ev_class from reading r
    join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = r.oid and d.classid = 'pg_rewrite'::regclass
    join pg_rewrite w on w.oid = d.objid
  )`;
const ELSEWHERE = `n.nspname not in (${SCHEMA_LIST}, 'information_schema') and n.nspname !~ '^pg_' and n.nspname !~ ${ADOPTED}`;

const columnGrants = `(select array_agg(i) from pg_attribute t, unnest(t.attacl) i where t.attrelid = c.oid)`;

export const views = `${READING}
  select 'opening' as kind, case c.relkind when 'v' then 'view ' else 'materialized view ' end || format('%I.%I', n.nspname, c.relname) as name, null as parent,
    jsonb_build_object('what', 'reads our tables, open to ' || o.who) as attributes,
    format('revoke all on table %I.%I from ${EVERYBODY};', n.nspname, c.relname) as ddl
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  cross join lateral (select ${callers(
    USAGE,
    lets(`coalesce(c.relacl, acldefault('r', c.relowner)) || ${columnGrants}`, 'c.relowner', [
      'SELECT',
      'INSERT',
      'UPDATE',
      'DELETE',
    ]),
  )} as who) o
  where c.relkind in ('v', 'm') and ${ELSEWHERE} and not ${ofExtension('pg_class', 'c.oid')}
    and c.oid in (select oid from reading) and o.who is not null
    and not coalesce((select u.option_value::boolean from pg_options_to_table(c.reloptions) u where u.option_name = 'security_invoker'), false)`;

// The server knows what a body names only if it was written as SQL, not as a text: texts are searched for the names of relations,
// without a schema only where the search path leads to public.
export const functions = `${READING},
  named as (
    select n.nspname, regexp_replace(c.relname, '\\W', '\\\\\\&', 'g') as relation, regexp_replace(n.nspname, '\\W', '\\\\\\&', 'g') as namespace
    from reading r join pg_class c on c.oid = r.oid join pg_namespace n on n.oid = c.relnamespace
  )
  select 'opening' as kind, 'function ' || p.oid::regprocedure as name, null as parent,
    jsonb_build_object('what', 'reads our tables with the rights of its owner, open to ' || o.who) as attributes,
    format('revoke all on routine %s from ${EVERYBODY};', p.oid::regprocedure) as ddl
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  cross join lateral (select ${callers(USAGE, lets(`coalesce(p.proacl, acldefault('f', p.proowner))`, 'p.proowner', ['EXECUTE']))} as who) o
  cross join lateral (
    select regexp_replace(replace(p.prosrc, '"', ''), '\\s*\\.\\s*', '.', 'g') as body,
      coalesce((select s ~ '\\mpublic\\M' from unnest(p.proconfig) s where s like 'search_path=%'), true) as finds_public
  ) b
  where p.prosecdef and ${ELSEWHERE} and not ${ofExtension('pg_proc', 'p.oid')}
    and p.prorettype not in ('trigger'::regtype, 'event_trigger'::regtype) and o.who is not null
    and (exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.refclassid = 'pg_class'::regclass and d.refobjid in (select oid from reading))
      or exists (select from named m where b.body ~* ('\\m' || m.namespace || '\\.' || m.relation || '\\M')
        or (b.finds_public and m.nspname = 'public' and b.body ~* ('(^|[^.[:alnum:]_])' || m.relation || '\\M'))))`;

// What the server came with is in pg_init_privs, or is the rule for every function.
export const serverFunctions = `
  select 'opening' as kind, 'function pg_catalog.' || p.oid::regprocedure as name, null as parent,
    jsonb_build_object('what', 'may be executed by ' || string_agg(distinct ${role('a.grantee')}, ', ')) as attributes,
    format('revoke execute on function pg_catalog.%s from %s;', p.oid::regprocedure,
      string_agg(distinct case when a.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end, ', ')) as ddl
  from pg_proc p
  cross join lateral aclexplode(p.proacl) a
  where p.pronamespace = 'pg_catalog'::regnamespace and p.proacl is not null
    and (a.grantee = 0 or pg_get_userbyid(a.grantee) in (${REQUEST_ROLES.map((name) => `'${name}'`).join(', ')}))
    and not exists (
      select from aclexplode(coalesce(
        (select i.initprivs from pg_init_privs i where i.classoid = 'pg_proc'::regclass and i.objoid = p.oid and i.objsubid = 0),
        acldefault('f', p.proowner))) i
      where i.grantee in (0, a.grantee))
  group by p.oid`;

// The migrating owner may disable triggers anyway.
export const parameters = `
  select 'opening' as kind, 'parameter ' || p.parname as name, null as parent,
    jsonb_build_object('what', 'may be set by ' || string_agg(distinct ${role('a.grantee')}, ', ')) as attributes,
    format('revoke all on parameter %s from %s;', p.parname,
      string_agg(distinct case when a.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end, ', ')) as ddl
  from pg_parameter_acl p
  cross join lateral aclexplode(p.paracl) a
  left join pg_roles r on r.oid = a.grantee
  where a.grantee = 0 or r.rolname in ('authenticator', ${REQUEST_ROLES.map((name) => `'${name}'`).join(', ')})
    or (p.parname = 'session_replication_role' and not r.rolsuper and r.rolname <> $1)
  group by p.parname`;
