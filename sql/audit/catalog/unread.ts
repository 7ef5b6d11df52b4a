/**
 * Fails closed: whatever else the server knows in our schemas, on our tables, or loose in the database becomes an object of kind
 * `unreadable`. It asks the server which catalogs there are, so that kinds of later versions are found as well.
 */
import type { Database } from '../../../core/effects.ts';
import type { CatalogObject } from '../../../core/audit.ts';
import { SCHEMA_LIST } from './words.ts';

/** Catalogs whose rows the other queries read, or whose rows are parts of what they read. */
const READ: readonly string[] = [
  'pg_class',
  'pg_type',
  'pg_proc',
  'pg_constraint',
  'pg_statistic_ext',
  'pg_default_acl',
  'pg_publication',
  'pg_publication_namespace',
  'pg_publication_rel',
  'pg_extension',
  'pg_namespace',
  'pg_attrdef',
  'pg_trigger',
  'pg_rewrite',
  'pg_policy',
  'pg_enum',
  'pg_event_trigger',
];
/** Contents, not schema. */
const CONTENTS: readonly string[] = ['pg_largeobject_metadata', 'pg_largeobject'];

interface Source {
  readonly catalog: string;
  readonly namespace: string | null;
}

interface Found {
  readonly name: string;
  readonly schema: string | null;
  readonly what: string;
}

const FIRST_USER_OID = 16_384;

export async function unreadable(tx: Database): Promise<CatalogObject[]> {
  const sources = await tx.query<Source>(
    `select c.relname::text as catalog, (
       select k.fkcols[1] from pg_get_catalog_foreign_keys() k
       where k.fktable = c.oid and k.pktable = 'pg_namespace'::regclass and cardinality(k.fkcols) = 1 limit 1) as namespace
     from pg_class c
     where c.relnamespace = 'pg_catalog'::regnamespace and c.relkind = 'r' and not c.relisshared
       and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'oid' and a.attnum > 0)
       and c.relname <> all ($1)
     order by c.relname`,
    [[...READ, ...CONTENTS]],
  );
  const loose = sources.map(({ catalog, namespace }) =>
    namespace === null
      ? `select '${catalog}'::regclass as class, oid as object from pg_catalog.${catalog} where oid >= ${FIRST_USER_OID}`
      : `select '${catalog}'::regclass, oid from pg_catalog.${catalog} where ${namespace} in (select oid from ours)`,
  );
  const rows = await tx.query<Found>(
    `with ours as (select oid from pg_namespace where nspname in (${SCHEMA_LIST})),
     holders as (
       select 'pg_class'::regclass as class, oid as object from pg_class where relnamespace in (select oid from ours)
       union all select 'pg_proc'::regclass, oid from pg_proc where pronamespace in (select oid from ours)
       union all select 'pg_type'::regclass, oid from pg_type where typnamespace in (select oid from ours)
     ),
     found as (
       ${loose.map((query) => `${query} union`).join('\n')}
       select d.classid, d.objid from pg_depend d join holders h on (h.class, h.object) = (d.refclassid, d.refobjid)
       where d.classid <> all ($1::text[]::regclass[])
       union select 'pg_class'::regclass, oid from pg_class where relnamespace in (select oid from ours) and relkind not in ('r', 'p', 'v', 'm', 'S', 'i', 'I', 'c', 't')
       union select 'pg_proc'::regclass, oid from pg_proc where pronamespace in (select oid from ours) and prokind not in ('f', 'p', 'w', 'a')
       union select 'pg_type'::regclass, t.oid from pg_type t where t.typnamespace in (select oid from ours) and t.typtype not in ('e', 'd', 'c')
         and not exists (select from pg_type e where e.typarray = t.oid) and not exists (select from pg_range r where r.rngmultitypid = t.oid)
     )
     select i.identity as name, i.schema, i.type as what
     from found f, pg_identify_object(f.class, f.object, 0) i
     where i.identity is not null
       and not exists (select from pg_depend p where p.classid = f.class and p.objid = f.object and p.deptype = 'i' and p.refclassid = 'pg_type'::regclass)
       and not exists (
         -- made by an extension, by itself or as a part
         select from (select f.class, f.object union all select p.refclassid, p.refobjid from pg_depend p where p.classid = f.class and p.objid = f.object and p.deptype in ('a', 'i')) w
         join pg_depend x on x.classid = w.class and x.objid = w.object and x.deptype = 'e')
     union all
     select format('%s of %s', l.provider, pg_describe_object(l.classoid, l.objoid, l.objsubid)), null, 'security label' from pg_seclabel l
     union all
     select quote_ident(s.subname), null, 'subscription' from pg_subscription s where s.subdbid = (select d.oid from pg_database d where d.datname = current_database())`,
    [READ],
  );
  return rows.map(({ name, schema, what }) => ({
    kind: 'unreadable' as const,
    name: `${what} ${name}`,
    parent: schema === null ? null : `schema ${schema}`,
    attributes: { what },
  }));
}
