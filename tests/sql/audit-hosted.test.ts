/** On a hosted project the platform's own is passed over by name, and nothing else. */
import { describe, expect, test } from 'vitest';
import type { Catalog } from '../../core/audit.ts';
import type { Database } from '../../core/effects.ts';
import { DANGEROUS_SETTING } from '../../sql/audit/catalog/words.ts';
import { compare } from '../../sql/audit/compare.ts';
import { isHosted, platformRules, withoutPlatform } from '../../sql/audit/platform.ts';
import { readCatalog } from '../../sql/audit/snapshot.ts';
import { freshDatabase, testServers } from '../support/postgres.ts';
import { line } from './audit-support.ts';

const inDatabase = (statement: string): string =>
  `do $$ begin execute format($q$ ${statement} $q$, current_database(), current_user); end $$`;

/** What a hosted project has of its own, as far as it touches what the audit reads. */
const PLATFORM = `
  create role supabase_admin; create role supabase_auth_admin;
  alter default privileges for role supabase_admin in schema public grant all on tables to anon, authenticated, service_role;
  alter default privileges for role supabase_admin in schema public grant all on functions to anon, authenticated, service_role;
  alter default privileges in schema public grant all on tables to service_role;
  alter default privileges in schema public grant all on sequences to service_role;
  alter default privileges in schema public grant all on functions to service_role;
  alter role anon set statement_timeout = '3s';
  alter role authenticated set statement_timeout = '8s';
  ${inDatabase(`alter database %I set app.settings.jwt_secret = 'not a secret'`)};
  ${inDatabase(`alter role %2$I in database %1$I set statement_timeout = '2min'`)};
`;

const DRIFTS: readonly (readonly [string, string])[] = [
  [
    'alter default privileges in schema public grant select on tables to anon',
    'fail unknown default privileges (owner) in public on tables: extra',
  ],
  [
    'alter default privileges in schema public grant all on functions to authenticated',
    'fail unknown default privileges (owner) in public on functions: extra',
  ],
  [
    'alter default privileges in schema public grant usage on sequences to public',
    'fail unknown default privileges (owner) in public on sequences: extra',
  ],
  [inDatabase(`alter database %I set penstock.load_id = '1'`), 'fail drifted database (database): settings'],
  [inDatabase('alter database %I set search_path = history'), 'warn drifted database (database): settings'],
  [
    inDatabase('alter role %2$I in database %1$I set session_replication_role = replica'),
    'fail drifted database (database): settings of (owner)',
  ],
  [
    inDatabase('alter role %2$I in database %1$I set row_security = off'),
    'fail drifted database (database): settings of (owner)',
  ],
  [`alter role anon set search_path = 'etl'`, 'fail drifted role anon: settings'],
  [`alter role service_role set penstock.load_id = '1'`, 'fail drifted role service_role: settings'],
];

describe.each(testServers())('a hosted project on $name', (server) => {
  async function inProject(work: (tx: Database, found: () => Promise<string[]>) => Promise<void>): Promise<void> {
    const { pool } = await freshDatabase(server);
    const rules = await platformRules();
    const undo = new Error('undo');
    await pool
      .transaction(async (tx) => {
        const expected: Catalog = await readCatalog(tx);
        await tx.query(PLATFORM);
        expect(await isHosted(tx)).toBe(true);
        await work(tx, async () => {
          const { catalog } = withoutPlatform(await readCatalog(tx), expected, rules);
          return compare({ expected, expectedAll: expected, actual: catalog }).map(line);
        });
        throw undo;
      })
      .catch((error: unknown) => {
        if (error !== undo) throw error;
      });
  }

  test('what the platform has of its own is no finding, what somebody adds to it is', async () => {
    await inProject(async (tx, found) => {
      expect(await found()).toEqual([]);
      for (const [drift, wanted] of DRIFTS) {
        await tx.query('savepoint before_drift');
        await tx.query(drift);
        expect(await found(), drift).toEqual([wanted]);
        await tx.query('rollback to savepoint before_drift');
      }
    });
  }, 120_000);
});

test('no rule for the platform passes over a setting that is dangerous', async () => {
  const names = (await platformRules()).filter(({ kind }) => kind === 'setting').map(({ name }) => name);
  expect(names).toContain('statement_timeout');
  for (const name of names) {
    expect(name).not.toMatch(new RegExp(DANGEROUS_SETTING));
    expect(name).not.toMatch(/^(\*|search_path|session_replication_role|row_security|role\b)/);
  }
});
