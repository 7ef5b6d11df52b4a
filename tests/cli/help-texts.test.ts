/** `help` as everywhere, and help texts on the command line: set, export, history, against a real database. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { HelpExport } from '../../cli/help-export.ts';
import type { HelpSetResult } from '../../cli/help-set.ts';
import { readHelpFiles } from '../../data/help/check.ts';
import type { HelpVersion } from '../../serve/help/history.ts';
import { HELP_FOLDER, helpFile, helpWorld, type HelpWorld } from '../local/help-world.ts';
import { SOON } from '../api/help-support.ts';
import { ask, type Reply } from '../serve/support.ts';
import { startApi } from '../support/api.ts';
import { temporaryFolder as engineFolder } from '../support/engine.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import { type Answer, builtProgram, runProgram, temporaryFolder } from './support.ts';

const program = builtProgram();
const folder = temporaryFolder();
let places = 0;
const place = (): string => {
  const path = join(folder, `place-${(places += 1)}`);
  mkdirSync(path);
  return path;
};

interface Desk {
  readonly db: FreshDatabase;
  readonly world: HelpWorld;
  /** data/help of the world. */
  readonly files: string;
  readonly cwd: string;
  penstock(...words: string[]): Promise<Answer>;
}

/** A folder with data/help as it ships, loaded into a database of its own. */
async function desk(): Promise<Desk & AsyncDisposable> {
  const db = await freshDatabase();
  const root = await engineFolder();
  const world = await helpWorld(db.pool, root.path);
  await world.load();
  return {
    db,
    world,
    files: join(root.path, 'data/help'),
    cwd: root.path,
    penstock: (...words) =>
      runProgram(program, words, { cwd: root.path, env: { DATABASE_URL: db.url, USER: 'tester' } }),
    [Symbol.asyncDispose]: () => root[Symbol.asyncDispose](),
  };
}

describe('help of commands', () => {
  const words = (...typed: string[]): Promise<Answer> => runProgram(program, typed, { cwd: folder });

  test('help alone is --help, and lists the commands of help texts', async () => {
    const [help, flag] = await Promise.all([words('help'), words('--help')]);
    expect(help).toEqual({ ...flag, json: help.json });
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toMatch(/^ {2}help \[command\] +show help of a command; help texts .*set, export, history$/m);
    expect((await words('help', '--json')).json<{ text: string }>().text).toBe(help.stdout);
  });

  test.each(['run', 'db', 'review', 'query'])('help %s is %s --help', async (command) => {
    const [help, flag] = await Promise.all([words('help', command), words(command, '--help')]);
    expect([help.code, help.stdout]).toEqual([0, flag.stdout]);
    expect((await words('--json', 'help', command)).json<{ text: string }>().text).toBe(flag.stdout);
  });

  test.each([
    [
      ['help', '--help'],
      /^Usage: penstock help \[command\]\n[\s\S]*set <id> <file>[\s\S]*export \[id\.\.\.\][\s\S]*history <id>/,
    ],
    [['help', 'set', '--help'], /^Usage: penstock help set \[options\] <id> <file>/],
    [['help', 'export', '--help'], /^Usage: penstock help export \[options\] \[id\.\.\.\]/],
    [['help', 'history', '--help'], /^Usage: penstock help history \[options\] <id>/],
  ])('%j', async (typed, text) => {
    expect(await words(...typed)).toMatchObject({ code: 0, stdout: expect.stringMatching(text) as string });
  });

  test('help of a misspelt command names the nearest', async () => {
    const answer = await words('help', 'rnu');
    expect([answer.code, answer.stdout]).toEqual([1, '']);
    expect(answer.stderr).toMatch(/^USAGE: there is no command "rnu"; did you mean run\?/);
  });
});

