/** What hangs on tables: constraints, indexes, triggers, rules, policies, statistics. */
import { ENABLED, ofExtension, RELATIONS, role, SCHEMA_LIST, words } from './words.ts';

// What a partition has from its parent by rule is the parent's.
export const constraints = `
  select 'constraint' as kind, r.named || '.' || quote_ident(c.conname) as name, r.key as parent,
    jsonb_build_object(
      'definition', regexp_replace(pg_get_constraintdef(c.oid), ' NOT VALID$', ''),
      'validated', case when c.convalidated then 'yes' else 'no' end,
      'inherited', case when not c.conislocal then 'yes' end,
      'enforced', (select case bool_and(t.tgenabled = 'O') when true then 'yes' when false then 'no, its triggers are disabled' end from pg_trigger t where t.tgconstraint = c.oid and t.tgisinternal),
      'index', pg_get_indexdef(i.indexrelid),
      'index valid', case when i.indisvalid and i.indisready and i.indislive then 'yes' when i.indexrelid is not null then 'no' end,
      'clustered', case when i.indisclustered then 'yes' end,
      'replica identity', case when i.indisreplident then 'yes' end,
      'tablespace', (select s.spcname from pg_class x join pg_tablespace s on s.oid = x.reltablespace where x.oid = i.indexrelid),
      'comment', obj_description(c.oid, 'pg_constraint')
    ) as attributes
  from ${RELATIONS} r
  join pg_constraint c on c.conrelid = r.oid
  left join pg_index i on i.indexrelid = c.conindid and c.contype in ('p', 'u', 'x')
  where c.contype not in ('n', 't') and not (r.relispartition and (c.conparentid <> 0 or not c.conislocal))`;

export const indexes = `
  select 'index' as kind, r.named as name, p.key as parent,
    jsonb_build_object(
      'definition', pg_get_indexdef(i.indexrelid),
      'valid', case when i.indisvalid and i.indisready and i.indislive then 'yes' else 'no' end,
      'clustered', case when i.indisclustered then 'yes' end,
      'replica identity', case when i.indisreplident then 'yes' end,
      'tablespace', (select s.spcname from pg_tablespace s where s.oid = r.reltablespace),
      'statistics', (select string_agg(format('%s: %s', a.attname, a.attstattarget), ', ' order by a.attnum) from pg_attribute a where a.attrelid = r.oid and a.attstattarget >= 0),
      'comment', obj_description(r.oid, 'pg_class')
    ) as attributes
  from ${RELATIONS} r
  join pg_index i on i.indexrelid = r.oid
  join ${RELATIONS} p on p.oid = i.indrelid
  where not exists (select from pg_constraint c where c.conindid = i.indexrelid and c.contype in ('p', 'u', 'x'))
    and not (p.relispartition and i.indisvalid and exists (select from pg_inherits h where h.inhrelid = i.indexrelid))`;

export const triggers = `
  select 'trigger' as kind, r.named || '.' || quote_ident(t.tgname) as name, r.key as parent,
    jsonb_build_object(
      'definition', pg_get_triggerdef(t.oid),
      'enabled', ${words('t.tgenabled', ENABLED)},
      'comment', obj_description(t.oid, 'pg_trigger')
    ) as attributes
  from ${RELATIONS} r join pg_trigger t on t.tgrelid = r.oid
  where not t.tgisinternal
    and not (t.tgparentid <> 0 and t.tgenabled = (select u.tgenabled from pg_trigger u where u.oid = t.tgparentid))`;

export const rules = `
  select 'rule' as kind, r.named || '.' || quote_ident(w.rulename) as name, r.key as parent,
    jsonb_build_object(
      'definition', pg_get_ruledef(w.oid),
      'enabled', ${words('w.ev_enabled', ENABLED)},
      'comment', obj_description(w.oid, 'pg_rewrite')
    ) as attributes
  from ${RELATIONS} r join pg_rewrite w on w.ev_class = r.oid
  where w.rulename <> '_RETURN'`;

export const policies = `
  select 'policy' as kind, r.named || '.' || quote_ident(p.polname) as name, r.key as parent,
    jsonb_build_object(
      'command', ${words('p.polcmd', { r: 'select', a: 'insert', w: 'update', d: 'delete', '*': 'all' })},
      'roles', (select string_agg(g.name, ', ' order by g.name) from (select ${role('o.oid')} as name from unnest(p.polroles) o(oid)) g),
      'using', pg_get_expr(p.polqual, p.polrelid),
      'with check', pg_get_expr(p.polwithcheck, p.polrelid),
      'permissive', case when p.polpermissive then 'yes' else 'no' end,
      'comment', obj_description(p.oid, 'pg_policy')
    ) as attributes
  from ${RELATIONS} r join pg_policy p on p.polrelid = r.oid`;

export const statistics = `
  select 'statistics' as kind, format('%I.%I', n.nspname, s.stxname) as name, coalesce(r.key, 'schema ' || quote_ident(n.nspname)) as parent,
    jsonb_build_object(
      'owner', ${role('s.stxowner')},
      'definition', pg_get_statisticsobjdef(s.oid),
      'target', nullif(s.stxstattarget, -1)::text,
      'comment', obj_description(s.oid, 'pg_statistic_ext')
    ) as attributes
  from pg_statistic_ext s
  join pg_namespace n on n.oid = s.stxnamespace
  left join ${RELATIONS} r on r.oid = s.stxrelid
  where (n.nspname in (${SCHEMA_LIST}) or r.oid is not null) and not ${ofExtension('pg_statistic_ext', 's.oid')}`;
