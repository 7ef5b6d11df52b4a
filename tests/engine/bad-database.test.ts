/** Tables, SQL files and checks that go wrong, end to end: the interval fails or is blocked, the other datasets go on. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Check, range, sql } from '../../core/check.ts';
import type { Pipeline } from '../../core/pipeline.ts';
import { type Catalog, loadCatalog } from '../../pipelines/index.ts';
import {
  type Answered,
  contentOf,
  expectHelpful,
  expectNothingLeft,
  healthOf,
  ledgerOf,
  openWorld,
  quarantineOf,
  type World,
} from '../support/bad-input.ts';
import { DEMAND_URL, demandFile } from '../support/engine.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';

const HOEP_URL = 'https://reports-public.ieso.ca/public/PriceHOEPPredispOR/PUB_PriceHOEPPredispOR_2024.csv';
const hoep = {
  url: HOEP_URL,
  body: 'Date,Hour,HOEP,Hour 1 Predispatch,Hour 2 Predispatch,Hour 3 Predispatch,OR 10 Min Sync,OR 10 Min non-sync,OR 30 Min\n2024-01-01,1,20,20,20,20,,,\n',
};
const demand = {
  url: DEMAND_URL(2024),
  body: demandFile(2024, [
    ['2024-01-01', 1, 16_000, 14_000],
    ['2024-01-01', 2, 15_000, 14_500],
  ]),
};
const newer = {
  url: DEMAND_URL(2024),
  body: demandFile(2024, [
    ['2024-01-01', 1, 16_000, 14_001],
    ['2024-01-01', 2, 15_000, 14_500],
    ['2024-01-01', 3, 'oops', 1],
  ]),
};
const REQUEST = { ids: ['ieso-demand', 'ieso-hoep'], from: '2024-01-01', to: '2025-01-01' };

let root: string;
let catalog: Catalog;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'penstock-sql-'));
  catalog = await loadCatalog();
  const files = catalog.pipelines.flatMap(({ transform, checks }) => [
    transform,
    ...checks.flatMap((check) => (check.kind === 'sql' ? check.file : [])),
  ]);
  for (const file of files) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), await readFile(join(catalog.root, file)));
  }
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** The shipped definitions with parts of ieso-demand replaced; SQL files are found in this test's folder. */
async function catalogWith(change: Partial<Pipeline>, files: Readonly<Record<string, string>> = {}): Promise<Catalog> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return {
    ...catalog,
    root,
    pipelines: catalog.pipelines.map((pipeline) =>
      pipeline.id === 'ieso-demand' ? { ...pipeline, ...change } : pipeline,
    ),
  };
}

function expectFailed({ report, intervals, outcomes }: Answered, code: string, says: RegExp): void {
  const error = intervals['ieso-demand 2024']?.error;
  expect(error?.code, JSON.stringify(error)).toBe(code);
  expectHelpful(error);
  expect(`${error?.what} ${error?.where} ${error?.next}`).toMatch(says);
  expect(outcomes['ieso-hoep 2024']).toMatch(/loaded|unchanged/);
  expect(report.exitCode).toBe(2);
}

