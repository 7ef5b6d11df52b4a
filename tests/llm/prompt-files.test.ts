/** Prompts as files: every endpoint has one, and a file that says something else than its name is no prompt. */
import { expect, test } from 'vitest';
import { byVersion, promptOf, readPrompts } from '../../serve/llm/prompt-files.ts';
import { LLM_KINDS } from '../../serve/llm/results.ts';
import { promptsFolder } from '../../serve/llm/shipped.ts';

const file = (key: string, more = ''): string =>
  `---\nkey: ${key}\nversion: '1'\nschema: x\nnote: y\n${more}---\n\nDo it.\n`;

test('each endpoint has a prompt that ships, names its schema and every part of the answer', async () => {
  const prompts = await readPrompts(promptsFolder());
  expect(prompts.map(({ key }) => key)).toEqual([...LLM_KINDS].sort());
  for (const { schema, key, text } of prompts) {
    expect(schema).toBe(key);
    expect(text).toMatch(/<data>[^]*<question>[^]*"sources": \["id"\]}$/);
  }
});

test('the hash does not hang on line ends, and does on every word', () => {
  const one = promptOf('a/1.md', file('a'));
  expect(promptOf('a/1.md', file('a').replaceAll('\n', '\r\n')).hash).toBe(one.hash);
  expect(promptOf('a/1.md', file('a').replace('Do it.', 'Do it!')).hash).not.toBe(one.hash);
  expect(one.text).toBe('Do it.');
});

test.each([
  ['b/1.md', file('a')],
  ['a/2.md', file('a')],
  ['a/1.md', 'Do it.'],
  ['a/1.md', file('a', 'unknown: 1\n')],
  ['a/1.md', '---\nkey: [\n---\nDo it.'],
  ['a/1.md', '---\nkey: a\nversion: 1\nschema: x\nnote: y\n---\n\n'],
])('%s is refused where it is not what it says', (name, text) => {
  expect(() => promptOf(name, text)).toThrow(/LLM_PROMPT_FILE_INVALID/);
});

test('version 10 is newer than version 9', () => {
  expect(['10', '9', '1.2', '1.10'].sort(byVersion)).toEqual(['1.2', '1.10', '9', '10']);
});
