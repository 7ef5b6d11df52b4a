/** Databases as somebody else left them, for tests of the adoption, and what is compared afterwards. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Pool } from '../../loaders/postgres/database.ts';
import { adoption } from '../../sql/adoption.ts';
import { snapshot } from '../../sql/audit/snapshot.ts';

const FOLDER = join(import.meta.dirname, 'earlier');

/** Names of the fixtures; one that ends in `-2` is the other shape of the same tables. */
export const EARLIER: readonly string[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.sql'))
  .map((file) => file.replace('.sql', ''))
  .sort();

/** Of tables with two shapes the second. */
export const OTHER_SHAPES: readonly string[] = EARLIER.filter((name) => !name.endsWith('-2')).map((name) =>
  EARLIER.includes(`${name}-2`) ? `${name}-2` : name,
);

// What the fixtures have beside tables of ours, and so has the database afterwards; of the server, a publication of theirs.
const THEIRS =
  /^(?:\S+ )*?(?:public\.)?(?:unrelated|minutes|indigenous_territories|security_notes|increment_failure|my_demand|my_peak)\b|_earlier_|^default/;

/** Whether a line of the catalog is about something that the fixtures have made and that is none of ours. */
export function isTheirs(line: string): boolean {
  return THEIRS.test(line.slice(0, line.indexOf('[')));
}

/** Builds what the fixtures describe; the roles of a hosted project are there already. */
export async function build(pool: Pool, names: readonly string[]): Promise<void> {
  await pool.query(`do $$
    declare wanted text;
    begin
      foreach wanted in array array['anon', 'authenticated', 'service_role'] loop
        begin
          if not exists (select from pg_roles where rolname = wanted) then execute format('create role %I nologin', wanted); end if;
        exception when duplicate_object or unique_violation then null;
        end;
      end loop;
    end $$`);
  for (const name of names) await pool.query(readFileSync(join(FOLDER, `${name}.sql`), 'utf8'));
}

/** Everything in public, history and etl, one line each: kind, name and attributes. */
export async function catalogLines(pool: Pool): Promise<string[]> {
  const { objects } = await snapshot(pool);
  return [...objects.values()]
    .filter(({ name, parent }) => /^(public|history|etl)\b/.test(name) || /^(public|history|etl)\./.test(parent ?? ''))
    .map(({ kind, name, attributes }) => `${kind} ${name} ${JSON.stringify(Object.entries(attributes).sort())}`)
    .sort();
}

/** One line per earlier table; each has as many rows as its report says, and each is adopted, refused and kept, or left. */
export async function accounted(pool: Pool): Promise<string[]> {
  const lines: string[] = [];
  for (const { target, earlier, found, adopted, refused, left } of await adoption(pool)) {
    const [row] = await pool.query<{ there: number; kept: number }>(
      `select (select count(*)::int from ${earlier}) as there,
         (select count(*)::int from adopted.refused_row r join adopted.object o using (object_id) where o.moved_to = $1 and r.adopted_at is null) as kept`,
      [earlier],
    );
    expect(row, earlier).toEqual({ there: found, kept: refused });
    expect(adopted + refused + left, earlier).toBe(found);
    lines.push(`${target}: ${found} found, ${adopted} adopted, ${refused} refused, ${left} left`);
  }
  return lines;
}

/** Reasons of the rows that were refused, without the row. */
export async function refusals(pool: Pool): Promise<string[]> {
  const rows = await pool.query<{ line: string }>(
    `select format('%s: %s', table_name, reason) as line from adopted.refused_row where adopted_at is null order by table_name, reason collate "C"`,
  );
  return rows.map(({ line }) => line);
}
