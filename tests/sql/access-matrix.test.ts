/** Every role tries every verb on every table, and every function, on a real server: what the files say is allowed, all else is refused. */
import { describe, expect, test } from 'vitest';
import type { Database } from '../../core/effects.ts';
import { ACCESS_ROLES, ACCESS_VERBS, readAccessMatrix } from '../../sql/access.ts';
import { type FreshDatabase, freshDatabase, testServers, type TestServer } from '../support/postgres.ts';

const matrix = await readAccessMatrix();

describe.each(testServers())('on $name', (server) => {
  test('each verb on each table of public', async () => {
    const { pool } = await shared(server);
    const tables = await pool.query<{ table: string; column: string; view: boolean }>(
      `select c.oid::regclass::text as name, 'public.' || c.relname as table, c.relkind <> 'r' as view,
         (select quote_ident(a.attname) from pg_attribute a
          where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and a.attidentity = ''
          order by a.attnum limit 1) as column
       from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f') order by 2`,
    );
    const outcomes: string[] = [];
    const wanted: string[] = [];
    for (const { table, column } of tables) {
      for (const role of ACCESS_ROLES) {
        for (const verb of ACCESS_VERBS) {
          const sql = {
            select: `select 1 from ${table}`,
            // A row of nothing: past grants and policies, and no further.
            insert: `insert into ${table} (${column}) values (null)`,
            update: `update ${table} set ${column} = ${column}`,
            delete: `delete from ${table}`,
          }[verb];
          const allowed = matrix.tables.some(
            (row) => row.table === table && row.role === role && row.verbs.includes(verb),
          );
          wanted.push(`${table} ${role} ${verb} ${allowed ? 'allowed' : 'refused'}`);
          outcomes.push(`${table} ${role} ${verb} ${await attempt(pool, role, sql)}`);
        }
      }
    }
    expect(tables.length).toBeGreaterThan(50);
    expect(outcomes).toEqual(wanted);
  });

  test('each function', async () => {
    const { pool } = await shared(server);
    const outcomes: string[] = [];
    const wanted: string[] = [];
    for (const { function: name, roles } of matrix.functions) {
      const call = name.replace(/\((.*)\)$/, (_all, types: string) => `(${nulls(types)})`);
      for (const role of ACCESS_ROLES) {
        wanted.push(`${name} ${role} ${roles.includes(role) ? 'allowed' : 'refused'}`);
        outcomes.push(`${name} ${role} ${await attempt(pool, role, `select ${call}`, mayNotCall)}`);
      }
    }
    expect(matrix.functions.length).toBeGreaterThan(10);
    expect(outcomes).toEqual(wanted);
  });

  test('no table of etl and history opens for readers, and the service reads all of them', async () => {
    const { pool } = await shared(server);
    const tables = await pool.query<{ table: string }>(
      `select n.nspname || '.' || c.relname as table from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where (n.nspname in ('etl', 'history') or n.nspname = 'adopted' and c.relkind <> 'v') and c.relkind in ('r', 'p', 'v', 'm', 'f') order by 1`,
    );
    const outcomes: string[] = [];
    const wanted: string[] = [];
    for (const { table } of tables) {
      for (const role of ACCESS_ROLES) {
        wanted.push(`${table} ${role} select ${role === 'service_role' ? 'allowed' : 'refused'}`);
        outcomes.push(`${table} ${role} select ${await attempt(pool, role, `select 1 from ${table}`)}`);
      }
      if (table.startsWith('history.')) {
        wanted.push(`${table} service_role delete refused`);
        outcomes.push(`${table} service_role delete ${await attempt(pool, 'service_role', `delete from ${table}`)}`);
      }
    }
    expect(tables.length).toBeGreaterThan(40);
    expect(outcomes).toEqual(wanted);
  });

  test('roles limited to some rows see these and no others', async () => {
    const { pool } = await freshDatabase(server);
    await pool.transaction(async (tx) => {
      await tx.query('set constraints all deferred');
      await tx.query(`select set_config('penstock.load_id', '1', true)`);
      await tx.query(
        `insert into public.indigenous_consultations (title, consent_type) values ('open', 'public'), ('sums', 'aggregated'), ('closed', 'private')`,
      );
      await tx.query(`insert into public.indigenous_consultations (title) values ('not said')`);
      await tx.query(
        `insert into public.governance_requests (user_id, dataset_path) values ('ada', 'a'), ('bob', 'b')`,
      );
      const types = await tx.query<{ columns: string }>(
        `select string_agg(quote_ident(attname), ', ') as columns from pg_attribute
         where attrelid = 'public.consultation_event_types'::regclass and attnum > 0`,
      );
      expect(types[0]?.columns).toContain('event_type');
      // Without its type there is no event, so the reference is not asked for in this transaction.
      await tx.query('alter table public.consultation_events drop constraint consultation_events_event_type_fkey');
      await tx.query(
        `insert into public.consultation_events (consultation_id, event_type, occurred_at, consent_type) values
           ('c', 'join_consultation', now(), 'public'), ('c', 'join_consultation', now(), 'aggregated'), ('c', 'join_consultation', now(), 'private')`,
      );
      await tx.query(
        `insert into public.consultation_events (consultation_id, event_type, occurred_at) values ('not said', 'join_consultation', now())`,
      );
      const seen = async (role: string, claims: object | null, sql: string): Promise<unknown[]> => {
        await tx.query(`select set_config('request.jwt.claims', $1, true)`, [
          claims === null ? '' : JSON.stringify(claims),
        ]);
        await tx.query(`set local role ${role}`);
        const rows = await tx.query(sql);
        await tx.query('reset role');
        return rows;
      };
      for (const role of ['anon', 'authenticated']) {
        expect(await seen(role, null, 'select title from public.indigenous_consultations')).toEqual([
          { title: 'open' },
        ]);
        expect(await seen(role, null, 'select consent_type from public.consultation_events')).toEqual([
          { consent_type: 'public' },
        ]);
      }
      const mine = 'select dataset_path from public.governance_requests';
      expect(await seen('authenticated', { sub: 'ada' }, mine)).toEqual([{ dataset_path: 'a' }]);
      expect(await seen('authenticated', { sub: 'eve' }, mine)).toEqual([]);
      expect(await seen('authenticated', {}, mine)).toEqual([]);
      expect(await seen('authenticated', null, mine)).toEqual([]);
      expect(await seen('service_role', null, mine)).toHaveLength(2);
      expect(await seen('service_role', null, 'select from public.consultation_events')).toHaveLength(4);
    });
    // Every rule of the file is tried above.
    expect([...new Set(matrix.rows.map(({ table }) => table))].toSorted()).toEqual([
      'public.consultation_events',
      'public.governance_requests',
      'public.indigenous_consultations',
    ]);
  });
});

