/** The backend is killed after every statement of every migration: each time nothing of the file is left, and in the end the catalog is the usual one. */
import { describe, expect, test } from 'vitest';
import type { Database } from '../../core/effects.ts';
import { openPool } from '../../loaders/postgres/database.ts';
import { migrate } from '../../sql/migrate.ts';
import { readMigrations } from '../../sql/migration-files.ts';
import { build, catalogLines, OTHER_SHAPES } from '../sql/earlier-support.ts';
import { emptyDatabase, withFolder } from '../sql/empty-database.ts';
import { testServers } from '../support/postgres.ts';

/** A database whose connection is killed after the n-th statement of a migration. */
function killedAfter(victim: Database, killer: Database, own: ReadonlySet<string>, n: number): Database {
  return {
    query: (text, params) => victim.query(text, params),
    transaction: (work) =>
      victim.transaction(async (tx) => {
        let statements = 0;
        const [self] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
        return await work({
          transaction: (inner) => tx.transaction(inner),
          async query(text, params) {
            const rows = await tx.query(text, params);
            if (own.has(text)) statements += 1;
            if (statements === n) await killer.query('select pg_terminate_backend($1)', [self?.pid]);
            return rows as never;
          },
        });
      }),
  };
}

/** What a migration may change, as one number: the rows of every system catalog that describes objects. */
const FINGERPRINT = `select md5(string_agg(line, '' order by line)) as print from (
    select 'c' || oid || relname || relnamespace || relnatts || relchecks || relhastriggers::text || relrowsecurity::text || coalesce(relacl::text, '') as line from pg_class where oid >= 16384
    union all select 'n' || nspname || coalesce(nspacl::text, '') from pg_namespace where nspname !~ '^pg_'
    union all select 'p' || oid || md5(prosrc) || coalesce(proacl::text, '') from pg_proc where oid >= 16384
    union all select 'k' || oid from pg_constraint where oid >= 16384
    union all select 'y' || oid || md5(coalesce(polqual::text, '')) from pg_policy
    union all select 'd' || objoid || objsubid || md5(description) from pg_description where objoid >= 16384
  ) as lines`;

describe.each(testServers())('on $name', (server) => {
  // Every statement takes several minutes a server: PENSTOCK_EVERY_STATEMENT=1 does it. Without it every seventh, others on each server.
  const step = process.env['PENSTOCK_EVERY_STATEMENT'] === undefined ? 7 : 1;
  const first = step === 1 || server.name === testServers()[0]?.name ? 1 : 4;

  test(`interrupted at ${step === 1 ? 'every statement' : 'every seventh statement'} and resumed`, async () => {
    const undisturbed = await emptyDatabase(server);
    await build(undisturbed.pool, OTHER_SHAPES);
    await migrate(undisturbed.pool);
    const expected = await catalogLines(undisturbed.pool);
    await undisturbed.drop();

    const database = await emptyDatabase(server);
    await build(database.pool, OTHER_SHAPES);
    const victim = openPool(database.url, { max: 1, applicationName: 'killed' });
    const print = async (): Promise<unknown> => (await database.pool.query(FINGERPRINT))[0];
    let kills = 0;
    for (const { file, text, statements } of await readMigrations()) {
      const own = new Set(statements.map((statement) => statement.text));
      // A folder of this one file: reading all of them each time would take most of the time.
      await withFolder({ [file]: text }, async (folder) => {
        // Files before this one are applied; killed at each statement nothing of this one is left.
        const before = await print();
        for (let n = first; n <= statements.length; n += step) {
          const killed = migrate(killedAfter(victim, database.pool, own, n), { folder });
          await expect(killed, `${file}, statement ${n}`).rejects.toMatchObject({ code: 'MIGRATION_INTERRUPTED' });
          kills += 1;
          expect(await print(), `${file}, statement ${n}`).toEqual(before);
        }
        await migrate(database.pool, { folder });
      });
    }
    await victim.close();
    expect(named(await catalogLines(database.pool))).toEqual(named(expected));
    expect(kills).toBeGreaterThan(2000 / step);
  });
});

/** An index of somebody else that has the name of one of ours is renamed after its oid, which differs from database to database. */
function named(lines: readonly string[]): string[] {
  return lines.map((line) => line.replaceAll(/_earlier_\d+/g, '_earlier_<oid>')).toSorted();
}
