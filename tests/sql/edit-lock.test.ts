/** An edit by hand while a load runs: it waits for the load, and neither ends in a deadlock. */
import { describe, expect, test } from 'vitest';
import { freshDatabase, testServers } from '../support/postgres.ts';

describe.each(testServers())('on $name', (server) => {
  test('an edit waits for the load that replaces its row, and then finds the row that the load wrote', async () => {
    const { pool } = await freshDatabase(server);
    await pool.query(
      `insert into public.enumerations (enumeration, value, label, position) values ('a.b', 'x', 'X', 1)`,
    );
    let edit: Promise<unknown> | undefined;
    await pool.transaction(async (load) => {
      // As the loader does it: lock of the table, then its own load, then rows.
      await load.query(`select pg_advisory_xact_lock(hashtextextended('penstock.table.public.enumerations', 0))`);
      const [made] = await load.query<{ load_id: string }>(
        `insert into etl.load (run_id, dataset, table_name, interval_start, interval_end, strategy, known_at)
         select run_id, 'a', 'public.enumerations', now(), now(), 'adopted', now() from etl.run limit 1 returning load_id::text`,
      );
      await load.query(`select set_config('penstock.load_id', $1, true)`, [made?.load_id]);
      edit = pool.query(`update public.enumerations set label = 'edited' where value = 'x' returning label`);
      await untilSomebodyWaits();
      await load.query(`update public.enumerations set label = 'loaded', load_id = $1 where value = 'x'`, [
        made?.load_id,
      ]);
    });
    expect(await edit).toEqual([{ label: 'edited' }]);
    expect(await pool.query(`select label from history.enumerations order by closed_by_load_id`)).toEqual([
      { label: 'loaded' },
    ]);

    async function untilSomebodyWaits(): Promise<void> {
      for (;;) {
        const waiting = await pool.query(`select from pg_locks where locktype = 'advisory' and not granted
          and database = (select oid from pg_database where datname = current_database())`);
        if (waiting.length > 0) return;
      }
    }
  });
});