describe('export', () => {
  test('what ships comes out as it went in, and loaded again changes nothing', async () => {
    await using one = await desk();
    const to = place();
    const first = await one.penstock('help', 'export', '--to', to, '--json');
    expect([first.code, first.stderr]).toEqual([0, '']);
    const shipped = await readHelpFiles(HELP_FOLDER);
    expect(first.json<HelpExport>().written).toEqual(shipped.map(({ name }) => name));
    expect(await readHelpFiles(to)).toEqual(shipped);
    const again = await one.penstock('help', 'export', '--to', to);
    expect(again.stdout).toBe(`0 files written, ${shipped.length} unchanged\n`);
    for (const { name, text } of await readHelpFiles(to)) await one.world.write(name, text);
    const { report } = await one.world.load();
    expect(report.datasets.map(({ outcomes }) => outcomes)).toEqual([{ unchanged: 1 }, { unchanged: 1 }]);
  });

  test('an edit comes out into its file alone, and then the row is the file’s again', async () => {
    await using one = await desk();
    const before = new Map((await readHelpFiles(one.files)).map(({ name, text }) => [name, text]));
    await one.db.pool.query(
      `update help_content set short_text = 'It''s: "new" # here', author = 'Zoë', last_updated = '2026-11-23',
         body_md = E'One\\n\\n---\\n\\n- **two**', discipline_tags = '{trends}', related_sources = '[{"url":"https://a.example/?a=1#b","name":"A: b"}]'
       where id = 'page.trends'`,
    );
    const exported = await one.penstock('help', 'export');
    expect(exported.stdout).toBe(
      'data/help/page.trends.md: written\n1 file written, 29 unchanged\nLook at the difference (git diff), have it reviewed, then: penstock db seed\n',
    );
    for (const { name, text } of await readHelpFiles(one.files))
      if (name === 'page.trends.md')
        expect(text).toBe(
          `---\nid: page.trends\ntitle: Trends\nshort_text: 'It''s: "new" # here'\ntags: [trends]\nsources:\n  - name: 'A: b'\n    url: https://a.example/?a=1#b\nlast_updated: 2026-11-23\nauthor: Zoë\naliases: [tab.trends, trends.analysis]\n---\n\nOne\n\n---\n\n- **two**\n`,
        );
      else expect(text).toBe(before.get(name));
    const { report } = await one.world.load();
    const kept = report.datasets.flatMap(({ checks }) =>
      checks.filter(({ name, result }) => name === 'kept(edits)' && result === 'found'),
    );
    expect(kept).toEqual([]);
    expect((await one.penstock('help', 'export')).stdout).toMatch(/^0 files written, 30 unchanged/);
  });

  test('a file in another layout that says the same is left as it is, and so is one without a text', async () => {
    await using one = await desk();
    await one.world.change('page.trends.md', 'title: Trends', "title:   'Trends' # as ever");
    await one.world.write('page.draft.md', helpFile('page.draft').text);
    const answer = await one.penstock('help', 'export');
    expect(answer.stdout).toBe('data/help/page.draft.md: not in the database\n0 files written, 30 unchanged\n');
    expect(readFileSync(join(one.files, 'page.trends.md'), 'utf8')).toContain('# as ever');
  });

  test('who has reviewed a text stays in its file, and a text that nobody has reviewed is not written as if it were', async () => {
    await using one = await desk();
    const name = 'page.indigenous.md';
    await one.world.change(name, 'curation: required', 'curation: reviewed by Ada Example on 2026-11-24');
    await one.world.change(name, ', not yet reviewed', '');
    const text = readFileSync(join(one.files, name), 'utf8');
    await one.world.write(name, text.replace(/\n\*Technical note\..*\n/, ''));
    await one.world.load();
    await one.db.pool.query(`update help_content set title = 'Data' where id = 'page.indigenous'`);
    expect((await one.penstock('help', 'export', 'tab.indigenous')).stdout).toMatch(
      /^data\/help\/page\.indigenous\.md: written/,
    );
    expect(readFileSync(join(one.files, name), 'utf8')).toContain('title: Data\n');
    expect(readFileSync(join(one.files, name), 'utf8')).toContain('curation: reviewed by Ada Example on 2026-11-24\n');
    const empty = place();
    const refused = await one.penstock('help', 'export', 'page.indigenous', '--to', empty);
    expect(refused.code).toBe(1);
    expect(refused.stdout).toContain('a text that people must review: add curation: required');
    expect(readdirSync(empty)).toEqual([]);
  });

  test('a text that breaks the rules of files is not written, the others are', async () => {
    await using one = await desk();
    await one.db.pool.query(`update help_content set body_md = 'It has 99.9 % uptime.' where id = 'page.trends'`);
    const to = place();
    const answer = await one.penstock('help', 'export', '--to', to, '--json');
    expect(answer.code).toBe(1);
    expect(answer.json<HelpExport>()).toMatchObject({
      refused: [{ file: 'page.trends.md', faults: [expect.stringContaining('99.9 % uptime') as string] }],
    });
    expect(readdirSync(to)).toHaveLength(29);
  });

  test('an unknown text, an empty database and a folder that is not there are said', async () => {
    await using one = await desk();
    const unknown = await one.penstock('help', 'export', 'page.trend');
    expect([unknown.code, unknown.stderr]).toEqual([
      1,
      expect.stringMatching(/^HELP_TEXT_UNKNOWN: there is no help text "page\.trend"; did you mean page\.trends\?/),
    ]);
    const empty = await freshDatabase();
    const at = (cwd: string, ...more: string[]): Promise<Answer> =>
      runProgram(program, ['help', 'export', ...more], { cwd, env: { DATABASE_URL: empty.url } });
    expect((await at(one.cwd)).stderr).toMatch(/^HELP_NOTHING: the database holds no help texts/);
    expect((await at(place())).stderr).toMatch(/^HELP_FOLDER_MISSING: there is no folder data\/help/);
  });
});

