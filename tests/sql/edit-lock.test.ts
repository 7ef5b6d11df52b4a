/** An edit by hand while a load runs: it waits for the load, loses nothing of it and is not lost itself. And what an edit refuses. */
import { describe, expect, test } from 'vitest';
import { jsonb, table, text } from '../../core/contract.ts';
import type { Pool } from '../../loaders/postgres/database.ts';
import { createTableSql } from '../../sql/ddl.ts';
import { temporaryFolder, testRun } from '../support/engine.ts';
import { localEngine, localPipeline, putReference } from '../support/local-dataset.ts';
import { freshDatabase, testServers } from '../support/postgres.ts';

const VERSIONS = `select v.id, v.name, v.score, l.strategy, c.strategy as closed_by
  from (select id, name, score, load_id, null::bigint as closed_by_load_id from public.kinds
        union all select id, name, score, load_id, closed_by_load_id from history.kinds) v
  join etl.load l using (load_id) left join etl.load c on c.load_id = v.closed_by_load_id order by v.id, l.known_at`;
const BY_HAND = { id: 'a', name: 'by hand', score: 2 };

describe.each(testServers())('on $name', (server) => {
  test.each([
    ['an update', 'mid copy', `update public.kinds set name = 'by hand' where id = 'a'`, BY_HAND],
    ['an update', 'before commit', `update public.kinds set name = 'by hand' where id = 'a'`, BY_HAND],
    ['a delete', 'before commit', `delete from public.kinds where id = 'a'`, null],
    [
      'an upsert',
      'before commit',
      `insert into public.kinds (id, name, score) values ('a', 'by hand', 9) on conflict (id) do update set name = excluded.name`,
      BY_HAND,
    ],
  ])(
    '%s that comes while a load is at "%s" waits, and is made to what the load wrote',
    async (_, at, statement, now) => {
      const { pool } = await freshDatabase(server);
      await using folder = await temporaryFolder();
      const engine = await localEngine(pool, folder.path, [localPipeline()]);
      let edit: Promise<unknown> | undefined;
      const seed = async (body: string, reached: (point: string) => Promise<void>): Promise<Record<string, number>> => {
        await putReference(folder.path, 'kinds.csv', `id,name,score\n${body}`);
        const { report } = await testRun({ ...engine, reached }, {});
        const rows = report.datasets[0]?.rows;
        return { inserted: rows?.inserted ?? NaN, revised: rows?.revised ?? NaN, unchanged: rows?.unchanged ?? NaN };
      };
      expect(await seed('a,From the file,1\nb,Another,1\n', async () => {})).toEqual({
        inserted: 2,
        revised: 0,
        unchanged: 0,
      });
      const first = await latestLoad(pool);
      const counts = await seed('a,From the file,2\nb,Another,1\nc,New,1\n', async (point) => {
        if (point !== at) return;
        edit = pool.query(statement);
        await untilSomebodyWaits(pool);
      });
      expect(counts).toEqual({ inserted: 1, revised: 1, unchanged: 1 });
      const second = await latestLoad(pool);
      expect(edit).toBeDefined();
      await edit;

      expect(await pool.query(VERSIONS)).toEqual([
        { id: 'a', name: 'From the file', score: 1, strategy: 'merge', closed_by: 'merge' },
        { id: 'a', name: 'From the file', score: 2, strategy: 'merge', closed_by: 'edit' },
        ...(now === null ? [] : [{ ...now, strategy: 'edit', closed_by: null }]),
        { id: 'b', name: 'Another', score: 1, strategy: 'merge', closed_by: null },
        { id: 'c', name: 'New', score: 1, strategy: 'merge', closed_by: null },
      ]);
      const asOf = (instant: string): Promise<unknown> =>
        pool.query(`select id, name, score from as_of(null::public.kinds, $1) where id = 'a'`, [instant]);
      expect(await asOf(first)).toEqual([{ id: 'a', name: 'From the file', score: 1 }]);
      expect(await asOf(second)).toEqual([{ id: 'a', name: 'From the file', score: 2 }]);
      expect(await asOf('infinity')).toEqual(now === null ? [] : [now]);
    },
  );

  test('the null of jsonb is a value: a row that has it can be edited, and to write it is an edit', async () => {
    const { pool } = await freshDatabase(server);
    const contract = table(
      'public.documents',
      {
        id: text({ key: true, doc: 'Id.' }),
        needed: jsonb({ required: true, doc: 'A document.' }),
        free: jsonb({ doc: 'Another.' }),
      },
      { edits: 'kept' },
    );
    await pool.query(createTableSql(contract, { title: 'Documents' }));
    await pool.query(`insert into public.documents (id, needed, free) values ('a', 'null', null)`);
    await pool.query(`update public.documents set free = 'null'`);
    await pool.query(`update public.documents set free = 'null', load_id = 0`);
    await pool.query(`delete from public.documents`);
    expect(
      await pool.query(
        'select needed::text, free::text from history.documents join etl.load using (load_id) order by load_id',
      ),
    ).toEqual([
      { needed: 'null', free: null },
      { needed: 'null', free: 'null' },
    ]);
  });

  test('an edit whose earlier version history cannot keep whole is refused, and so is truncate', async () => {
    const { pool } = await freshDatabase(server);
    await pool.query(
      `insert into public.enumerations (enumeration, value, label, position) values ('a.b', 'x', 'X', 1)`,
    );
    await expect(pool.query('truncate public.enumerations')).rejects.toThrow(
      /public\.enumerations keeps what people edit, and truncate would leave nothing of it in history/,
    );
    await pool.query(`alter table public.enumerations add column note text, add column "Other" text`);
    await expect(pool.query(`update public.enumerations set label = 'Y'`)).rejects.toThrow(
      /public\.enumerations has columns that history\.enumerations lacks: note, "Other"/,
    );
    await pool.query(`alter table history.enumerations add column "Other" text, add column note text`);
    await pool.query(`update public.enumerations set note = 'N'`);
    await pool.query(`update public.enumerations set note = null`);
    expect(await pool.query(`select label, note, "Other" from history.enumerations order by load_id`)).toEqual([
      { label: 'X', note: null, Other: null },
      { label: 'X', note: 'N', Other: null },
    ]);
  });
});

async function latestLoad(pool: Pool): Promise<string> {
  const [row] = await pool.query<{ at: string }>(
    `select max(known_at)::text as at from etl.load where strategy = 'merge'`,
  );
  return row?.at ?? '';
}

async function untilSomebodyWaits(pool: Pool): Promise<void> {
  for (;;) {
    const waiting = await pool.query(`select from pg_locks where locktype = 'advisory' and not granted
      and database = (select oid from pg_database where datname = current_database())`);
    if (waiting.length > 0) return;
  }
}
