/** Pieces of SQL that the queries of the catalog share. `$1` is the name of the migrating owner, which is written `(owner)`. */
import { textLiteral } from '../../identifier.ts';

/** What is judged. */
export const SCHEMAS = ['public', 'history', 'etl'] as const;

/** `'public', 'history', 'etl'` */
export const SCHEMA_LIST: string = SCHEMAS.map(textLiteral).join(', ');

/** A role by its oid, 0 for everybody. */
export function role(oid: string): string {
  return `case when ${oid} = 0 then 'public' when pg_get_userbyid(${oid}) = $1 then '(owner)' else pg_get_userbyid(${oid})::text end`;
}

/**
 * Grants as attributes, `granted to anon` → `INSERT, SELECT`, a `*` where it may be granted on. What an owner has by itself is under
 * `granted to its owner`, so that another owner is one difference and not three.
 * @param kind letter of `acldefault`; null where no grants means none (columns)
 */
export function grants(acl: string, kind: string | null, owner: string): string {
  const whole = kind === null ? acl : `coalesce(${acl}, acldefault(${textLiteral(kind)}, ${owner}))`;
  const privilege = `a.privilege_type || case when a.is_grantable and a.grantee <> ${owner} then '*' else '' end`;
  return `coalesce((
    select jsonb_object_agg('granted to ' || g.grantee, g.privileges)
    from (
      select case when a.grantee = ${owner} then 'its owner' else ${role('a.grantee')} end as grantee,
             string_agg(distinct ${privilege}, ', ' order by ${privilege}) as privileges
      from aclexplode(${whole}) a group by 1
    ) g), '{}')`;
}

/** Whether an extension made it: then it is the extension, with its version, that is compared. */
export function ofExtension(catalog: string, oid: string): string {
  return `exists (select from pg_depend x where x.classid = ${textLiteral(catalog)}::regclass and x.objid = ${oid} and x.deptype = 'e')`;
}

/** The relations that are judged, as `r`: with schema, written name, and the key of the object in the catalog. */
export const RELATIONS: string = `(
  select c.*, n.nspname, format('%I.%I', n.nspname, c.relname) as named,
    case c.relkind when 'v' then 'view ' when 'm' then 'materialized view ' when 'S' then 'sequence ' when 'c' then 'composite type '
      when 'i' then 'index ' when 'I' then 'index ' else 'table ' end || format('%I.%I', n.nspname, c.relname) as key
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname in (${SCHEMA_LIST}) and not ${ofExtension('pg_class', 'c.oid')}
)`;

/** Letters of the catalog as words. */
export function words(expression: string, letters: Readonly<Record<string, string>>): string {
  const cases = Object.entries(letters).map(
    ([letter, word]) => `when ${textLiteral(letter)} then ${textLiteral(word)}`,
  );
  // A letter that a later server invents stays a letter: it differs from every word.
  return `case ${expression}::text ${cases.join(' ')} else ${expression}::text end`;
}

/**
 * Settings with which a session goes past triggers or policies, or writes as a load that is not its own; `name=value`, or a name
 * where the value is not told. For SQL and JavaScript.
 */
export const DANGEROUS_SETTING = '^(session_replication_role=(?!origin$)|row_security=(?!on$|true$|1$)|penstock[.])';

/** Ends the attributes of the database that come from the server: a replay on the same server has them, too. */
export const EVERYWHERE = ' in every database';

export const ENABLED: Readonly<Record<string, string>> = { O: 'yes', D: 'no', R: 'on replicas only', A: 'always' };
