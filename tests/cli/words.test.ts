/** The command line without a database: what it prints, what it refuses, and how it says so. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { FaultJson } from '../../core/errors.ts';
import { exampleText, variablesOf } from '../../cli/environment.ts';
import { loadCatalog } from '../../pipelines/index.ts';
import { type Answer, builtProgram, runProgram, type Start, temporaryFolder } from './support.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const program = builtProgram();
const folder = temporaryFolder();
const penstock = (words: readonly string[], start: Start = {}): Promise<Answer> =>
  runProgram(program, words, { cwd: folder, ...start });

test('list prints every dataset, and under --json as an array', async () => {
  const people = await penstock(['list']);
  expect(people.code).toBe(0);
  expect(people.stdout).toMatch(/^ieso-demand +public\.ontario_hourly_demand +Ontario hourly demand$/m);
  const blocks = people.stdout.split('\n\n');
  expect(blocks.find((block) => block.includes('ieso-demand'))).toMatch(/^.+ \(ieso\)\n/);
  const machines = await penstock(['list', '--json']);
  expect(machines.json<object[]>()).toContainEqual({
    id: 'ieso-demand',
    title: 'Ontario hourly demand',
    publisher: 'ieso',
    table: 'public.ontario_hourly_demand',
    url: 'https://reports-public.ieso.ca/public/Demand/PUB_Demand_{yyyy}.csv',
  });
});

test('npm run pipeline runs the same program from its source', async () => {
  const answer = await runProgram(join(ROOT, 'cli/main.ts'), ['list', '--json'], {
    cwd: ROOT,
    env: { NODE_OPTIONS: '--import=tsx' },
  });
  expect(answer.json<{ id: string }[]>().map(({ id }) => id)).toContain('ieso-hoep');
  expect(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))).toMatchObject({
    scripts: { pipeline: 'tsx --max-semi-space-size=4 cli/main.ts' },
    bin: { penstock: 'dist/cli/main.js' },
  });
});

test('options may stand before the command, between its words and after them', async () => {
  for (const words of [
    ['--json', 'show', 'ieso-hoep'],
    ['show', '--json', 'ieso-hoep'],
    ['show', 'ieso-hoep', '--data-dir', 'x', '--json'],
    ['--data-dir', 'x', 'show', '--json', 'ieso-hoep'],
  ]) {
    expect((await penstock(words)).json<{ id: string }>().id, words.join(' ')).toBe('ieso-hoep');
  }
  const range = await penstock(['--from', '2025-01-02', '--to=2025-01-01', 'run', 'ieso-demand']);
  expect(range.stderr).toContain('RANGE_INVALID: --to 2025-01-01 is not after --from 2025-01-02');
});

test('show explains source, licence, columns with units, checks and oddities, and starts no database', async () => {
  const { stdout, code } = await penstock(['show', 'ieso-demand']);
  expect(code).toBe(0);
  for (const part of [
    'IESO terms of use',
    'PUB_Demand_',
    'market_demand_mw',
    'MW',
    'every hour has a row (warn)',
    'hour ending 1 was never published',
    'transforms/ieso/demand.sql',
    'pipelines/ieso/demand.',
    'last load:   not known',
  ]) {
    expect(stdout).toContain(part);
  }
  expect(existsSync(join(folder, 'data'))).toBe(false);
});

describe('what is refused before anything is started: exit 1, what, consequence and next step, no stack', () => {
  test.each<[string, string[], string, RegExp]>([
    ['a misspelt command', ['lst'], 'UNKNOWN_COMMAND', /did you mean list\?/],
    ['a misspelt dataset without a command', ['ieso-demnd'], 'UNKNOWN_COMMAND', /did you mean ieso-demand\?/],
    ['a misspelt dataset', ['run', 'ieso-demnd'], 'UNKNOWN_DATASET', /did you mean ieso-demand\?/],
    ['a misspelt dataset of gaps', ['gaps', 'ieso-hop'], 'UNKNOWN_DATASET', /did you mean ieso-hoep\?/],
    ['SQL text in an id', ['run', "x'; drop table etl.load; --"], 'UNKNOWN_DATASET', /x'; drop table/],
    ['a misspelt option', ['run', '--form', '2020-01-01'], 'USAGE', /did you mean --from\?/],
    ['an option without its value', ['run', '--from'], 'USAGE', /argument missing/],
    ['a number out of bounds', ['run', '--jobs', '0'], 'USAGE', /whole number from 1 to 16/],
    [
      'an unknown part of a group',
      ['quarantine', 'lst'],
      'USAGE',
      /unknown command "quarantine lst"; did you mean quarantine list\?/,
    ],
    ['a group alone', ['db'], 'USAGE', /start, stop, url, migrate, seed, /],
    ['a date that is none', ['plan', 'ieso-demand', '--from', '2025-02-30'], 'RANGE_INVALID', /2025-02-30/],
    [
      'a range that ends before it starts',
      ['backfill', '--from', '2025-01-02', '--to', '2025-01-01'],
      'RANGE_INVALID',
      /half-open/,
    ],
    ['two sources', ['run', '--samples', '--recordings', 'x'], 'OPTIONS_CONFLICT', /--recordings and --samples/],
    ['a folder without recordings', ['run', '--recordings', 'nowhere'], 'RECORDINGS_NOT_FOUND', /nowhere/],
    ['a folder without definitions', ['list', '--pipelines', 'nowhere'], 'DEFINITIONS_NOT_FOUND', /nowhere/],
    ['a report that is not there', ['report'], 'REPORT_UNKNOWN', /no report yet/],
    ['a report outside the folder', ['report', 'open', '../../etc'], 'REPORT_UNKNOWN', /etc/],
    ['the address of a server that does not run', ['db', 'url'], 'DATABASE_NOT_RUNNING', /penstock db start/],
    [
      'starting a server that is not ours',
      ['db', 'start', '--database-url', 'postgresql://u:s3cret@h/d'],
      'DATABASE_IS_EXTERNAL',
      /DATABASE_URL/,
    ],
    [
      'a connection string that is none',
      ['health', '--database-url', 'nonsense'],
      'DATABASE_URL_INVALID',
      /postgresql:/,
    ],
  ])('%s', async (_name, words, code, says) => {
    const answer = await penstock(['--json', ...words]);
    const { error } = answer.json<{ error: FaultJson }>();
    expect({ exit: answer.code, code: error.code }).toEqual({ exit: 1, code });
    expect(`${error.what} ${error.where} ${error.next}`).toMatch(says);
    expect(error.consequence).toBeTruthy();
    expect(error.next).toBeTruthy();
    expect(answer.stderr).toContain(`${code}: `);
    expect(answer.stderr).toContain('  next: ');
    expect(answer.stdout + answer.stderr).not.toMatch(/^\s+at |s3cret/m);
    expect(existsSync(join(folder, 'data'))).toBe(false);
  });
});

test('a server that does not answer: exit 2, and the password is nowhere in the output', async () => {
  const words = ['run', '--database-url', 'postgresql://penstock:s3cret-w0rd@127.0.0.1:9/penstock', '--json'];
  for (const env of [{}, { LOG_LEVEL: 'debug' }]) {
    const answer = await penstock(words, { env });
    expect(answer.code).toBe(2);
    expect(answer.json()).toMatchObject({ error: { code: 'DATABASE_UNREACHABLE', where: '127.0.0.1:9/penstock' } });
    expect(answer.stdout + answer.stderr).not.toContain('s3cret');
  }
});

test('without --json a fault leaves stdout empty', async () => {
  expect((await penstock(['run', 'nothing-like-it'])).stdout).toBe('');
});

describe('help', () => {
  const commands = [
    'run',
    'plan',
    'backfill',
    'replay',
    'schedule',
    'query',
    'gaps',
    'health',
    'alerts',
    'quarantine',
    'review',
    'serve',
    'report',
    'list',
    'show',
    'lint',
    'new',
    'db',
    'doctor',
  ];

  test('names every command and the exit codes', async () => {
    const { stdout, code } = await penstock(['--help']);
    expect(code).toBe(0);
    for (const command of commands) expect(stdout).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
    expect(stdout).toContain('Exit codes: 0 fine, 1 usage');
    expect((await penstock(['--help', '--json'])).json<{ text: string }>().text).toBe(stdout);
  });

  test.each(commands)('of %s', async (command) => {
    const { stdout, code } = await penstock([command, '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Usage: penstock ${command}`));
  });

  test('commands that come later are not there', async () => {
    expect((await penstock(['worker'])).stderr).toMatch(/^UNKNOWN_COMMAND/);
  });
});

describe('definitions', () => {
  function project(name: string, files: Readonly<Record<string, string>>): string {
    const root = join(folder, name);
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(root, path, '..'), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return join(root, 'pipelines');
  }
  const publisher = `export default { id: 'hydro', title: 'Hydro', hosts: ['data.example.org'], pace: { perSecond: 1, concurrent: 1 } };`;
  const definition = (change: object): string => `
    const text = (key) => ({ pg: 'text', unit: null, key, required: key, doc: 'A text.' });
    export default Object.assign({
      id: 'hydro-flow', title: 'Flow', publisher: 'hydro', licence: { name: 'Open', attribution: 'Hydro' },
      partitions: { kind: 'calendar', grain: 'year', from: '2020-01-01', zone: 'UTC' },
      extract: { url: 'https://data.example.org/{yyyy}.csv', decode: { format: 'csv', delimiter: ',', vintages: [['Name', 'Flow']] } },
      publishes: { every: 'P1D', delay: 'P1D', staleAfter: 'P2D', schedule: '0 8 * * *', zone: 'UTC' },
      transform: 'transforms/hydro/flow.sql', table: { name: 'public.flow', columns: { name: text(true), flow: text(false) } }, checks: [],
    }, ${JSON.stringify(change)});`;

  test('all faults of all definitions come in one message', async () => {
    const pipelines = project('broken', {
      'pipelines/hydro/publisher.mjs': publisher,
      'pipelines/hydro/one.mjs': definition({ id: 'Hydro Flow', title: '' }),
      'pipelines/hydro/two.mjs': definition({
        publisher: 'nobody',
        partitions: { kind: 'calendar', grain: 'day', from: '2020-02-31', zone: 'UTC' },
      }),
      'pipelines/hydro/three.mjs': 'export default {',
    });
    for (const command of ['list', 'lint', 'run']) {
      const answer = await penstock([command, '--pipelines', pipelines]);
      expect(answer.code).toBe(1);
      for (const part of [
        'one.mjs: id:',
        'one.mjs: title:',
        'two.mjs: publisher: nobody is not known',
        'two.mjs: partitions.from:',
        'two.mjs: extract.url:',
        'three.mjs: does not load:',
      ]) {
        expect(answer.stderr).toContain(part);
      }
    }
  });

  test('lint says how many definitions and SQL files it looked at', async () => {
    const { pipelines } = await loadCatalog();
    const answer = await penstock(['lint', '--json']);
    expect(answer.code).toBe(0);
    const files = pipelines.flatMap(({ transform, checks }) => [
      transform,
      ...checks.flatMap((check) => (check.kind === 'sql' ? [check.file] : [])),
    ]);
    expect(answer.json()).toEqual({ definitions: pipelines.length, sqlFiles: new Set(files).size, faults: [] });
    expect((await penstock(['lint'])).stdout).toMatch(/^\d+ definitions and \d+ SQL files looked at: no faults$/m);
  });

  test('lint names every fault of a project in one message', async () => {
    const pipelines = project('unfinished', {
      'pipelines/hydro/publisher.mjs': publisher,
      'pipelines/hydro/flow.mjs': definition({
        publishes: { every: 'P1D', delay: 'P1D', staleAfter: 'P2D', schedule: '0 25 * * *', zone: 'UTC' },
      }),
      'transforms/hydro/flow.sql': 'select 1; drop table raw',
    });
    const answer = await penstock(['lint', '--pipelines', pipelines]);
    expect(answer.code).toBe(1);
    for (const part of [
      'has 2 statements',
      'no line "-- grain: …"',
      '0 25 * * * is not a cron expression',
      'sql/access.csv has no row for public.flow',
    ])
      expect(answer.stderr).toContain(part);
  });

  test('lint of nothing is not green', async () => {
    expect(
      (await penstock(['lint', '--pipelines', project('empty', { 'pipelines/hydro/publisher.mjs': publisher })]))
        .stderr,
    ).toMatch(/^LINT_NOTHING/);
  });

  test('new writes the files of a dataset once', async () => {
    const pipelines = project('fresh', { 'pipelines/hydro/publisher.ts': publisher });
    const words = [
      'new',
      'hydro/river-flow',
      '--table',
      'river_flow',
      '--url',
      'https://data.example.org/{yyyy}.csv',
      '--pipelines',
      pipelines,
    ];
    const answer = await penstock([...words, '--json']);
    const paths = answer.json<{ files: { path: string }[] }>().files.map(({ path }) => path.replace(/\d{14}/, '…'));
    expect(paths).toEqual([
      'pipelines/hydro/river-flow.ts',
      'transforms/hydro/river_flow.sql',
      'sql/migrations/…_river_flow.sql',
      'sql/access.csv',
    ]);
    expect(readFileSync(join(pipelines, '../sql/access.csv'), 'utf8')).toMatch(
      /^table,role,verbs\npublic\.river_flow,anon,select\n/,
    );
    const again = await penstock(words);
    expect(again.code).toBe(1);
    expect(again.stderr).toMatch(/^NEW_DATASET_EXISTS: .*river-flow\.ts/);
  });

  test('new refuses a name that leads out of the folder', async () => {
    const answer = await penstock([
      'new',
      '../../etc',
      '--pipelines',
      project('away', { 'pipelines/hydro/publisher.ts': publisher }),
    ]);
    expect(answer.code).toBe(1);
    expect(answer.stderr).toMatch(/^NEW_DATASET_INVALID/);
  });
});

describe('environment', () => {
  test('.env.example is the list of the variables that the code reads', async () => {
    expect(readFileSync(join(ROOT, '.env.example'), 'utf8')).toBe(exampleText(variablesOf(await loadCatalog())));
  });

  test('.env of the current folder is read, and the shell wins over it', async () => {
    const own = join(folder, 'own');
    mkdirSync(own);
    writeFileSync(join(own, '.env'), 'DATABASE_URL=postgresql://from-file/d\n');
    expect((await penstock(['db', 'url'], { cwd: own })).stdout).toBe('postgresql://from-file/d\n');
    expect(
      (await penstock(['db', 'url'], { cwd: own, env: { DATABASE_URL: 'postgresql://from-shell/d' } })).stdout,
    ).toBe('postgresql://from-shell/d\n');
    expect((await penstock(['db', 'url', '--database-url', 'postgresql://from-option/d'], { cwd: own })).stdout).toBe(
      'postgresql://from-option/d\n',
    );
  });
});

test('doctor looks at everything that is needed and starts nothing', async () => {
  const { publishers } = await loadCatalog();
  const signedIn = [...publishers.values()].filter(({ credentials }) => credentials !== undefined);
  const answer = await penstock(['doctor', '--json', '--data-dir', 'doctor-data']);
  const findings = answer.json<{ what: string; state: string }[]>();
  expect(findings.filter(({ state }) => state === 'fail')).toEqual([]);
  expect(answer.code).toBe(0);
  expect(findings.map(({ what }) => what)).toEqual([
    'Node',
    'time zones',
    'data folder',
    'disk',
    'DuckDB',
    'embedded PostgreSQL',
    'database',
    'definitions',
    ...signedIn.map(() => 'key'),
    'samples',
  ]);
  expect(signedIn.length).toBeGreaterThan(0);
  expect(existsSync(join(folder, 'doctor-data/postgres'))).toBe(false);
  const sick = await penstock(['doctor', '--database-url', 'postgresql://u:s3cret@127.0.0.1:9/x']);
  expect(sick.code).toBe(1);
  expect(sick.stdout).toMatch(/^fail  database .*ECONNREFUSED/m);
  expect(sick.stdout).not.toContain('s3cret');
});
