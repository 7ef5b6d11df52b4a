/** Files and hand edits against a model: whatever comes in whatever order, what a person wrote stays, is reported, and as_of is exact. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DatasetReport } from '../../reports/model.ts';
import { temporaryFolder, testRun } from '../support/engine.ts';
import { localEngine, localPipeline, putReference } from '../support/local-dataset.ts';
import { freshDatabase, testServers } from '../support/postgres.ts';

const KEYS = ['a', 'b', 'c'] as const;
const key = fc.constantFrom(...KEYS);
const score = fc.nat({ max: 2 });
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('file' as const),
      rows: fc.dictionary(key, score, { minKeys: 1, noNullPrototype: true }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('same file' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('write' as const), key, score }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), key }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rename' as const), key, to: key }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** What the table must hold, in words: a row is the file's or a person's; a row of the file that a person deleted stays away. */
class Model {
  readonly rows = new Map<string, { score: number; byHand: boolean }>();
  readonly deleted = new Set<string>();
  readonly everOfFile = new Set<string>();
  file: Readonly<Record<string, number>> = {};

  load(file: Readonly<Record<string, number>>): { inserted: number; withdrawn: number; revised: number } {
    const counts = { inserted: 0, withdrawn: 0, revised: 0 };
    this.file = file;
    for (const [id, row] of this.rows) {
      if (id in file || row.byHand) continue;
      this.rows.delete(id);
      this.deleted.delete(id);
      counts.withdrawn += 1;
    }
    for (const [id, value] of Object.entries(file)) {
      const row = this.rows.get(id);
      if (row === undefined ? this.deleted.has(id) : row.byHand !== (row.score === value)) continue;
      if (row === undefined) counts.inserted += 1;
      else counts.revised += 1;
      this.rows.set(id, { score: value, byHand: false });
      this.everOfFile.add(id);
    }
    return counts;
  }

  write(id: string, value: number): void {
    if (this.rows.get(id)?.score !== value) this.rows.set(id, { score: value, byHand: true });
  }

  delete(id: string): void {
    if (this.rows.delete(id) && this.everOfFile.has(id)) this.deleted.add(id);
    else this.deleted.delete(id);
  }

  get kept(): string[] {
    const edited = [...this.rows].flatMap(([id, row]) => {
      if (!row.byHand) return [];
      if (!(id in this.file)) return [`added ${id}`];
      return row.score === this.file[id] ? [] : [`changed ${id}`];
    });
    const gone = Object.keys(this.file).filter((id) => !this.rows.has(id));
    return [...edited, ...gone.map((id) => `deleted ${id}`)].sort();
  }

  get values(): Record<string, number> {
    return Object.fromEntries([...this.rows].map(([id, row]) => [id, row.score]));
  }
}

