/** Definitions: each planted fault is named with its place, and all of them at once. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { complete, frozen, matches, notNull, range, sql as sqlCheck } from '../../core/check.ts';
import { bigint, boolean, decimal, instant, integer, mw, table, text, typed } from '../../core/contract.ts';
import { csv, xml, zip } from '../../core/decode.ts';
import { daily, snapshot, whole, yearly } from '../../core/partitions.ts';
import { definePipeline, definitionFaults, type Pipeline, type Publisher } from '../../core/pipeline.ts';
import { reconciles } from '../../core/table-check.ts';
import { loadCatalog, selectPipelines } from '../../pipelines/index.ts';
import { temporaryFolder } from '../support/engine.ts';

const zone = 'Etc/GMT+5';
const publisher: Publisher = {
  id: 'grid',
  title: 'Grid',
  hosts: ['grid.example.org'],
  pace: { perSecond: 1, concurrent: 1 },
};
const publishers = new Map([['grid', publisher]]);
const good = definePipeline({
  id: 'grid-load',
  title: 'Load',
  publisher: 'grid',
  licence: { name: 'CC0', attribution: 'Grid' },
  partitions: yearly({ from: 2020, zone }),
  extract: { url: 'https://grid.example.org/load_{yyyy}.csv', decode: csv({ header: ['t', 'load'] }) },
  publishes: { every: 'PT1H', delay: 'PT1H', staleAfter: 'P2D', schedule: '20 * * * *', zone: 'America/Toronto' },
  transform: 'transforms/grid/load.sql',
  table: table('public.grid_load', { hour: instant({ key: true, doc: 'Hour.' }), load_mw: mw({ doc: 'Load.' }) }),
  checks: [complete('hour', 'PT1H')],
});

const same = { with: 'public.grid_other', other: 'load_mw', on: { hour: 'hour' } };
const keyless = table('public.grid_load', { zone: text({ key: true, doc: 'Zone.' }), load_mw: mw({ doc: 'Load.' }) });

test('a right definition has no fault', () => {
  expect(definitionFaults(good, publishers)).toEqual([]);
});

test('the shipped definitions have none either', async () => {
  const { pipelines } = await loadCatalog();
  expect(pipelines.map(({ id }) => id)).toEqual(
    expect.arrayContaining(['ieso-demand', 'ieso-generation-by-fuel', 'ieso-hoep']),
  );
});

const hour = instant({ key: true, doc: 'Hour.' });
describe('a planted fault is named with its place', () => {
  test.each<[string, Partial<Pipeline>, RegExp]>([
    ['id with capitals', { id: 'Grid' }, /^id: must be lower-case/],
    ['id with SQL', { id: "x'; drop table y; --" }, /^id: /],
    [
      'input of another host',
      {
        extract: {
          ...good.extract,
          inputs: { fuels: { url: 'https://elsewhere.example/f.csv', decode: good.extract.decode } },
        },
      },
      /^extract.inputs.fuels.url: elsewhere.example is not a host of grid/,
    ],
    [
      'input with a placeholder that is none',
      {
        extract: {
          ...good.extract,
          inputs: { fuels: { url: 'https://grid.example.org/{year}.csv', decode: good.extract.decode } },
        },
      },
      /^extract.inputs.fuels.url: \{year\} is not a placeholder/,
    ],
    [
      'commit without a repository',
      { partitions: whole(), checks: [], extract: { ...good.extract, url: 'https://grid.example.org/{commit}/a.csv' } },
      /^extract.url: \{commit\} needs extract.hub/,
    ],
    [
      'repository without a commit',
      {
        partitions: whole(),
        checks: [],
        extract: {
          ...good.extract,
          url: 'https://grid.example.org/main/a.csv',
          hub: { repo: 'lab/grid', revision: 'main' },
        },
      },
      /^extract.url: a file of the Hub is asked for by its \{commit\}/,
    ],
    ['empty title', { title: '  ' }, /^title: must not be empty/],
    ['unknown publisher', { publisher: 'gird' }, /^publisher: gird is not known; known are grid/],
    ['no attribution', { licence: { name: 'CC0', attribution: '' } }, /^licence.attribution/],
    [
      'unknown zone',
      { partitions: yearly({ from: 2020, zone: 'America/Nowhere' }) },
      /^partitions.zone: must be an IANA time zone/,
    ],
    [
      'impossible first day',
      { partitions: yearly({ from: '2020-02-30', zone }) },
      /^partitions.from: 2020-02-30 is not a date/,
    ],
    ['impossible last day', { partitions: yearly({ from: 2020, until: 'soon', zone }) }, /^partitions.until: soon/],
    [
      'last day before the first',
      { partitions: yearly({ from: 2020, until: '2019-01-01', zone }) },
      /^partitions.until: must be after/,
    ],
    [
      'another host',
      { extract: { ...good.extract, url: 'https://evil.example.org/{yyyy}' } },
      /^extract.url: evil.example.org is not a host of grid/,
    ],
    [
      'no placeholder',
      { extract: { ...good.extract, url: 'https://grid.example.org/load.csv' } },
      /^extract.url: partitions by year need/,
    ],
    [
      'placeholder of a finer grain',
      { extract: { ...good.extract, url: 'https://grid.example.org/{yyyy}{dd}' } },
      /^extract.url: .*no day/,
    ],
    ['no header', { extract: { ...good.extract, decode: csv({ header: [] }) } }, /^extract.decode.vintages.0/],
    [
      'delimiter of two characters',
      { extract: { ...good.extract, decode: csv({ header: ['a'], delimiter: '||' }) } },
      /^extract.decode.delimiter/,
    ],
    [
      'rows of a single element',
      { extract: { ...good.extract, decode: xml({ rows: 'Document', columns: { a: 'a' } }) } },
      /^extract.decode.rows/,
    ],
    [
      'path that climbs in the middle',
      { extract: { ...good.extract, decode: xml({ rows: 'a/b', columns: { a: 'c/../d' } }) } },
      /^extract.decode.columns.a/,
    ],
    [
      'member that is no expression',
      { extract: { ...good.extract, decode: zip({ member: '(', then: csv({ header: ['a'] }) }) } },
      /^extract.decode.member/,
    ],
    ['no bytes', { extract: { ...good.extract, maxBytes: 0 } }, /^extract.maxBytes/],
    [
      'a month as duration',
      { publishes: { ...good.publishes, delay: 'P1M' } },
      /^publishes.delay: must be an ISO 8601/,
    ],
    ['a schedule of three fields', { publishes: { ...good.publishes, schedule: '* * *' } }, /^publishes.schedule/],
    ['an unknown zone', { publishes: { ...good.publishes, zone: 'Canada/Nowhere' } }, /^publishes.zone/],
    ['SQL outside the project', { transform: '../secret.sql' }, /^transform: must be a path/],
    ['absolute SQL', { transform: '/etc/x.sql' }, /^transform: must be a path/],
    ['table outside public', { table: table('etl.load', good.table.columns) }, /^table.name: must be public/],
    ['quoted table', { table: table('public."x"', good.table.columns) }, /^table.name/],
    [
      'column with capitals',
      { table: table('public.x', { hour, LoadMw: mw({ doc: 'x' }) }) },
      /^table.columns.*LoadMw|^table.columns: /,
    ],
    ['column without a meaning', { table: table('public.x', { hour, a: text({ doc: '' }) }) }, /^table.columns.a.doc/],
    [
      'type that nobody can write',
      { table: table('public.x', { hour, a: { ...text({ doc: 'x' }), pg: 'money' as 'text' } }) },
      /^table.columns.a.pg/,
    ],
    ['no key', { table: table('public.x', { a: text({ doc: 'x' }) }), checks: [] }, /^table: no column has key/],
    [
      'a float as key',
      { table: table('public.x', { hour, a: mw({ key: true, doc: 'x' }) }) },
      /^table.columns.a: float8 cannot be part of a key/,
    ],
    [
      "the loader's column",
      { table: table('public.x', { hour, load_id: bigint({ doc: 'x' }) }) },
      /^table.columns.load_id: the loader owns/,
    ],
    [
      'too many digits',
      { table: table('public.x', { hour, a: decimal(39, 2, { doc: 'x' }) }) },
      /^table.columns.a: a numeric has at most 38/,
    ],
    [
      'bounds in the wrong order',
      { table: table('public.x', { hour, a: mw({ range: [5, 1], doc: 'x' }) }) },
      /^table.columns.a.range/,
    ],
    [
      'pattern that is none',
      { table: table('public.x', { hour, a: text({ pattern: '[', doc: 'x' }) }) },
      /^table.columns.a.pattern/,
    ],
    [
      'check of a missing column',
      { checks: [notNull('laod_mw')] },
      /^checks.notNull\(laod_mw\): public.grid_load has no column laod_mw; it has hour, load_mw/,
    ],
    ['check of a column that every object has', { checks: [notNull('constructor')] }, /has no column constructor/],
    ['the same check twice', { checks: [notNull('load_mw'), notNull('load_mw')] }, /is there twice/],
    ['check with bounds in the wrong order', { checks: [range('load_mw', 5, 1)] }, /the smaller bound comes first/],
    ['check with a broken pattern', { checks: [matches('load_mw', '(')] }, /not a regular expression/],
    ['complete with a step that is none', { checks: [complete('hour', '1h')] }, /1h is not an ISO 8601 duration/],
    [
      'complete that rejects',
      { checks: [complete('hour', 'PT1H', { severity: 'reject' })] },
      /a missing row cannot be rejected/,
    ],
    ['complete over a value', { checks: [complete('load_mw', 'PT1H')] }, /must be the key instant/],
    ['frozen for no step', { checks: [frozen('load_mw', 0)] }, /steps must be a whole number from 1/],
    [
      'frozen that rejects',
      { checks: [frozen('load_mw', 3, { severity: 'reject' })] },
      /a run of rows cannot be rejected/,
    ],
    [
      'frozen without an instant in the key',
      { table: keyless, partitions: whole(), checks: [frozen('load_mw', 3)] },
      /needs an instant in the key/,
    ],
    [
      'a row as published that is rejected',
      { checks: [sqlCheck('transforms/grid/x.sql', { over: 'raw', severity: 'reject', doc: 'x' })] },
      /a row as published cannot be rejected/,
    ],
    [
      'a reconciliation of an instant',
      { checks: [reconciles('hour', same)] },
      /compares numbers, and hour is timestamptz/,
    ],
    [
      'a reconciliation on nothing',
      { checks: [reconciles('load_mw', { ...same, on: {} })] },
      /on must name at least one/,
    ],
    [
      'a reconciliation on a column that is not there',
      { checks: [reconciles('load_mw', { ...same, on: { huor: 'hour' }, where: { zone: 'A' } })] },
      /has no column huor, zone/,
    ],
    [
      'a reconciliation with no table',
      { checks: [reconciles('load_mw', { ...same, with: 'other' })] },
      /must be public\.<name>/,
    ],
    [
      'a tolerance below 0',
      { checks: [reconciles('load_mw', { ...same, tolerance: -1 })] },
      /tolerance must be 0 or more/,
    ],
    [
      'complete without a calendar',
      { partitions: whole(), extract: { ...good.extract, url: 'https://grid.example.org/all.csv' } },
      /needs calendar partitions/,
    ],
    [
      'severity that is none',
      { checks: [{ ...notNull('load_mw'), severity: 'fatal' as 'warn' }] },
      /^checks.0.severity/,
    ],
    [
      'kind of check that is none',
      { checks: [{ kind: 'notNul' as 'notNull', columns: ['load_mw'], severity: 'warn' }] },
      /^checks.0.kind/,
    ],
  ])('%s', (_, change, fault) => {
    const faults = definitionFaults({ ...good, ...change }, publishers);
    expect(faults.length).toBeGreaterThan(0);
    expect(
      faults.some((text) => fault.test(text)),
      faults.join('\n'),
    ).toBe(true);
  });

  test('a whole file and a snapshot need no date', () => {
    const extract = { ...good.extract, url: 'https://grid.example.org/all.csv' };
    expect(definitionFaults({ ...good, partitions: whole(), extract, checks: [] }, publishers)).toEqual([]);
    expect(definitionFaults({ ...good, partitions: snapshot(), extract, checks: [] }, publishers)).toEqual([]);
  });

  test('columns of every kind are fine', () => {
    const columns = {
      hour,
      node: text({ key: true, doc: 'x' }),
      n: integer({ key: true, doc: 'x' }),
      up: boolean({ doc: 'x' }),
      c: typed('varchar', { length: 3, doc: 'x' }),
    };
    expect(
      definitionFaults(
        {
          ...good,
          partitions: daily({ from: 2020, zone }),
          table: table('public.x', columns),
          extract: { ...good.extract, url: 'https://grid.example.org/{yyyy}{mm}{dd}' },
        },
        publishers,
      ),
    ).toEqual([]);
  });

  test('faults of shape and of meaning come together', () => {
    const faults = definitionFaults(
      {
        ...good,
        id: 'Bad',
        title: '',
        checks: [notNull('laod_mw'), complete('hour', '1h')],
        extract: { ...good.extract, url: 'ftp://x/{foo}' },
      },
      publishers,
    );
    for (const place of [/^id/, /^title/, /laod_mw/, /1h is not/, /\{foo\}/, /need a placeholder for the year/]) {
      expect(
        faults.some((fault) => place.test(fault)),
        `${place}\n${faults.join('\n')}`,
      ).toBe(true);
    }
  });
});

describe('a folder of definitions', () => {
  async function folderWith(
    files: Readonly<Record<string, string>>,
    work: (folder: string) => Promise<void>,
  ): Promise<void> {
    await using root = await temporaryFolder();
    const folder = join(root.path, 'pipelines');
    await mkdir(join(folder, 'grid'), { recursive: true });
    for (const [name, body] of Object.entries(files)) await writeFile(join(folder, 'grid', name), body);
    await work(folder);
  }
  const module = (value: unknown): string => `export default ${JSON.stringify(value)};`;

  test('loads what is right, sorted by id, and leaves helpers alone', async () => {
    await folderWith(
      {
        'publisher.mjs': module(publisher),
        'z.mjs': module({ ...good, id: 'grid-z' }),
        'a.mjs': module(good),
        'licence.mjs': 'export const x = 1;',
      },
      async (folder) => {
        const catalog = await loadCatalog(folder);
        expect(catalog.pipelines.map(({ id }) => id)).toEqual(['grid-load', 'grid-z']);
        expect(catalog.files.get('grid-z')).toBe(join('grid', 'z.mjs'));
      },
    );
  });

  test('reports every fault of every definition in one message, with the file', async () => {
    await folderWith(
      {
        'publisher.mjs': module(publisher),
        'a.mjs': module({ ...good, title: '', transform: 'nowhere' }),
        'b.mjs': module({ ...good, checks: [notNull('laod_mw')] }),
        'c.mjs': module({
          ...good,
          id: 'grid-c',
          table: table('public.grid_load', { hour }),
          publishes: { ...good.publishes, every: 'often' },
        }),
        'd.mjs': 'export default {',
        'e.mjs': 'throw new Error("no such thing")',
      },
      async (folder) => {
        const error = await loadCatalog(folder).catch((cause: unknown) => cause);
        expect(error).toMatchObject({ code: 'DEFINITION_INVALID', kind: 'definition' });
        const message = String(error);
        for (const line of [
          /grid\/a\.mjs: title/,
          /grid\/a\.mjs: transform/,
          /grid\/b\.mjs: checks.notNull\(laod_mw\)/,
          /grid\/b\.mjs: id: grid-load is also the id of grid\/a\.mjs/,
          /grid\/c\.mjs: publishes\.every/,
          /grid\/c\.mjs: table: public\.grid_load has another contract/,
          /grid\/d\.mjs: does not load/,
          /grid\/e\.mjs: does not load: no such thing/,
        ]) {
          expect(message).toMatch(line);
        }
        expect(message).not.toMatch(/\n\s+at /);
      },
    );
  });

  test('that is not there is said in a sentence', async () => {
    await expect(loadCatalog('/nowhere/at/all')).rejects.toMatchObject({
      code: 'DEFINITIONS_NOT_FOUND',
      kind: 'configuration',
    });
  });
});

describe('choosing datasets', () => {
  test('an unknown id comes with the nearest one', async () => {
    const catalog = await loadCatalog();
    expect(() => selectPipelines(catalog, ['ieso-demnad'])).toThrow(
      /there is no dataset "ieso-demnad"; did you mean ieso-demand\?/,
    );
    expect(() => selectPipelines(catalog, ["'; drop table x; --"])).toThrow(/there is no dataset/);
    expect(selectPipelines(catalog, ['ieso-hoep', 'ieso-demand']).map(({ id }) => id)).toEqual([
      'ieso-demand',
      'ieso-hoep',
    ]);
    expect(selectPipelines(catalog, [])).toHaveLength(catalog.pipelines.length);
  });
});