const databases = new Map<string, Promise<FreshDatabase>>();

/** One for all that is taken back. */
async function shared(server: TestServer): Promise<FreshDatabase> {
  const there = databases.get(server.name) ?? freshDatabase(server);
  databases.set(server.name, there);
  return await there;
}

/** Tries it and takes it back. `42501` is a refusal; 55000: nobody can write into a view of several rows, whatever the rights. */
async function attempt(
  db: Database,
  role: string,
  sql: string,
  refused: (error: { code: string; message: string }) => boolean = ({ code }) => ['42501', '55000'].includes(code),
): Promise<'allowed' | 'refused'> {
  const done = new Error('rolled back');
  try {
    await db.transaction(async (tx) => {
      await tx.query(`set local role ${role}`);
      await tx.query(sql);
      throw done;
    });
  } catch (error) {
    if (error === done) return 'allowed';
    if (!(error instanceof Error) || !('code' in error)) throw error;
    return refused({ code: String(error.code), message: error.message }) ? 'refused' : pastTheDoor(error, sql);
  }
  throw new Error('it was not rolled back');
}

/** The role came as far as the rules of the table or the function itself. */
function pastTheDoor(error: Error & { code?: unknown }, sql: string): 'allowed' {
  const code = String(error.code);
  if (/^(23|22|PT|0A)/.test(code) || code === '42501' || code === 'P0001') return 'allowed';
  throw new Error(`${sql}: ${code} ${error.message}`, { cause: error });
}

/** Inside, a function may find that it lacks a right of its own; that is not the door. */
function mayNotCall({ code, message }: { code: string; message: string }): boolean {
  return code === '42501' && /permission denied for (function|schema)/.test(message);
}

function nulls(types: string): string {
  return types
    .split(', ')
    .filter((type) => type !== '')
    .map((type) => `null::${type === 'anyelement' ? 'public.ontario_prices' : type}`)
    .join(', ');
}
