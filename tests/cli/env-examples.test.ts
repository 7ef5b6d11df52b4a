/** Every example of an environment file names what the code reads: nothing more, nothing less, and no value that is a key. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { credentialVariables } from '../../core/pipeline.ts';
import { loadCatalog } from '../../pipelines/index.ts';

const ROOT = join(import.meta.dirname, '../..');
const FILES = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8' })
  .trim()
  .split('\n');
const EXAMPLES = FILES.filter((file) => /(^|\/)\.env\b.*$/.test(file));
// npm sets the first, nobody else should; the others are set wherever somebody is signed in.
const NOT_SETTINGS = new Set(['npm_lifecycle_event', 'USER', 'LOGNAME']);

test('no environment file but examples is in the project, and there is at least one', () => {
  expect(EXAMPLES).toContain('.env.example');
  expect(EXAMPLES.filter((file) => !file.endsWith('.example'))).toEqual([]);
});

test.each(EXAMPLES)('%s names each variable that the code reads, once, and no other', async (file) => {
  const named = [...read(file).matchAll(/^#? ?([A-Z][A-Z0-9_]*)=/gm)].map((match) => match[1] ?? '');
  expect(named.toSorted()).toEqual([...(await variablesThatTheCodeReads())].toSorted());
});

test.each(EXAMPLES)('%s gives no key a value, and puts none where a browser reads it', (file) => {
  for (const [line, name = '', value = ''] of read(file).matchAll(/^#? ?([A-Z][A-Z0-9_]*)=(.*)$/gm)) {
    // VITE_ variables are built into the page.
    if (/(KEY|TOKEN|SECRET|PASSWORD)/.test(name) && !name.endsWith('ANON_KEY')) {
      expect(value, line).toBe('');
      expect(name, line).not.toMatch(/^VITE_/);
    }
  }
});

/** Read from the sources and the publishers' definitions, not from the list that the example is made from. */
async function variablesThatTheCodeReads(): Promise<Set<string>> {
  const names = new Set<string>();
  for (const file of FILES.filter((path) =>
    /^(cli|engine|loaders|serve|sql|reports|transforms|core)\/.*\.ts$/.test(path),
  )) {
    for (const [, name = ''] of read(file).matchAll(/\b[eE]nv\??\.?\[\s*'(\w+)'\s*\]|\bprocess\.env\.(\w+)/g))
      names.add(name);
  }
  for (const { credentials } of (await loadCatalog()).publishers.values()) {
    for (const name of credentialVariables(credentials)) names.add(name);
  }
  return new Set([...names].filter((name) => !NOT_SETTINGS.has(name)));
}

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}
