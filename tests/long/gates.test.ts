/** Each gate of `npm run check` sees a fault that was planted for it, in a copy of the tree: a gate that cannot fail is none. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

describe('a gate', () => {
  let copy = '';

  beforeAll(async () => {
    copy = await mkdtemp(join(tmpdir(), 'penstock-gates-'));
    const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8' })
      .trim()
      .split('\n');
    for (const file of files) {
      await mkdir(dirname(join(copy, file)), { recursive: true });
      await cp(join(ROOT, file), join(copy, file));
    }
    await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  }, 60_000);

  afterAll(() => rm(copy, { recursive: true, force: true }));

  function check(gate: string): { readonly exitCode: number; readonly output: string } {
    const done = spawnSync('node_modules/.bin/tsx', ['tests/gates/check.ts', gate], { cwd: copy, encoding: 'utf8' });
    return { exitCode: done.status ?? 1, output: `${done.stdout}${done.stderr}` };
  }

  const cases: readonly {
    readonly gate: string;
    readonly fault: string;
    readonly file: string;
    readonly text: string;
    readonly says: RegExp;
  }[] = [
    {
      gate: 'format',
      fault: 'a badly formatted file',
      file: 'core/planted.ts',
      text: 'export   const planted = "x"',
      says: /planted\.ts/,
    },
    {
      gate: 'lint',
      fault: 'an import against the direction',
      file: 'core/planted.ts',
      text: "/** Planted. */\nexport { openPool } from '../loaders/postgres/database.ts';\n",
      says: /core is the shared vocabulary/,
    },
    {
      gate: 'lint',
      fault: 'an import cycle',
      file: 'core/planted.ts',
      text: "/** Planted. */\nimport { other } from './planted-other.ts';\n\nexport const planted: number = other + 1;\n",
      says: /no-cycle/,
    },
    {
      gate: 'types',
      fault: 'a wrong type',
      file: 'core/planted.ts',
      text: "export const planted: number = 'x';\n",
      says: /TS2322/,
    },
    {
      gate: 'dead code',
      fault: 'a file that nobody uses',
      file: 'core/planted.ts',
      text: 'export const planted = 1;\n',
      says: /planted\.ts/,
    },
    {
      gate: 'definitions and SQL',
      fault: 'a definition without its SQL',
      file: 'pipelines/ieso/planted.ts',
      text: "import demand from './demand.ts';\n\nexport default { ...demand, id: 'ieso-planted', transform: 'transforms/ieso/planted.sql' };\n",
      says: /planted\.sql/,
    },
    {
      gate: 'help files',
      fault: 'a help text with a # link',
      file: 'data/help/page.planted.md',
      text: "---\nid: page.planted\ntitle: Planted\nshort_text: Planted.\ntags: [planted]\nsources: [{ name: Docs, url: '#' }]\nlast_updated: 2026-11-22\nauthor: Nobody\n---\n\nSee [more](#).\n",
      says: /data\/help\/page\.planted\.md:6: sources: "#" is no https address[\s\S]*page\.planted\.md:11: links to "#"/,
    },
    // Put together here, so that the gate does not find them in this file.
    {
      gate: 'secrets',
      fault: 'the address of a hosted project',
      file: 'docs/planted.md',
      text: `Our project is https://${'abcdefghij'}${'klmnopqrst'}.supabase.co\n`,
      says: /docs\/planted\.md:1:/,
    },
    {
      gate: 'secrets',
      fault: 'a private key',
      file: 'core/planted.ts',
      text: `const key = \`-----BEGIN ${'RSA'} PRIVATE KEY-----\n${'MIIEowIBAAKCAQEA'.repeat(20)}\n-----END ${'RSA'} PRIVATE KEY-----\`;\n`,
      says: /core\/planted\.ts/,
    },
    {
      gate: 'secrets',
      fault: 'a key in an environment file',
      file: '.env.planted',
      text: `AESO_API_KEY=${'0123456789abcdef'}\n`,
      says: /\.env\.planted:1:/,
    },
  ];

  it.each(cases)('$gate: sees $fault', async ({ gate, file, text, says }) => {
    const path = join(copy, file);
    const other = join(copy, 'core/planted-other.ts');
    try {
      await writeFile(path, text);
      if (text.includes('planted-other')) {
        await writeFile(
          other,
          "/** Planted. */\nimport { planted } from './planted.ts';\n\nexport const other: number = planted;\n",
        );
      }
      const { exitCode, output } = check(gate);
      expect(output).toMatch(says);
      expect(exitCode).toBe(1);
    } finally {
      await rm(path, { force: true });
      await rm(other, { force: true });
    }
  });

  it('that looked at nothing has failed', async () => {
    await writeFile(join(copy, '.oxlintrc.json'), JSON.stringify({ ignorePatterns: ['**'] }));
    const { exitCode, output } = check('lint');
    expect(output).toContain('FAIL lint: 0 files');
    expect(exitCode).toBe(1);
  });
});
