/** Schemas, tables, views, sequences and their columns. */
import { grants, ofExtension, RELATIONS, role, SCHEMA_LIST, words } from './words.ts';

const PERSISTENCE = { p: 'permanent', u: 'unlogged', t: 'temporary' };

function options(array: string): string {
  return `(select string_agg(o, ', ' order by o) from unnest(${array}) o)`;
}

export const schemas = `
  select 'schema' as kind, quote_ident(n.nspname) as name, null as parent,
    jsonb_build_object('owner', ${role('n.nspowner')}, 'comment', obj_description(n.oid, 'pg_namespace')) || ${grants('n.nspacl', 'n', 'n.nspowner')} as attributes
  from pg_namespace n where n.nspname in (${SCHEMA_LIST})`;

export const tables = `
  select 'table' as kind, r.named as name,
    case when r.relispartition then (select 'table ' || i.inhparent::regclass from pg_inherits i where i.inhrelid = r.oid) else 'schema ' || quote_ident(r.nspname) end as parent,
    jsonb_build_object(
      'owner', ${role('r.relowner')},
      'kind', ${words('r.relkind', { r: 'table', p: 'partitioned table' })},
      'persistence', ${words('r.relpersistence', PERSISTENCE)},
      'row security', case when r.relrowsecurity and r.relforcerowsecurity then 'on, forced' when r.relrowsecurity then 'on' when r.relforcerowsecurity then 'off, forced' else 'off' end,
      'options', nullif(concat_ws(', ', ${options('r.reloptions')}, (select ${options("(select array_agg('toast.' || u) from unnest(t.reloptions) u)")} from pg_class t where t.oid = r.reltoastrelid)), ''),
      'replica identity', ${words('r.relreplident', { d: 'default', n: 'nothing', f: 'full', i: 'index' })},
      'access method', (select a.amname from pg_am a where a.oid = r.relam),
      'tablespace', (select s.spcname from pg_tablespace s where s.oid = r.reltablespace),
      'of type', case when r.reloftype <> 0 then format_type(r.reloftype, null) end,
      'partition key', pg_get_partkeydef(r.oid),
      'partition bound', pg_get_expr(r.relpartbound, r.oid),
      'inherits', (select string_agg(i.inhparent::regclass::text, ', ' order by i.inhseqno) from pg_inherits i where i.inhrelid = r.oid and not r.relispartition),
      'comment', obj_description(r.oid, 'pg_class')
    ) || ${grants('r.relacl', 'r', 'r.relowner')} as attributes
  from ${RELATIONS} r where r.relkind in ('r', 'p')`;

export const views = `
  select case r.relkind when 'v' then 'view' else 'materialized view' end as kind, r.named as name, 'schema ' || quote_ident(r.nspname) as parent,
    jsonb_build_object(
      'owner', ${role('r.relowner')},
      'definition', pg_get_viewdef(r.oid),
      'options', ${options('r.reloptions')},
      'populated', case when r.relkind = 'm' then r.relispopulated::text end,
      'tablespace', (select s.spcname from pg_tablespace s where s.oid = r.reltablespace),
      'comment', obj_description(r.oid, 'pg_class')
    ) || ${grants('r.relacl', 'r', 'r.relowner')} as attributes
  from ${RELATIONS} r where r.relkind in ('v', 'm')`;

// PostgreSQL 18 keeps NOT NULL as a constraint; its name is nobody's choice, so it is told as part of the column.
const notNull = `
  case when not a.attnotnull then 'no' else 'yes' || coalesce((
    select case when not n.convalidated then ', not validated' else '' end || case when n.connoinherit then ', no inherit' else '' end
    from pg_constraint n where n.conrelid = a.attrelid and n.contype = 'n' and n.conkey = array[a.attnum]), '') end`;

