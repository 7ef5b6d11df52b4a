/** What belongs to the whole database and bears on our schemas: settings, roles, extensions, publications, event triggers, default privileges. */
import { DANGEROUS_SETTING, ENABLED, EVERYWHERE, grants, role, SCHEMA_LIST, words } from './words.ts';

/** Roles that requests come in with. */
export const REQUEST_ROLES = ['anon', 'authenticated', 'service_role'] as const;

// A setting of somebody's own (app.jwt_secret) may be a secret: told by name only.
const SETTING = `case when split_part(o, '=', 1) like '%.%' then split_part(o, '=', 1) else o end`;

const REQUEST_LIST = REQUEST_ROLES.map((name) => `'${name}'`).join(', ');

// The role that requests log in with has its search path from here, until the REST server sets another.
function dangerous(setting: string): string {
  return `(${setting} ~ '${DANGEROUS_SETTING}' or (r.rolname = 'authenticator' and ${setting} like 'search_path=%'))`;
}

export const database = `
  select 'database' as kind, '(database)' as name, null as parent,
    jsonb_build_object(
      'encoding', pg_encoding_to_char(d.encoding),
      'settings', (select string_agg(${SETTING}, '; ' order by o) from pg_db_role_setting s, unnest(s.setconfig) o where s.setdatabase = d.oid and s.setrole = 0)
    ) || coalesce((
      select jsonb_object_agg('settings of ' || ${role('s.setrole')}, (select string_agg(${SETTING}, '; ' order by o) from unnest(s.setconfig) o))
      from pg_db_role_setting s where s.setdatabase = d.oid and s.setrole <> 0), '{}')
    || coalesce((
      select jsonb_object_agg('settings of ' || ${role('s.setrole')} || '${EVERYWHERE}', (select string_agg(${SETTING}, '; ' order by o) from unnest(s.setconfig) o where ${dangerous('o')}))
      from pg_db_role_setting s left join pg_roles r on r.oid = s.setrole
      where s.setdatabase = 0 and coalesce(r.rolname not in (${REQUEST_LIST}), true) and exists (select from unnest(s.setconfig) o where ${dangerous('o')})), '{}')
    || ${grants('d.datacl', 'd', 'd.datdba')} as attributes
  from pg_database d where d.datname = current_database()`;

export const roles = `
  select 'role' as kind, quote_ident(r.rolname) as name, null as parent,
    jsonb_build_object(
      'login', case when r.rolcanlogin then 'yes' else 'no' end,
      'superuser', case when r.rolsuper then 'yes' else 'no' end,
      'create role', case when r.rolcreaterole then 'yes' else 'no' end,
      'create database', case when r.rolcreatedb then 'yes' else 'no' end,
      'replication', case when r.rolreplication then 'yes' else 'no' end,
      'bypass rls', case when r.rolbypassrls then 'yes' else 'no' end,
      'member of', (select string_agg(distinct ${role('m.roleid')}, ', ') from pg_auth_members m where m.member = r.oid),
      'settings', (select string_agg(${SETTING}, '; ' order by o) from pg_db_role_setting s, unnest(s.setconfig) o where s.setdatabase = 0 and s.setrole = r.oid)
    ) as attributes
  from pg_roles r where r.rolname in (${REQUEST_LIST})`;

// An object that was smuggled into an extension would not be seen by itself, so their number counts.
export const extensions = `
  select 'extension' as kind, quote_ident(e.extname) as name, null as parent,
    jsonb_build_object(
      'version', e.extversion,
      'schema', e.extnamespace::regnamespace::text,
      'objects', (select count(*)::text from pg_depend x where x.refclassid = 'pg_extension'::regclass and x.refobjid = e.oid and x.deptype = 'e'),
      'comment', obj_description(e.oid, 'pg_extension')
    ) as attributes
  from pg_extension e`;

export const publications = `
  select 'publication' as kind, quote_ident(p.pubname) as name, null as parent,
    jsonb_build_object(
      'owner', ${role('p.pubowner')},
      'operations', concat_ws(', ', case when p.pubinsert then 'insert' end, case when p.pubupdate then 'update' end, case when p.pubdelete then 'delete' end, case when p.pubtruncate then 'truncate' end),
      'options', (to_jsonb(p) - array['oid', 'pubname', 'pubowner', 'pubinsert', 'pubupdate', 'pubdelete', 'pubtruncate'])::text,
      'comment', obj_description(p.oid, 'pg_publication'))
    || coalesce((select jsonb_object_agg('schema ' || s.pnnspid::regnamespace, 'all tables') from pg_publication_namespace s where s.pnpubid = p.oid), '{}')
    || coalesce((
      select jsonb_object_agg('table ' || t.prrelid::regclass, concat_ws(' ',
        coalesce('columns ' || (select string_agg(quote_ident(a.attname), ', ' order by a.attnum) from pg_attribute a where a.attrelid = t.prrelid and a.attnum = any (t.prattrs::int2[])), 'all columns'),
        'where ' || pg_get_expr(t.prqual, t.prrelid),
        nullif((to_jsonb(t) - array['oid', 'prpubid', 'prrelid', 'prqual', 'prattrs'])::text, '{}')))
      from pg_publication_rel t where t.prpubid = p.oid), '{}') as attributes
  from pg_publication p`;

export const eventTriggers = `
  select 'event trigger' as kind, quote_ident(e.evtname) as name, null as parent,
    jsonb_build_object(
      'owner', ${role('e.evtowner')},
      'event', e.evtevent,
      'function', e.evtfoid::regprocedure::text,
      'tags', array_to_string(e.evttags, ', '),
      'enabled', ${words('e.evtenabled', ENABLED)},
      'comment', obj_description(e.oid, 'pg_event_trigger')
    ) as attributes
  from pg_event_trigger e
  where not exists (select from pg_depend x where x.classid = 'pg_event_trigger'::regclass and x.objid = e.oid and x.deptype = 'e')`;

export const defaultPrivileges = `
  select 'default privileges' as kind,
    format('%s in %s on %s', ${role('d.defaclrole')}, coalesce(quote_ident(n.nspname), 'every schema'),
      ${words('d.defaclobjtype', { r: 'tables', S: 'sequences', f: 'functions', T: 'types', n: 'schemas', L: 'large objects' })}) as name,
    null as parent, ${grants('d.defaclacl', null, 'd.defaclrole')} as attributes
  from pg_default_acl d left join pg_namespace n on n.oid = d.defaclnamespace
  where d.defaclnamespace = 0 or n.nspname in (${SCHEMA_LIST})`;