describe('a database that is not as expected', () => {
  const tables: { name: string; sql: string; code: string; says: RegExp }[] = [
    {
      name: 'a column is missing',
      sql: 'alter table ontario_hourly_demand drop column market_demand_mw',
      code: 'DATABASE_CONTRACT_DIFFERS',
      says: /market_demand_mw/,
    },
    {
      name: 'a column has another type',
      sql: 'alter table ontario_hourly_demand alter column market_demand_mw type integer',
      code: 'DATABASE_CONTRACT_DIFFERS',
      says: /market_demand_mw.*integer/,
    },
    {
      name: 'the history is missing',
      sql: 'drop table history.ontario_hourly_demand',
      code: 'DATABASE_CONTRACT_DIFFERS',
      says: /history\.ontario_hourly_demand/,
    },
    {
      name: 'the key is gone',
      sql: 'alter table ontario_hourly_demand drop constraint ontario_hourly_demand_pkey',
      code: 'DATABASE_CONTRACT_DIFFERS',
      says: /key/,
    },
    {
      name: 'the table is gone',
      sql: 'drop table ontario_hourly_demand cascade',
      code: 'DATABASE_CONTRACT_DIFFERS',
      says: /does not exist/,
    },
    {
      name: 'a constraint refuses rows',
      sql: 'alter table ontario_hourly_demand add constraint tight check (ontario_demand_mw < 14500)',
      code: 'COPY_REFUSED',
      says: /tight/,
    },
    {
      name: 'a trigger drops rows',
      sql: `create function drop_row() returns trigger language plpgsql as 'begin return null; end'; create trigger drop_rows before insert on ontario_hourly_demand for each row execute function drop_row()`,
      code: 'DATABASE_CONTRACT_DIFFERS',
      says: /trigger drop_rows .* before insert/,
    },
    {
      name: 'a statement is refused',
      sql: `create function no() returns trigger language plpgsql as 'begin raise insufficient_privilege; end'; create trigger no before insert on etl.load for each row when (new.dataset = 'ieso-demand') execute function no()`,
      code: 'DATABASE_NOT_ALLOWED',
      says: /42501/,
    },
  ];
  test.each(tables)('$name: $code', async ({ sql: statement, code, says }) => {
    const { pool } = await freshDatabase();
    await pool.query(statement);
    await using world = await openWorld(pool);
    expectFailed(await world.run([demand, hoep], REQUEST), code, says);
    expect(await ledgerOf(pool, 'ieso-demand', '2024')).toEqual({ status: 'failed', code });
    expect((await healthOf(pool, 'ieso/ieso-demand'))?.notes).toContain(code);
    expect((await healthOf(pool, 'ieso/ieso-hoep'))?.status).toBe('healthy');
    await expectNothingLeft(pool);
  });
});

