/** A dataset of several files: each is landed and recorded, any of them may change, and a replay reads them all from landing. */
import { createHash } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { csv, json } from '../../core/decode.ts';
import type { Pipeline } from '../../core/pipeline.ts';
import { lint } from '../../engine/lint.ts';
import type { Catalog } from '../../pipelines/index.ts';
import { openWorld, type World } from '../support/bad-input.ts';
import type { Recorded } from '../support/engine.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import { SMALL_URL, smallCatalog, smallFile, smallPipeline } from '../support/small-dataset.ts';

const FUELS_URL = 'https://grid.example.org/fuels.csv';
const SCALE_URL = 'https://grid.example.org/scale.json';
const SQL = `-- grain: one row per hour and fuel
-- reads: raw, raw_fuels, raw_scale
-- params: none
select raw._line, hour, name as fuel, cast(value as integer) * cast(factor as integer) as value
from raw left join raw_fuels on raw.fuel = raw_fuels.code cross join raw_scale`;

const WITH_INPUTS: Pipeline = smallPipeline({
  extract: {
    url: 'https://grid.example.org/small_{yyyy}.csv',
    decode: csv({ header: ['hour', 'fuel', 'value'] }),
    inputs: {
      fuels: { url: FUELS_URL, decode: csv({ header: ['code', 'name'] }) },
      scale: { url: SCALE_URL, decode: json({ rows: '', columns: { factor: 'factor' } }) },
    },
  },
});

const main = (value: number): Recorded => ({
  url: SMALL_URL(2020),
  body: smallFile([['2020-06-01T00:00Z', 'G', value]]),
});
const fuels = (name: string): Recorded => ({ url: FUELS_URL, body: `code,name\nG,${name}\n` });
const scale = (factor: number): Recorded => ({ url: SCALE_URL, body: JSON.stringify({ factor }) });
const sha256 = ({ body = '' }: Recorded): string => createHash('sha256').update(body).digest('hex');
const NAME = 'grid-small 2020';
const RANGE = { from: '2020-01-01', to: '2021-01-01' };

let db: FreshDatabase;
let world: World | undefined;
let catalog: Catalog;
beforeEach(async () => {
  await world?.[Symbol.asyncDispose]();
  await db?.drop();
  db = await freshDatabase();
  const { dataDir } = await openWorld(db.pool);
  catalog = await smallCatalog(db.pool, dataDir, [WITH_INPUTS], SQL);
  world = await openWorld(db.pool, catalog);
});
afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
  await rm(catalog.root, { recursive: true, force: true });
});

const run = (
  recorded: readonly Recorded[],
  request = {},
  pipelines?: readonly Pipeline[],
): ReturnType<World['run']> => {
  if (world === undefined) throw new Error('no world');
  return world.run(
    recorded,
    { ...RANGE, ...request },
    pipelines === undefined ? {} : { catalog: { ...catalog, pipelines } },
  );
};
const rows = (): Promise<unknown[]> => db.pool.query('select fuel, value from public.grid_small order by 1');
const loads = async (): Promise<number | undefined> =>
  (await db.pool.query<{ n: number }>('select count(*)::int as n from etl.load where load_id > 0'))[0]?.n;