describe.each(testServers())('on $name', (server) => {
  test('what a person wrote, added or deleted stays, and every past is known', async () => {
    const { pool } = await freshDatabase(server);
    await using folder = await temporaryFolder();
    const engine = await localEngine(pool, folder.path, [localPipeline()]);
    const tableAt = async (at: string | null): Promise<Record<string, number>> => {
      const from = at === null ? 'public.kinds' : 'as_of(null::public.kinds, $1)';
      const rows = await pool.query<{ id: string; score: number }>(
        `select id, score from ${from}`,
        at === null ? [] : [at],
      );
      const found = Object.fromEntries(rows.map(({ id, score: value }) => [id, value]));
      expect(Object.keys(found)).toHaveLength(rows.length);
      return found;
    };
    const seed = async (model: Model, file: Readonly<Record<string, number>>): Promise<void> => {
      const lines = Object.entries(file).map(([id, value]) => `${id},Name,${value}`);
      await putReference(folder.path, 'kinds.csv', ['id,name,score', ...lines, ''].join('\n'));
      const { report } = await testRun(engine, {});
      const [dataset] = report.datasets;
      const counts = model.load(file);
      expect(dataset?.rows, dataset?.verdict).toMatchObject(counts);
      expect(keptOf(dataset)).toEqual(model.kept);
      await rm(join(folder.path, 'work/reports'), { recursive: true, force: true });
      // The second time nothing is new, and the same is told.
      const again = await testRun(engine, {});
      expect(again.report.datasets[0]?.outcomes).toEqual({ unchanged: 1 });
      expect(keptOf(again.report.datasets[0])).toEqual(model.kept);
    };
    const edit = async (model: Model, one: Exclude<Step, { kind: 'file' | 'same file' }>): Promise<void> => {
      if (one.kind === 'write') {
        await pool.query(
          `insert into public.kinds (id, name, score) values ($1, 'Name', $2) on conflict (id) do update set score = excluded.score`,
          [one.key, one.score],
        );
        model.write(one.key, one.score);
      } else if (one.kind === 'delete') {
        await pool.query('delete from public.kinds where id = $1', [one.key]);
        if (model.rows.has(one.key)) model.delete(one.key);
      } else {
        const row = model.rows.get(one.key);
        if (row === undefined || model.rows.has(one.to)) return;
        await pool.query('update public.kinds set id = $2 where id = $1', [one.key, one.to]);
        model.delete(one.key);
        model.write(one.to, row.score);
      }
    };
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 9 }), async (steps) => {
        // The table itself refuses to be emptied so.
        await pool.query('alter table public.kinds disable trigger user');
        await pool.query(
          'truncate public.kinds, history.kinds, etl.interval, etl.load, etl.artifact, etl.quarantine, etl.check_result, etl.run cascade',
        );
        await pool.query('alter table public.kinds enable trigger user');
        const model = new Model();
        const snapshots: { at: string; values: Record<string, number> }[] = [];
        for (const one of steps) {
          if (one.kind === 'file') await seed(model, one.rows);
          else if (one.kind !== 'same file') await edit(model, one);
          else if (Object.keys(model.file).length > 0) await seed(model, model.file);
          expect(await tableAt(null)).toEqual(model.values);
          // As text: a Date has milliseconds, and an edit of the same one would be later than that.
          const [now] = await pool.query<{ at: string }>('select clock_timestamp()::text as at');
          snapshots.push({ at: now?.at ?? '', values: model.values });
        }
        for (const { at, values } of snapshots) expect(await tableAt(at)).toEqual(values);
      }),
      { numRuns: 12 },
    );
  });

  test('rows may exchange what is unique, and take it over from a row that is gone', async () => {
    const { pool } = await freshDatabase(server);
    await using folder = await temporaryFolder();
    const engine = await localEngine(pool, folder.path, [localPipeline()]);
    await pool.query('alter table public.kinds add constraint kinds_name_key unique (name) deferrable');
    const seed = async (...lines: string[]): Promise<unknown> => {
      await putReference(folder.path, 'kinds.csv', ['id,name,score', ...lines, ''].join('\n'));
      const { report } = await testRun(engine, {});
      return report.datasets[0]?.rows;
    };
    await seed('a,One,1', 'b,Two,1', 'c,Three,1', 'd,Four,1');
    const rows = await seed('a,Two,1', 'b,One,1', 'd,Three,1', 'e,Four,1');
    expect(rows).toMatchObject({ inserted: 1, revised: 3, withdrawn: 1, unchanged: 0 });
    expect(await pool.query('select id, name from public.kinds order by id')).toEqual([
      { id: 'a', name: 'Two' },
      { id: 'b', name: 'One' },
      { id: 'd', name: 'Three' },
      { id: 'e', name: 'Four' },
    ]);
  });
});

/** `changed a`, from the sentences of the report. */
function keptOf(dataset: DatasetReport | undefined): string[] {
  const check = dataset?.checks.find(({ name }) => name === 'kept(edits)');
  expect(check?.severity).toBe('info');
  expect(check?.failingRows).toBe(check?.samples.length);
  return (check?.samples ?? []).map(({ key: id, value }) => `${/\((\w+) by/.exec(value ?? '')?.[1]} ${id}`).sort();
}