describe('set', () => {
  let one: Desk & AsyncDisposable;
  beforeAll(async () => {
    one = await desk();
  });
  afterAll(() => one[Symbol.asyncDispose]());
  const trends = (change: Readonly<Record<string, string | null>> = {}, body?: string): string => {
    const path = join(place(), 'text.md');
    const aliases = '[tab.trends, trends.analysis]';
    writeFileSync(path, helpFile('page.trends', { title: 'Trends', aliases, ...change }, body).text);
    return path;
  };

  test('a text is written, what changed is shown, and the version before it is kept with who wrote it', async () => {
    const path = trends({ last_updated: '2026-11-24', author: 'Ada' });
    const dry = await one.penstock('help', 'set', 'page.trends', path, '--dry-run', '--json');
    expect(dry.json<HelpSetResult>()).toMatchObject({
      outcome: 'changed',
      written: false,
      version: null,
      by: 'tester',
    });
    const answer = await one.penstock('help', 'set', 'page.trends', path, '--by', 'ada@example.org');
    expect(answer).toMatchObject({ code: 0, stderr: '' });
    expect(answer.stdout).toMatch(
      /^page\.trends: changed: short_text, body_md, discipline_tags, related_sources, last_updated, author\n/,
    );
    expect(answer.stdout).toContain('\n- last_updated: 2026-11-22\n');
    expect(answer.stdout).toContain('\n+ last_updated: 2026-11-24\n');
    expect(answer.stdout).toContain('\n+ author: Ada\n');
    expect(answer.stdout).toMatch(/Version \d+, by ada@example\.org\./);
    expect(await one.penstock('help', 'set', 'page.trends', path)).toMatchObject({
      code: 0,
      stdout: 'page.trends: nothing to change\n',
    });
    const versions = (await one.penstock('help', 'history', 'tab.trends', '--json')).json<HelpVersion[]>();
    expect(versions.map(({ how, by, author }) => [how, by, author])).toEqual([
      ['edit', 'ada@example.org', 'Ada'],
      ['file', null, 'Penstock maintainers'],
    ]);
    expect(versions[1]?.file).toBe(readFileSync(join(HELP_FOLDER, 'page.trends.md'), 'utf8'));
    const shown = (await one.penstock('help', 'history', 'page.trends', '--diff')).stdout;
    expect(shown).toMatch(/^version +when +how +by +author +changed\n/);
    expect(shown).toMatch(/ edit +ada@example\.org +Ada +short_text, body_md, /);
    expect(shown).toMatch(/ file +Penstock maintainers +the text$/m);
    expect(shown).toContain('\n- author: Penstock maintainers\n');
  });

  test('a server that has kept the text shows the new one at once', async () => {
    const server = await startApi({ url: one.db.url });
    const shown = (): Promise<Reply> => ask(server.url, '/api/help/page.gridops');
    await shown();
    expect((await shown()).headers['x-cache']).toBe('hit');
    const path = join(place(), 'text.md');
    writeFileSync(path, helpFile('page.gridops', { title: 'Shown at once', aliases: '[tab.gridops]' }).text);
    expect((await one.penstock('help', 'set', 'page.gridops', path)).code).toBe(0);
    await vi.waitFor(async () => expect((await shown()).json()['title']).toBe('Shown at once'), SOON);
    await server.stop();
  });

  test('a text comes from stdin, too, and a new one is made', async () => {
    const set = spawnSync(process.execPath, [program, 'help', 'set', 'page.meters', '-', '--by', 'bob'], {
      cwd: one.cwd,
      env: { PATH: process.env['PATH'] ?? '', HOME: tmpdir(), DATABASE_URL: one.db.url },
      input: helpFile('page.meters').text,
      encoding: 'utf8',
    });
    expect([set.status, set.stderr]).toEqual([0, '']);
    expect(set.stdout).toMatch(/^page\.meters: created\n/);
    expect(await one.db.pool.query(`select title from help_content where id = 'page.meters'`)).toEqual([
      { title: 'A panel' },
    ]);
  });

  test('all faults of the text are named with their lines, and nothing is changed', async () => {
    const count = async (): Promise<unknown> =>
      (await one.db.pool.query('select count(*)::int as n from etl.load'))[0]?.['n'];
    const before = await count();
    const path = trends(
      { short_text: 'x'.repeat(160), aliases: '[tab.trends, page.gridops]' },
      '<b>x</b>\n\n[x](javascript:y)',
    );
    const answer = await one.penstock('help', 'set', 'page.trends', path);
    expect([answer.code, answer.stdout]).toEqual([1, '']);
    expect(answer.stderr).toMatch(/^HELP_TEXT_INVALID: /);
    for (const part of [
      'page.trends.md:4: short_text has 160 characters',
      'page.trends.md:9: the alias page.gridops is the id of a text',
      'page.trends.md:12: holds HTML',
      'page.trends.md:14: links to "javascript:y"',
    ])
      expect(answer.stderr).toContain(part);
    expect(await count()).toBe(before);
  });

  test.each<[string, () => string, string, RegExp]>([
    ['a file that is not there', () => '/nowhere/x.md', 'page.trends', /^HELP_FILE_UNREADABLE: .*ENOENT/],
    [
      'a file without front matter',
      () => {
        const path = join(place(), 'x.md');
        writeFileSync(path, 'words');
        return path;
      },
      'page.trends',
      /there is no front matter/,
    ],
    [
      'the file of another text',
      () => trends(),
      'page.gridops',
      /the id is page\.trends, so the file must be page\.trends\.md/,
    ],
    [
      'a review, which is said in the file',
      () => trends({ curation: 'reviewed by Ada on 2026-11-24' }),
      'page.trends',
      /^HELP_REVIEW_IN_FILE/,
    ],
    ['a NUL', () => trends({ author: '"a\\0b"' }), 'page.trends', /author: holds a control character/],
    [
      'Markdown that only the table refuses',
      () => trends({}, 'Say `f(a)[0](b)`.'),
      'page.trends',
      /help_content_body_md_check/,
    ],
  ])('%s is refused', async (_name, path, id, said) => {
    const answer = await one.penstock('help', 'set', id, path());
    expect([answer.code, answer.stdout]).toEqual([1, '']);
    expect(answer.stderr).toMatch(said);
    expect(answer.stderr).not.toContain('UNEXPECTED');
  });

  test('who writes must be known', async () => {
    const answer = await runProgram(program, ['help', 'set', 'page.trends', trends()], {
      env: { DATABASE_URL: one.db.url },
    });
    expect([answer.code, answer.stderr]).toEqual([1, expect.stringMatching(/^HELP_BY_WHOM: /)]);
  });

  test('the history of a text that never was names the nearest', async () => {
    expect((await one.penstock('help', 'history', 'page.grdops')).stderr).toMatch(/did you mean page\.gridops\?/);
  });
});
