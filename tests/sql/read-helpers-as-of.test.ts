/** series_as_of: what anybody may ask about the past, before the first load, between two and after, and what nobody may. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Database } from '../../core/effects.ts';
import { DEMAND_URL, demandFile, temporaryFolder, writeRecordings } from '../support/engine.ts';
import { freshDatabase, testServers } from '../support/postgres.ts';
import { hasShared, sharedFolder } from '../support/shared.ts';
import { asAnon, load, refusal } from './read-helpers-support.ts';

interface Hour {
  readonly hour: string;
  readonly ontario_demand_mw: number;
}

async function asOf<T>(
  db: Database,
  table: string,
  at: string,
  ...rest: readonly (string | number | null)[]
): Promise<T[]> {
  const values = [table, at, ...rest];
  const rows = await asAnon<{ row: T }>(
    db,
    `select s as row from public.series_as_of(${values.map((_, i) => `$${i + 1}`).join(', ')}) s`,
    values,
  );
  return rows.map(({ row }) => row);
}

/** The database's clock, which knowledge time is taken from. */
async function instant(db: Database): Promise<string> {
  await sleep(2);
  const [row] = await db.query<{ at: string }>(`select clock_timestamp()::text as at`);
  await sleep(2);
  return row?.at ?? '';
}

describe.each(testServers())('on $name', (server) => {
  test('a revision and a withdrawal are seen from the load that brought them', async () => {
    const { pool: db } = await freshDatabase(server);
    await using folder = await temporaryFolder();
    const issue = async (name: string, rows: Parameters<typeof demandFile>[1]): Promise<void> => {
      const recordings = await writeRecordings(join(folder.path, name), [
        { url: DEMAND_URL(2020), body: demandFile(2020, rows) },
      ]);
      await load(db, { recordings, ids: ['ieso-demand'], from: '2020-01-01', to: '2021-01-01' });
    };
    const before = await instant(db);
    await issue('first', [
      ['2020-01-01', 1, 16_000, 13_000],
      ['2020-01-01', 2, 16_100, 13_100],
      ['2020-01-01', 3, 16_200, 13_200],
    ]);
    const between = await instant(db);
    await issue('second', [
      ['2020-01-01', 1, 16_000, 13_000],
      ['2020-01-01', 2, 16_100, 13_555],
    ]);
    const after = await instant(db);
    const demand = async (at: string, ...rest: (string | number | null)[]): Promise<number[]> =>
      (await asOf<Hour>(db, 'ontario_hourly_demand', at, ...rest)).map(({ ontario_demand_mw }) => ontario_demand_mw);
    expect(await demand(before)).toEqual([]);
    expect(await demand(between)).toEqual([13_000, 13_100, 13_200]);
    expect(await demand(after)).toEqual([13_000, 13_555]);
    expect(await demand('infinity')).toEqual([13_000, 13_555]);
    expect(await demand('-infinity')).toEqual([]);
    // Half-open, and a limit that keeps the order of the key across both halves.
    expect(await demand(between, '2020-01-01T06:00Z', '2020-01-01T07:00Z')).toEqual([13_100]);
    expect(await demand(between, '2020-01-01T06:00Z', null)).toEqual([13_100, 13_200]);
    expect(await demand(between, null, '2020-01-01T06:00Z')).toEqual([13_000]);
    expect(await demand(between, null, null, 2)).toEqual([13_000, 13_100]);
    expect(await demand(between, '2020-01-01T06:00Z', '2020-01-01T06:00Z')).toEqual([]);
    const [row] = await asOf<object>(db, 'ontario_hourly_demand', after);
    expect(Object.keys(row ?? {}).sort()).toEqual([
      'created_at',
      'hour',
      'load_id',
      'market_demand_mw',
      'ontario_demand_mw',
    ]);
  });

  test('what is not a public table with history is PT404, also a table of etl and an injection; bad arguments are PT400', async () => {
    const { pool: db } = await freshDatabase(server);
    await db.query(`create table public.guarded (id int primary key, load_id bigint); create table history.guarded (id int, load_id bigint, closed_by_load_id bigint);
      alter table public.guarded enable row level security; grant select on public.guarded to anon;
      create policy guarded_some on public.guarded for select to anon using (id < 3)`);
    const names = [
      'nope',
      'etl.load',
      'load',
      'artifact',
      'history.ontario_prices',
      'public.ontario_prices',
      'ONTARIO_PRICES',
      '',
      'ontario_prices; drop table etl.load',
      `ontario_prices" v; drop table etl.load; --`,
      'latest_demand',
      'source_health',
      'llm_call_log',
      'guarded',
      'pg_authid',
      null,
    ];
    for (const name of names)
      expect(`${name}: ${await refusal(db, '* from public.series_as_of($1, now())', [name])}`).toBe(`${name}: PT404`);
    await db.query(
      'drop policy guarded_some on public.guarded; create policy guarded_all on public.guarded for select to anon using (true)',
    );
    expect(await refusal(db, `* from public.series_as_of('guarded', now())`)).toBe('not refused');
    await db.query('create policy guarded_never on public.guarded as restrictive for select to anon using (false)');
    expect(await refusal(db, `* from public.series_as_of('guarded', now())`)).toBe('PT404');

    for (const bad of [
      `null`,
      `now(), '2021-01-01', '2020-01-01'`,
      `now(), max_rows => 0`,
      `now(), max_rows => -1`,
      `now(), max_rows => 5001`,
      `now(), max_rows => null`,
    ])
      expect(`${bad}: ${await refusal(db, `* from public.series_as_of('ontario_prices', ${bad})`)}`).toBe(
        `${bad}: PT400`,
      );
    expect(await refusal(db, `* from public.series_as_of('data_sources', now(), '2020-01-01')`)).toBe('PT400');
    expect(await refusal(db, `* from public.series_as_of('data_sources', now())`)).toBe('not refused');
    expect(await refusal(db, `* from public.as_of(null::public.ontario_prices, now())`)).toBe('42501');
  });

  test('every public table with history can be asked, and a date counts as its midnight in UTC', async () => {
    const { pool: db } = await freshDatabase(server);
    const tables = await db.query<{ name: string }>(
      `select c.relname as name from pg_class c join pg_class h on h.relname = c.relname and h.relnamespace = 'history'::regnamespace and h.relkind = 'r'
       where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and has_table_privilege('anon', c.oid, 'select')`,
    );
    expect(tables.length).toBeGreaterThan(25);
    for (const { name } of tables)
      expect(`${name} ${await refusal(db, '* from public.series_as_of($1, now())', [name])}`).toBe(
        `${name} not refused`,
      );
    await db.query(`insert into etl.run (run_id, command, source, started_at, host, process_id, version) values ('r', 'test', 'adopted', now(), 'h', 1, '0');
      insert into etl.load (load_id, run_id, dataset, table_name, interval_start, interval_end, strategy, known_at) overriding system value
        values (1001, 'r', 'adopted', 'public.provincial_generation', '-infinity', 'infinity', 'adopted', '2020-01-01T00:00Z');
      insert into public.provincial_generation (period, date, province_code, province, producer, generation_type, source, load_id)
        select 'month', date, 'ON', 'Ontario', 'industries', 'solar', 'kaggle', 1001 from unnest(array['2022-10-01', '2022-11-01', '2022-12-01']::date[]) date`);
    const dates = async (from: string, to: string): Promise<string[]> =>
      (await asOf<{ date: string }>(db, 'provincial_generation', '2020-01-01T00:00Z', from, to)).map(
        ({ date }) => date,
      );
    expect(await dates('2022-11-01T00:00Z', '2022-12-01T00:00Z')).toEqual(['2022-11-01']);
    expect(await dates('2022-10-31T19:00-05:00', '2022-12-01T00:00:01Z')).toEqual(['2022-11-01', '2022-12-01']);
    expect(await dates('2022-11-01T00:00:01Z', '2022-12-01T00:00Z')).toEqual([]);
  });
});