describe('SQL files and checks', () => {
  let world: World;
  let database: FreshDatabase;
  let before: unknown[];
  beforeAll(async () => {
    database = await freshDatabase();
    world = await openWorld(database.pool, await catalogWith({}));
    await world.run([demand, hoep], REQUEST);
    before = await contentOf(database.pool, 'ontario_hourly_demand');
    expect(before).toHaveLength(2);
  });
  afterAll(() => world[Symbol.asyncDispose]());

  const runWith = async (
    change: Partial<Pipeline>,
    files: Readonly<Record<string, string>> = {},
    answer = newer,
  ): Promise<Answered> => {
    const changed = await catalogWith(change, files);
    return world.run([answer, hoep], REQUEST, { catalog: changed });
  };

  const CHECK = 'transforms/checks/mine.sql';
  const check = (severity: Check['severity']): Partial<Pipeline> => ({
    checks: [sql(CHECK, { doc: 'demand is even', severity })],
  });
  const transforms: {
    name: string;
    change: Partial<Pipeline>;
    files: Record<string, string>;
    code: string;
    says: RegExp;
  }[] = [
    {
      name: 'a typing error',
      change: { transform: 'transforms/typo.sql' },
      files: { 'transforms/typo.sql': 'selekt 1' },
      code: 'TRANSFORM_FAILED',
      says: /selekt.*typo\.sql/s,
    },
    {
      name: 'an unknown column',
      change: { transform: 'transforms/column.sql' },
      files: { 'transforms/column.sql': 'select _line, "Nope" as hour from raw' },
      code: 'TRANSFORM_FAILED',
      says: /Nope/,
    },
    {
      name: 'a column too few',
      change: { transform: 'transforms/few.sql' },
      files: { 'transforms/few.sql': `select _line, ieso_hour_start("Date", "Hour") as hour from raw` },
      code: 'TRANSFORM_COLUMNS',
      says: /market_demand_mw/,
    },
    {
      name: 'a cast that breaks on one row',
      change: { transform: 'transforms/cast.sql' },
      files: {
        'transforms/cast.sql': `select _line, ieso_hour_start("Date", "Hour") as hour, "Market Demand"::double as market_demand_mw, "Ontario Demand" as ontario_demand_mw from raw`,
      },
      code: 'TRANSFORM_FAILED',
      says: /oops.*cast\.sql/s,
    },
    {
      name: 'a way to other files',
      change: { transform: 'transforms/files.sql' },
      files: {
        'transforms/files.sql': `select 1 as _line, content as hour, 1.0 as market_demand_mw, 1.0 as ontario_demand_mw from read_text('/etc/passwd')`,
      },
      code: 'TRANSFORM_FAILED',
      says: /Permission/i,
    },
    {
      name: 'two statements',
      change: { transform: 'transforms/two.sql' },
      files: { 'transforms/two.sql': 'select _line from raw; drop table raw' },
      code: 'TRANSFORM_FAILED',
      says: /two\.sql/,
    },
    {
      name: 'a check with a typing error',
      change: check('warn'),
      files: { [CHECK]: 'selekt' },
      code: 'CHECK_SQL_FAILED',
      says: /checks\/mine\.sql/,
    },
    {
      name: 'a rejecting check with an unknown column',
      change: check('reject'),
      files: { [CHECK]: 'select _line, nope as value, 1 as expectation from typed' },
      code: 'CHECK_SQL_FAILED',
      says: /nope.*checks\/mine\.sql/s,
    },
  ];
  test.each(transforms)('$name: $code', async ({ change, files, code, says }) => {
    expectFailed(await runWith(change, files), code, says);
    expect(await contentOf(database.pool, 'ontario_hourly_demand')).toEqual(before);
    expect(await ledgerOf(database.pool, 'ieso-demand', '2024')).toEqual({ status: 'failed', code });
    await expectNothingLeft(database.pool);
  });

  test('a file that is missing stops before anything is asked', async () => {
    await expect(runWith({ transform: 'transforms/not_there.sql' })).rejects.toMatchObject({
      code: 'SQL_FILE_MISSING',
      kind: 'definition',
    });
  });

  test('a sql check rejects, warns and blocks as its severity says', async () => {
    const files = {
      [CHECK]: `select _line, ontario_demand_mw as value, 'an even number' as expectation from typed where ontario_demand_mw % 2 = 1`,
    };
    const blocked = await runWith(check('block'), files);
    expect(blocked.outcomes['ieso-demand 2024']).toBe('blocked');
    expect(blocked.report.exitCode).toBe(3);
    const error = blocked.intervals['ieso-demand 2024']?.error;
    expectHelpful(error);
    expect(error).toMatchObject({
      code: 'CHECK_BLOCKED',
      kind: 'check',
      what: expect.stringContaining('demand is even'),
    });
    expect(blocked.outcomes['ieso-hoep 2024']).toBe('unchanged');
    expect(await contentOf(database.pool, 'ontario_hourly_demand')).toEqual(before);
    expect(await ledgerOf(database.pool, 'ieso-demand', '2024')).toEqual({ status: 'blocked', code: 'CHECK_BLOCKED' });
    expect((await quarantineOf(database.pool, 'ieso-demand', '2024')).map(({ raw }) => raw)).toEqual([
      '2024-01-01,3,oops,1',
    ]);
    const results = await database.pool.query(
      `select result, failing_rows::int as n, load_id, samples -> 0 ->> 'value' as value from etl.check_result where check_name = $1`,
      [`sql(${CHECK})`],
    );
    expect(results).toEqual([{ result: 'found', n: 1, load_id: null, value: '14001.0' }]);
    expect((await healthOf(database.pool, 'ieso/ieso-demand'))?.notes).toContain('CHECK_BLOCKED');

    // What was blocked is what a replay reads once the check is mended, not what was loaded before it.
    const mended = await catalogWith({ checks: [range('ontario_demand_mw', 0, 30_000, { severity: 'block' })] });
    const replayed = await world.run([], { ids: ['ieso-demand'], mode: 'replay' }, { catalog: mended });
    expect(replayed.intervals['ieso-demand 2024']).toMatchObject({
      outcome: 'loaded',
      rows: { read: 3, revised: 1, rejected: 1, unchanged: 1 },
    });
    expect(replayed.report.exitCode).toBe(0);

    const rejected = await runWith(check('reject'), files);
    expect(rejected.intervals['ieso-demand 2024']).toMatchObject({
      outcome: 'loaded',
      rows: { rejected: 2, unchanged: 1, withdrawn: 0 },
    });
    expect(
      (await quarantineOf(database.pool, 'ieso-demand', '2024')).map(({ line, reason }) => `${line} ${reason}`),
    ).toEqual([expect.stringMatching(/^5 .*mine\.sql.*14001.*an even number/), expect.stringMatching(/^7 .*oops/)]);
  });
});
