/** Loads random sequences of files and compares table and history after each with a model of ten lines. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect } from 'vitest';
import type { Pool } from '../../loaders/postgres/database.ts';
import { temporaryFolder, testEngine, testRun, writeRecordings } from './engine.ts';
import { SMALL_URL, smallCatalog, smallFile, smallPipeline } from './small-dataset.ts';

const row = fc.record({
  hour: fc.nat({ max: 3 }),
  fuel: fc.constantFrom('GAS', 'WIND'),
  value: fc.option(fc.nat({ max: 2 })),
  readable: fc.nat({ max: 9 }).map((n) => n > 0),
});
const file = fc
  .record({
    year: fc.constantFrom(2020, 2021),
    /** Whether the definition says that files are complete. */
    complete: fc.boolean(),
    rows: fc.uniqueArray(row, { selector: ({ hour, fuel }) => `${hour} ${fuel}`, maxLength: 8 }),
    /** One more row whose hour nobody can read. */
    keyless: fc.nat({ max: 9 }).map((n) => n === 0),
  })
  .filter(({ rows }) => rows.some(({ readable }) => readable));
type File = typeof file extends fc.Arbitrary<infer T> ? T : never;
type Model = Map<string, number | null>;

function keyOf(year: number, { hour, fuel }: { readonly hour: number; readonly fuel: string }): string {
  return `${year}-06-01T0${hour}:00:00Z ${fuel}`;
}

/** What the table must hold after a file. */
function next(model: Model, { year, complete, rows, keyless }: File): Model {
  const after = new Map(model);
  if (complete && !keyless) {
    const named = new Set(rows.map((one) => keyOf(year, one)));
    for (const key of model.keys()) if (key.startsWith(String(year)) && !named.has(key)) after.delete(key);
  }
  for (const one of rows) if (one.readable) after.set(keyOf(year, one), one.value);
  return after;
}

function bytesOf({ year, rows, keyless }: File): string {
  const lines = rows.map((one): [string, string, string | number | null] => [
    keyOf(year, one).split(' ')[0] ?? '',
    one.fuel,
    one.readable ? one.value : 'n/a',
  ]);
  return smallFile(keyless ? [...lines, ['soon', 'GAS', 1]] : lines);
}

export async function checkHistory(pool: Pool, numRuns: number, seed?: number): Promise<void> {
  await using folder = await temporaryFolder();
  const definitions = [true, false].map((complete) => ({
    ...smallPipeline(),
    extract: { ...smallPipeline().extract, complete },
  }));
  const catalog = await smallCatalog(pool, folder.path, definitions.slice(0, 1));
  const tableAt = async (at: Date | null): Promise<Model> => {
    const from = at === null ? 'public.grid_small' : 'as_of(null::public.grid_small, $1)';
    const rows = await pool.query<{ hour: Date; fuel: string; value: number | null }>(
      `select hour, fuel, value from ${from} order by hour, fuel`,
      at === null ? [] : [at],
    );
    const model: Model = new Map(
      rows.map(({ hour, fuel, value }) => [`${hour.toISOString().replace('.000Z', 'Z')} ${fuel}`, value]),
    );
    expect(model.size).toBe(rows.length);
    return model;
  };
  const sorted = (model: Model): [string, number | null][] => [...model].sort(([a], [b]) => (a < b ? -1 : 1));
  await fc.assert(
    fc.asyncProperty(fc.array(file, { minLength: 2, maxLength: 5 }), async (files) => {
      await pool.query(
        'truncate public.grid_small, history.grid_small, etl.interval, etl.load, etl.artifact, etl.quarantine, etl.check_result, etl.run cascade',
      );
      let model: Model = new Map();
      const snapshots: { at: Date; model: Model }[] = [];
      for (const [i, one] of files.entries()) {
        const recordings = await writeRecordings(join(folder.path, `issue-${i}`), [
          { url: SMALL_URL(one.year), body: bytesOf(one) },
        ]);
        const chosen = { ...catalog, pipelines: [definitions[one.complete ? 0 : 1] ?? smallPipeline()] };
        const engine = await testEngine({
          pool,
          recordings,
          dataDir: folder.path,
          catalog: chosen,
          now: '2022-06-01T00:00Z',
        });
        const { report } = await testRun(engine, { from: `${one.year}-01-01`, to: `${one.year + 1}-01-01` });
        const interval = report.datasets[0]?.intervals[0];
        expect(['loaded', 'unchanged'], JSON.stringify(interval?.error)).toContain(interval?.outcome);
        const before = model;
        model = next(model, one);
        expect(sorted(await tableAt(null))).toEqual(sorted(model));
        const changed = [...model].filter(([key, value]) => before.has(key) && before.get(key) !== value).length;
        const withdrawn = [...before.keys()].filter((key) => !model.has(key)).length;
        expect(interval?.rows).toMatchObject({
          inserted: [...model.keys()].filter((key) => !before.has(key)).length,
          revised: changed,
          withdrawn,
        });
        const [now] = await pool.query<{ at: Date }>('select clock_timestamp() as at');
        snapshots.push({ at: now?.at ?? new Date(0), model });
      }
      for (const snapshot of snapshots) expect(sorted(await tableAt(snapshot.at))).toEqual(sorted(snapshot.model));
      await rm(join(folder.path, 'reports'), { recursive: true, force: true });
    }),
    { numRuns, ...(seed === undefined ? {} : { seed }) },
  );
}
