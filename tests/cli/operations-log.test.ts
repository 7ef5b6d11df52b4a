/** The log of operations: its lines are whole whoever writes at once, hold no secret, and a file that cannot be written is a warning. */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { changelogPath, type Operation, recordOperation } from '../../cli/operations-log.ts';
import type { Log } from '../../core/effects.ts';
import { silentLog } from '../support/log.ts';
import { temporaryFolder } from './support.ts';

const folder = temporaryFolder();
const operation = (change: Partial<Operation> = {}, name = 'db.example.org:5432/energy'): Operation => ({
  command: 'db migrate',
  changes: ['applied 1_a.sql'],
  connected: { kind: 'external', pool: { name, query: async () => [{ name: 'owner' }] } as never },
  dataDir: 'data',
  now: Date.parse('2026-11-22T20:00:00.123Z'),
  ...change,
});
const warnings: string[] = [];
const log: Log = { ...silentLog, warn: (message) => void warnings.push(message) };

describe('the log of operations', () => {
  test('begins with a heading and gets a line for each change: when, what, where, by whom', async () => {
    const path = join(folder, 'new/changelog.md');
    expect(await recordOperation(path, operation({ changes: ['applied 1_a.sql', 'applied 2_b.sql'] }), log)).toBe(path);
    await recordOperation(path, operation({ command: 'db seed', changes: ['x'] }), log);
    const text = readFileSync(path, 'utf8');
    expect(text).toMatch(/^# Changes of databases\n\nWritten by `db migrate` and `db seed`: .*\n\n- /);
    const lines = text.split('\n').filter((line) => line.startsWith('- '));
    expect(lines).toHaveLength(3);
    expect(lines[1]).toMatch(
      /^- 2026-11-22T20:00:00Z db migrate: applied 2_b\.sql; in db\.example\.org:5432\/energy as owner, by [^@ ]+@\S+$/,
    );
  });

  test('names the folder of an embedded database, whose port says nothing', async () => {
    const path = join(folder, 'embedded.md');
    const connected = { ...operation().connected, kind: 'embedded' } as const;
    await recordOperation(path, operation({ connected }), log);
    expect(readFileSync(path, 'utf8')).toContain(`in the embedded database of ${resolve('data')} as owner`);
  });

  test('is left alone when nothing was changed', async () => {
    const path = join(folder, 'nothing.md');
    expect(await recordOperation(path, operation({ changes: [] }), log)).toBeNull();
    expect(() => readFileSync(path)).toThrow('ENOENT');
  });

  test('goes on in a line of its own where somebody left the last one open', async () => {
    const path = join(folder, 'open.md');
    writeFileSync(path, '# Mine\n- by hand');
    await recordOperation(path, operation(), log);
    expect(readFileSync(path, 'utf8')).toMatch(/^# Mine\n- by hand\n- 2026-.*\n$/);
  });

  test('holds one line for each change, whatever line ends and secrets its names hold', async () => {
    const path = join(folder, 'plain.md');
    await recordOperation(path, operation({ changes: ['a\n- forged postgresql://u:secret@h/d'] }), log);
    const text = readFileSync(path, 'utf8');
    expect(text).not.toContain('secret');
    expect(text.split('\n').filter((line) => line.startsWith('- '))).toHaveLength(1);
  });

  test('that cannot be written is a warning with what is missing in it', async () => {
    writeFileSync(join(folder, 'file'), '');
    expect(await recordOperation(join(folder, 'file/changelog.md'), operation(), log)).toBeNull();
    expect(warnings.at(-1)).toMatch(/the database has changed.*could not be written.*applied 1_a\.sql/);
  });

  test('does not mix the lines of processes that write at once', async () => {
    const path = join(folder, 'together.md');
    const code = `import { recordOperation } from ${JSON.stringify(resolve('cli/operations-log.ts'))};
      const connected = { kind: 'external', pool: { name: 'x', query: async () => [{ name: 'o' }] } };
      for (let i = 0; i < 20; i++)
        await recordOperation(${JSON.stringify(path)}, { command: 'c', changes: Array.from({ length: 5 }, (_, n) => process.argv[1] + '.' + i + '.' + n + ' ' + 'x'.repeat(300)), connected, dataDir: 'd', now: 0 }, console);`;
    await Promise.all(
      ['p', 'q', 'r'].map(
        (name) =>
          new Promise<void>((done, fail) => {
            const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', code, name], {
              stdio: 'inherit',
            });
            child.on('close', (exit) => (exit === 0 ? done() : fail(new Error(`exit code ${exit}`))));
          }),
      ),
    );
    const text = readFileSync(path, 'utf8');
    const lines = text.split('\n');
    expect(lines.filter((line) => line === '# Changes of databases')).toHaveLength(1);
    const noted = lines.filter((line) =>
      /^- 1970-01-01T00:00:00Z c: [pqr]\.\d+\.\d x{300}; in x as o, by \S+$/.test(line),
    );
    expect(noted).toHaveLength(300);
    expect(lines.filter((line) => line.startsWith('- '))).toHaveLength(300);
  });
});

test('the file is what was typed, else the variable, else that of the checkout, else one beside the data', () => {
  const settings = { dataDir: '/d', databaseUrl: null };
  const server = { dataDir: '/d', databaseUrl: 'postgresql://h/d' };
  expect(changelogPath('a.md', { PENSTOCK_CHANGELOG: 'b.md' }, settings)).toBe('a.md');
  expect(changelogPath(undefined, { PENSTOCK_CHANGELOG: 'b.md' }, settings)).toBe('b.md');
  const before = process.cwd();
  const elsewhere = join(folder, 'elsewhere');
  mkdirSync(join(elsewhere, 'docs/operations'), { recursive: true });
  // Workers of vitest that are processes may change their folder.
  process.chdir(elsewhere);
  try {
    expect(changelogPath(undefined, {}, server)).toBe('docs/operations/changelog.md');
    expect(changelogPath(undefined, {}, { dataDir: 'data', databaseUrl: null })).toBe('docs/operations/changelog.md');
    expect(changelogPath(undefined, {}, settings)).toBe('/d/operations/changelog.md');
    process.chdir(folder);
    expect(changelogPath(undefined, {}, server)).toBe('/d/operations/changelog.md');
  } finally {
    process.chdir(before);
  }
});
