/** `db seed`: loads the project's files, keeps what people edited and says so, notes what it changed; a second time nothing happens. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FaultJson } from '../../core/errors.ts';
import { type EmptyDatabase, emptyDatabase } from '../sql/empty-database.ts';
import { type FreshDatabase, freshDatabase, testServers } from '../support/postgres.ts';
import { type Answer, builtProgram, runProgram, temporaryFolder } from './support.ts';

const program = builtProgram();
const ID = 'local-provenance-types';

interface Seeded {
  readonly exitCode: number;
  readonly changelog: string | null;
  readonly files: readonly {
    readonly dataset: string;
    readonly file: string;
    readonly outcome: string;
    readonly added: number;
    readonly changed: number;
    readonly withdrawn: number;
    readonly unchanged: number;
    readonly kept: {
      readonly rows: number;
      readonly edits: readonly { kind: string; key: string; by: string | null }[];
    };
  }[];
}

describe.each(testServers())('on $name', (server) => {
  let database: FreshDatabase;
  let folder: string;
  const penstock = (words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Answer> =>
    runProgram(program, [...words, '--data-dir', join(folder, 'data')], {
      cwd: folder,
      env: { DATABASE_URL: database.url, ...env },
    });
  const seed = async (): Promise<Seeded> => (await penstock(['db', 'seed', ID, '--json'])).json<Seeded>();
  const changelog = (): string => readFileSync(join(folder, 'data/operations/changelog.md'), 'utf8');

  beforeAll(async () => {
    database = await freshDatabase(server);
    folder = temporaryFolder();
  });

  test('the first time brings every row of the file, and notes it', async () => {
    const { exitCode, files } = await seed();
    expect(exitCode).toBe(0);
    const lines = readFileSync('data/reference/provenance_types.csv', 'utf8').trim().split('\n').length - 1;
    expect(files).toMatchObject([
      {
        dataset: ID,
        file: 'data/reference/provenance_types.csv',
        outcome: 'loaded',
        added: lines,
        changed: 0,
        withdrawn: 0,
      },
    ]);
    expect(changelog()).toMatch(
      /Z db seed: data\/reference\/provenance_types\.csv into public\.data_provenance_types: \d+ rows added/,
    );
    expect(changelog()).not.toContain(new URL(database.url).password || 'no password');
  });

  test('the second time changes nothing: no row, no version, no note', async () => {
    const before = changelog();
    const { files, changelog: noted } = await seed();
    expect(files).toMatchObject([{ outcome: 'unchanged', added: 0, changed: 0, withdrawn: 0 }]);
    expect(noted).toBeNull();
    expect(changelog()).toBe(before);
    expect(await database.pool.query('select from history.data_provenance_types')).toEqual([]);
  });

  test('what an administrator edited is kept and reported with who and when, every time', async () => {
    await database.pool.transaction(async (tx) => {
      await tx.query(`set local penstock.actor to 'alice'`);
      await tx.query(`update public.data_provenance_types set quality_tier = 'modeled' where code = 'ieso_real_time'`);
      await tx.query(`delete from public.data_provenance_types where code = 'calculated'`);
    });
    for (const outcome of ['loaded', 'unchanged']) {
      const { exitCode, files } = await seed();
      expect(exitCode).toBe(0);
      expect(files).toMatchObject([{ outcome, added: 0, changed: 0, withdrawn: 0, kept: { rows: 2 } }]);
      expect(files[0]?.kept.edits.map(({ kind, key, by }) => [kind, key, by])).toEqual([
        ['deleted', 'calculated', 'alice'],
        ['changed', 'ieso_real_time', 'alice'],
      ]);
    }
    const { stdout } = await penstock(['db', 'seed', ID]);
    expect(stdout).toMatch(
      /^ {2}ieso_real_time: kept: quality_tier "modeled" \(changed by alice at 20\d\d-.*Z\); quality_tier "real_time" in the file$/m,
    );
    expect(stdout).toMatch(/^ {2}calculated: left out \(deleted by alice at 20\d\d-.*Z\); a row of the file$/m);
    expect(stdout).toContain('To take an edit over, write it into the file. To undo it');
    expect(stdout).toContain('1 file: 0 changed the database, 2 edited rows kept');
  });

  test('an edit that is undone by hand gives the row back to the file', async () => {
    await database.pool.query(
      `update public.data_provenance_types set quality_tier = 'real_time' where code = 'ieso_real_time'`,
    );
    const { files } = await seed();
    expect(files[0]?.kept.edits.map(({ key }) => key)).toEqual(['calculated']);
    const [row] = await database.pool.query<{ strategy: string }>(
      `select l.strategy from public.data_provenance_types t join etl.load l using (load_id) where code = 'ieso_real_time'`,
    );
    expect(row?.strategy).toBe('merge');
  });

  test.each([
    ['an id that is misspelt', 'local-provenence-types', 'SEED_UNKNOWN', 'did you mean local-provenance-types?'],
    ['a dataset of a publisher', 'ieso-demand', 'SEED_UNKNOWN', 'does not read a local file'],
  ])('%s is exit 1', async (_, id, code, what) => {
    const answer = await penstock(['db', 'seed', id, '--json']);
    expect(answer.code).toBe(1);
    expect(answer.json<{ error: FaultJson }>().error).toMatchObject({ code, what: expect.stringContaining(what) });
  });
});

describe('an empty database of somebody', () => {
  let bare: EmptyDatabase;
  const folder = temporaryFolder();
  const penstock = (words: readonly string[]): Promise<Answer> =>
    runProgram(program, [...words, '--data-dir', join(folder, 'data')], {
      cwd: folder,
      env: { DATABASE_URL: bare.url, PENSTOCK_CHANGELOG: join(folder, 'note.md') },
    });

  beforeAll(async () => {
    bare = await emptyDatabase();
  });
  afterAll(() => bare.drop());

  test('is not seeded: exit 1, and db migrate is named', async () => {
    const answer = await penstock(['db', 'seed', '--json']);
    expect(answer.code).toBe(1);
    expect(answer.json<{ error: FaultJson }>().error.code).toBe('DATABASE_NOT_MIGRATED');
    expect(existsSync(join(folder, 'note.md'))).toBe(false);
  });

  test('gets a line for each migration in the file that PENSTOCK_CHANGELOG names, once', async () => {
    const { applied, changelog } = (await penstock(['db', 'migrate', '--json'])).json<{
      applied: string[];
      changelog: string;
    }>();
    expect(changelog).toBe(join(folder, 'note.md'));
    const noted = (): string[] =>
      readFileSync(changelog, 'utf8')
        .split('\n')
        .filter((line) => line.startsWith('- '));
    expect(noted().map((line) => /applied (\S+\.sql); in/.exec(line)?.[1])).toEqual(applied);
    await penstock(['db', 'migrate']);
    expect(noted()).toHaveLength(applied.length);
  });

  test('is migrated also when the note cannot be written', async () => {
    writeFileSync(join(folder, 'file'), '');
    await bare.pool.query(
      `delete from supabase_migrations.schema_migrations where version = (select max(version) from supabase_migrations.schema_migrations)`,
    );
    const answer = await penstock(['db', 'migrate', '--changelog', join(folder, 'file/x.md')]);
    expect(answer.stdout).toMatch(/^1 migration applied/m);
    expect(answer.stderr).toContain('could not be written');
    expect(answer.code).toBe(0);
  });
});
