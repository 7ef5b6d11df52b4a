/** Lint: what is wrong with a definition's SQL is found without a database and without a file of the publisher. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { complete, sql } from '../../core/check.ts';
import { instant, mw, table } from '../../core/contract.ts';
import { csv } from '../../core/decode.ts';
import { yearly } from '../../core/partitions.ts';
import { definePipeline, type Pipeline, type Publisher } from '../../core/pipeline.ts';
import { lint } from '../../engine/lint.ts';
import { type Catalog, loadCatalog } from '../../pipelines/index.ts';
import { createTableSql } from '../../sql/ddl.ts';

const root = mkdtempSync(join(tmpdir(), 'penstock-lint-test-'));
afterAll(() => rmSync(root, { recursive: true }));

const HEADER = '-- grain: one row per hour\n-- reads: raw\n-- params: none\n';
const GOOD = `${HEADER}select _line, "Hour" as hour, "Flow" as flow_mw from raw\n`;
const pipeline = definePipeline({
  id: 'hydro-flow',
  title: 'Flow',
  publisher: 'hydro',
  licence: { name: 'Open', attribution: 'Hydro' },
  partitions: yearly({ from: 2020, zone: 'UTC' }),
  extract: { url: 'https://data.example.org/{yyyy}.csv', decode: csv({ header: ['Hour', 'Flow'] }) },
  publishes: { every: 'P1D', delay: 'P1D', staleAfter: 'P2D', schedule: '0 8 * * *', zone: 'UTC' },
  transform: 'transforms/hydro/flow.sql',
  table: table('public.flow', { hour: instant({ key: true, doc: 'Start.' }), flow_mw: mw({ doc: 'Flow.' }) }),
  checks: [complete('hour', 'PT1H')],
});

/** A project with this definition, everything else in place, and these SQL files. */
function project(definition: Pipeline, files: Readonly<Record<string, string>>): Catalog {
  const all = {
    'sql/migrations/20260101000000_flow.sql': createTableSql(definition.table, { title: 'Flow' }),
    'sql/access.csv':
      'table,role,verbs\npublic.flow,anon,select\npublic.flow,authenticated,select\npublic.flow,service_role,select\n',
    ...files,
  };
  const folder = mkdtempSync(join(root, 'project-'));
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const hydro: Publisher = {
    id: 'hydro',
    title: 'Hydro',
    hosts: ['data.example.org'],
    pace: { perSecond: 1, concurrent: 1 },
  };
  return {
    pipelines: [definition],
    publishers: new Map([['hydro', hydro]]),
    root: folder,
    files: new Map([['hydro-flow', 'hydro/flow.ts']]),
  };
}

test('the definitions that ship have no faults', async () => {
  const catalog = await loadCatalog();
  const files = catalog.pipelines.flatMap(({ transform, checks }) => [
    transform,
    ...checks.flatMap((check) => (check.kind === 'sql' ? [check.file] : [])),
  ]);
  expect(await lint(catalog)).toEqual({ definitions: catalog.pipelines.length, sqlFiles: new Set(files).size });
});

test('a definition with everything in place has no faults', async () => {
  expect(await lint(project(pipeline, { 'transforms/hydro/flow.sql': GOOD }))).toEqual({ definitions: 1, sqlFiles: 1 });
});

test.each<[string, string, RegExp]>([
  ['two statements', `${GOOD}; drop table raw`, /has 2 statements/],
  ['no select', `${HEADER}create table x as select 1`, /is no select/],
  ['nothing at all', HEADER, /has no statement/],
  ['SQL that does not parse', `${HEADER}selec 1`, /syntax error/],
  [
    'no header',
    GOOD.slice(HEADER.length),
    /no line "-- grain: …"[\s\S]*no line "-- reads: …"[\s\S]*no line "-- params: …"/,
  ],
  [
    'columns that are not those of the contract',
    `${HEADER}select _line, "Hour" as hour, 1 as more from raw`,
    /lacks flow_mw; has more/,
  ],
  [
    'a column that the publisher does not give',
    `${HEADER}select _line, "Hour" as hour, "Flo" as flow_mw from raw`,
    /"Flo"|Flo/,
  ],
  [
    'a local time without a zone',
    `${HEADER}select _line, "Hour"::timestamp as hour, "Flow" as flow_mw from raw`,
    /gives hour without a zone/,
  ],
])('the SQL file has %s', async (_name, text, says) => {
  await expect(lint(project(pipeline, { 'transforms/hydro/flow.sql': text }))).rejects.toMatchObject({
    code: 'LINT_FAILED',
    what: expect.stringMatching(says),
  });
});

test.each<[string, Pipeline, Readonly<Record<string, string>>, RegExp]>([
  ['no SQL file', pipeline, {}, /there is no SQL file transforms\/hydro\/flow\.sql/],
  [
    'a cron expression that is none',
    { ...pipeline, publishes: { ...pipeline.publishes, schedule: '0 25 * * *' } },
    { 'transforms/hydro/flow.sql': GOOD },
    /0 25 \* \* \* is not a cron expression/,
  ],
  [
    'no access rows',
    pipeline,
    { 'transforms/hydro/flow.sql': GOOD, 'sql/access.csv': 'table,role,verbs\n' },
    /sql\/access\.csv has no row for public\.flow/,
  ],
  [
    'no migration',
    pipeline,
    { 'transforms/hydro/flow.sql': GOOD, 'sql/migrations/20260101000000_flow.sql': 'select 1;' },
    /create table if not exists public\.flow/,
  ],
  [
    'a check whose SQL does not fit',
    { ...pipeline, checks: [sql('transforms/checks/flow.sql', { doc: 'x' })] },
    {
      'transforms/hydro/flow.sql': GOOD,
      'transforms/checks/flow.sql': `${HEADER}select _line, flo as value, 'x' as expectation from typed`,
    },
    /flo/,
  ],
  [
    'a check whose file is not there',
    { ...pipeline, checks: [sql('transforms/checks/flow.sql', { doc: 'x' })] },
    { 'transforms/hydro/flow.sql': GOOD },
    /transforms\/checks\/flow\.sql/,
  ],
])('a definition with %s', async (_name, definition, files, says) => {
  await expect(lint(project(definition, files))).rejects.toMatchObject({
    code: 'LINT_FAILED',
    what: expect.stringMatching(says),
  });
});

test('several faults come in one message', async () => {
  const broken = { ...pipeline, publishes: { ...pipeline.publishes, schedule: 'at noon every day ok' } };
  const fault = await lint(
    project(broken, { 'transforms/hydro/flow.sql': 'select 1; select 2', 'sql/access.csv': 'table,role,verbs\n' }),
  ).catch((error: unknown) => error);
  expect(fault).toMatchObject({ what: expect.stringMatching(/^6 faults in 1 definitions and 1 SQL files:/) });
});

test('no definitions at all is a fault', async () => {
  await expect(lint({ pipelines: [], publishers: new Map(), root, files: new Map() })).rejects.toMatchObject({
    code: 'LINT_NOTHING',
  });
});