describe.skipIf(!hasShared('recordings') || !hasShared('recordings-earlier'))(
  'on two real issues of the same files',
  () => {
    test('between them the public sees what the service sees with as_of, and what the earlier files hold', async () => {
      const { pool: db } = await freshDatabase();
      const both = { ids: ['ieso-demand', 'ieso-generation-by-fuel'], from: '2020-01-01', to: '2027-01-01' };
      const before = await instant(db);
      await load(db, { ...both, recordings: sharedFolder('recordings-earlier') });
      const between = await instant(db);
      await load(db, both);
      const after = await instant(db);
      const counts: number[] = [];
      for (const at of [before, between, after]) {
        for (const [table, from, to] of [
          ['ontario_hourly_demand', '2020-10-10T00:00Z', '2020-10-30T00:00Z'],
          ['ontario_generation_by_fuel', '2026-05-01T00:00Z', '2026-05-20T00:00Z'],
        ] as const) {
          const seen = await asOf<Record<string, unknown>>(db, table, at, from, to, 5_000);
          const own = await db.query<{ row: Record<string, unknown> }>(
            `select to_jsonb(v) as row from as_of(null::public.${table}, $1::timestamptz) v where hour >= $2 and hour < $3 order by hour${table.endsWith('fuel') ? ', fuel' : ''}`,
            [at, from, to],
          );
          expect(seen).toEqual(own.map(({ row }) => row));
          counts.push(seen.length);
        }
      }
      expect(counts.slice(0, 2)).toEqual([0, 0]);
      expect(counts[2]).toBeLessThan(counts[4] ?? 0);
      expect(counts[4]).toBe(20 * 24);
    });
  },
);