describe('an interval of several files', () => {
  test('is loaded from all of them, and every file is on record', async () => {
    const files = [main(3), fuels('GAS'), scale(10)];
    const done = await run(files);
    expect(done.outcomes).toEqual({ [NAME]: 'loaded' });
    expect(await rows()).toEqual([{ fuel: 'GAS', value: 30 }]);
    expect(done.intervals[NAME]?.artifact?.parts).toEqual(
      files.map((file, i) => ({
        table: ['raw', 'raw_fuels', 'raw_scale'][i],
        url: file.url,
        sha256: sha256(file),
        bytes: String(file.body).length,
      })),
    );
    for (const file of files) expect(done.written.split(sha256(file)).length).toBeGreaterThan(3);
    const recorded = await db.pool.query<{ sha256: string }>('select sha256 from etl.artifact order by artifact_id');
    expect(recorded.map((row) => row.sha256).slice(0, 3)).toEqual(files.map(sha256));
    expect(recorded).toHaveLength(4);
    expect(await db.pool.query('select a.url from etl.load l join etl.artifact a using (artifact_id)')).toEqual([
      { url: SMALL_URL(2020) },
    ]);
  });

  test('is unchanged while none of them changes, and loads again when any does', async () => {
    await run([main(3), fuels('GAS'), scale(10)]);
    expect((await run([scale(10), main(3), fuels('GAS')])).outcomes).toEqual({ [NAME]: 'unchanged' });
    expect((await run([main(3), fuels('OIL'), scale(10)])).outcomes).toEqual({ [NAME]: 'loaded' });
    expect(await rows()).toEqual([{ fuel: 'OIL', value: 30 }]);
    expect((await run([main(3), fuels('OIL'), scale(7)])).outcomes).toEqual({ [NAME]: 'loaded' });
    expect((await run([main(4), fuels('OIL'), scale(7)])).outcomes).toEqual({ [NAME]: 'loaded' });
    expect(await rows()).toEqual([{ fuel: 'OIL', value: 28 }]);
    expect(await loads()).toBe(4);
  });

  test('asks for each with its own validators', async () => {
    const tagged = (recorded: Recorded, etag: string): Recorded => ({ ...recorded, headers: { etag } });
    await run([tagged(main(3), '"m"'), tagged(fuels('GAS'), '"f"'), tagged(scale(10), '"s"')]);
    // The bodies differ and the tags do not: whoever asks with the right tag is not sent them.
    const same = await run([tagged(main(9), '"m"'), tagged(fuels('X'), '"f"'), tagged(scale(9), '"s"')]);
    expect(same.outcomes).toEqual({ [NAME]: 'unchanged' });
    const one = await run([tagged(main(9), '"m"'), tagged(fuels('OIL'), '"f2"'), tagged(scale(9), '"s"')]);
    expect(one.outcomes).toEqual({ [NAME]: 'loaded' });
    expect(await rows()).toEqual([{ fuel: 'OIL', value: 30 }]);
  });

  test('is replayed from landing, without the publisher', async () => {
    await run([main(3), fuels('GAS'), scale(10)]);
    await writeFile(join(catalog.root, WITH_INPUTS.transform), SQL.replace('name as fuel', "name || '!' as fuel"));
    expect((await run([], { from: undefined, to: undefined })).outcomes[NAME]).toBe('loaded');
    expect(await rows()).toEqual([{ fuel: 'GAS!', value: 30 }]);
  });

  test('whose input is gone from landing is not replayed', async () => {
    await run([main(3), fuels('GAS'), scale(10)]);
    const hash = sha256(fuels('GAS'));
    await rm(join(world?.dataDir ?? '', 'landing', hash.slice(0, 2), hash));
    const done = await run([], { from: undefined, to: undefined, mode: 'replay' });
    expect(done.intervals[NAME]?.error).toMatchObject({
      code: 'NOTHING_LANDED',
      what: expect.stringContaining('raw_fuels'),
    });
  });

  test.each(['fuels', 'scale'])('of which %s is not recorded is not recorded', async (missing) => {
    const files = [main(3), fuels('GAS'), scale(10)].filter(({ url }) => !url.includes(missing));
    const done = await run(files);
    expect(done.outcomes).toEqual({ [NAME]: 'not recorded' });
    expect(await db.pool.query('select * from etl.interval')).toEqual([]);
  });

  test('of which one is not found fails, and says which', async () => {
    const done = await run([main(3), { url: FUELS_URL, status: 404 }, scale(10)]);
    expect(done.intervals[NAME]?.error).toMatchObject({ code: 'HTTP_NOT_FOUND', where: FUELS_URL });
  });

  test('of which one has another format fails, and says which', async () => {
    const done = await run([main(3), { url: FUELS_URL, body: 'code,title\nG,GAS\n' }, scale(10)]);
    expect(done.intervals[NAME]?.error).toMatchObject({ code: 'FORMAT_HEADER_CHANGED' });
    expect(JSON.stringify(done.intervals[NAME]?.error)).toContain(FUELS_URL);
  });
});

describe('a definition', () => {
  test('that gets a further input asks for it, and one that loses its inputs needs no more than landing has', async () => {
    const { inputs: _, ...alone } = WITH_INPUTS.extract;
    const without = { ...WITH_INPUTS, extract: alone };
    const sql = join(catalog.root, WITH_INPUTS.transform);
    await writeFile(sql, 'select _line, hour, fuel, value from raw');
    await run([main(3)], {}, [without]);
    expect(await rows()).toEqual([{ fuel: 'G', value: 3 }]);
    await writeFile(sql, SQL);
    const due = { from: undefined, to: undefined };
    expect((await run([main(3), fuels('GAS'), scale(10)], due)).outcomes[NAME]).toBe('loaded');
    expect(await rows()).toEqual([{ fuel: 'GAS', value: 30 }]);
    await writeFile(sql, 'select _line, hour, fuel, value from raw');
    expect((await run([], due, [without])).outcomes[NAME]).toBe('loaded');
    expect(await rows()).toEqual([{ fuel: 'G', value: 3 }]);
  });

  test('is linted with the raw tables of its inputs', async () => {
    const message = await lint(catalog).then(
      () => '',
      (error: unknown) => String(error),
    );
    expect(message).not.toContain('raw_fuels');
    await writeFile(join(catalog.root, WITH_INPUTS.transform), SQL.replaceAll('raw_scale', 'raw_scales'));
    await expect(lint(catalog)).rejects.toThrow('raw_scales');
  });
});