export const columns = `
  select 'column' as kind, r.named || '.' || quote_ident(a.attname) as name, r.key as parent,
    case when r.relkind in ('v', 'm') then '{}'::jsonb else jsonb_build_object(
      'type', format_type(a.atttypid, a.atttypmod),
      'collation', case when a.attcollation <> t.typcollation then (select format('%I.%I', cn.nspname, c.collname) from pg_collation c join pg_namespace cn on cn.oid = c.collnamespace where c.oid = a.attcollation) end,
      'not null', ${notNull},
      'generated', case when a.attgenerated <> '' then pg_get_expr(d.adbin, d.adrelid) || ${words('a.attgenerated', { s: ' stored', v: ' virtual' })} end,
      'identity', case when a.attidentity <> '' then ${words('a.attidentity', { a: 'always', d: 'by default' })} end,
      'storage', case when a.attstorage <> t.typstorage then ${words('a.attstorage', { p: 'plain', e: 'external', m: 'main', x: 'extended' })} end,
      'compression', case when a.attcompression <> '' then ${words('a.attcompression', { p: 'pglz', l: 'lz4' })} end,
      'statistics', nullif(a.attstattarget, -1)::text,
      'options', ${options('a.attoptions')},
      'inherited', case when not a.attislocal then 'yes' end
    ) end
    || jsonb_build_object(
      'default', case when a.attgenerated = '' then pg_get_expr(d.adbin, d.adrelid) end,
      'comment', m.description)
    || ${grants('a.attacl', null, 'r.relowner')} as attributes
  from ${RELATIONS} r
  join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
  join pg_type t on t.oid = a.atttypid
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  left join pg_description m on m.classoid = 'pg_class'::regclass and m.objoid = a.attrelid and m.objsubid = a.attnum
  where r.relkind in ('r', 'p', 'v', 'm')
  order by r.oid, a.attnum`;

// The sequence of an identity column has grants of its own: who may update it can make the next load fail.
export const sequences = `
  select 'sequence' as kind, r.named as name,
    case when d.deptype = 'i' then 'column ' || format('%s.%I', d.refobjid::regclass, a.attname) else 'schema ' || quote_ident(r.nspname) end as parent,
    jsonb_build_object(
      'owner', ${role('r.relowner')},
      'persistence', ${words('r.relpersistence', PERSISTENCE)},
      'definition', format('as %s start %s increment %s minvalue %s maxvalue %s cache %s %s', format_type(s.seqtypid, null), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache,
        case when s.seqcycle then 'cycle' else 'no cycle' end),
      'owned by', case when a.attname is not null then format('%s.%I', d.refobjid::regclass, a.attname) end,
      'comment', obj_description(r.oid, 'pg_class')
    ) || ${grants('r.relacl', 's', 'r.relowner')} as attributes
  from ${RELATIONS} r
  join pg_sequence s on s.seqrelid = r.oid
  left join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = r.oid and d.objsubid = 0 and d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0 and d.deptype in ('a', 'i')
  left join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid`;

export const types = `
  select case t.typtype when 'e' then 'enum' when 'd' then 'domain' else 'composite type' end as kind,
    format('%I.%I', n.nspname, t.typname) as name, 'schema ' || quote_ident(n.nspname) as parent,
    jsonb_build_object(
      'owner', ${role('t.typowner')},
      'values', case when t.typtype = 'e' then (select string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid) end,
      'type', case when t.typtype = 'd' then format_type(t.typbasetype, t.typtypmod) end,
      'not null', case when t.typtype = 'd' then case when t.typnotnull then 'yes' else 'no' end end,
      'default', case when t.typtype = 'd' then t.typdefault end,
      'collation', case when t.typtype = 'd' then (select format('%I.%I', cn.nspname, c.collname) from pg_collation c join pg_namespace cn on cn.oid = c.collnamespace
        where c.oid = t.typcollation and c.oid <> (select b.typcollation from pg_type b where b.oid = t.typbasetype)) end,
      'checks', (select string_agg(format('%I %s', c.conname, pg_get_constraintdef(c.oid)), '; ' order by c.conname) from pg_constraint c where c.contypid = t.oid and c.contype = 'c'),
      'attributes', case when t.typtype = 'c' then (select string_agg(concat_ws(' ', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod),
          (select 'collate ' || c.collname from pg_collation c, pg_type b where c.oid = a.attcollation and b.oid = a.atttypid and b.typcollation <> c.oid)), ', ' order by a.attnum)
        from pg_attribute a where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped) end,
      'comment', obj_description(t.oid, 'pg_type')
    ) || ${grants('t.typacl', 'T', 't.typowner')} as attributes
  from pg_type t join pg_namespace n on n.oid = t.typnamespace
  where n.nspname in (${SCHEMA_LIST}) and not ${ofExtension('pg_type', 't.oid')}
    and (t.typtype in ('e', 'd') or (t.typtype = 'c' and exists (select from pg_class c where c.oid = t.typrelid and c.relkind = 'c')))`;
