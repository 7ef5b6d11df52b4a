/** Markdown with front matter: what becomes of every field, and which file is refused with which line. */
import { describe, expect, test } from 'vitest';
import { documents } from '../../core/decode.ts';
import { decodeBytes, faultOf } from './support.ts';

const SPEC = documents({ fields: ['id', 'version', 'tags'], lists: ['tags'] });
const sent = (...files: readonly (readonly [file: string, text: string])[]): string =>
  files.map(([file, text]) => `${JSON.stringify({ file, text })}\n`).join('');
const page = (front: string, body = 'Body.\n'): string => `---\n${front}\n---\n${body}`;

describe('a document', () => {
  test('gives its file name, its fields and its body', async () => {
    const { cells, lines, undecodable } = await decodeBytes(
      sent(['a.md', page('id: tab.home\nversion: 1.10\ntags: [demand, Ontario]', '\n\n# Title\n\n---\n\nText.\n\n')]),
      SPEC,
    );
    expect(undecodable).toEqual([]);
    expect(lines).toEqual([1]);
    expect(cells).toEqual([['a.md', 'tab.home', '1.10', '["demand","Ontario"]', '# Title\n\n---\n\nText.\n']]);
  });

  test('may lack fields, leave them empty, and have no body', async () => {
    const { cells } = await decodeBytes(sent(['a.md', page('id:\nversion: ""', '')], ['b.md', page('tags: []')]), SPEC);
    expect(cells).toEqual([
      ['a.md', null, '', null, null],
      ['b.md', null, null, '[]', 'Body.\n'],
    ]);
  });

  test('keeps dates, flags and long numbers as they are written', async () => {
    const { cells } = await decodeBytes(
      sent(
        ['a.md', page('id: 2026-11-22\nversion: 12345678901234567890123')],
        ['b.md', page('id: true\nversion: 0x10')],
      ),
      SPEC,
    );
    expect(cells.map((row) => row.slice(1, 3))).toEqual([
      ['2026-11-22', '12345678901234567890123'],
      ['true', '0x10'],
    ]);
  });

  test('is the same with the line ends of Windows', async () => {
    const text = page('id: a\nversion: 2', 'One.\nTwo.\n');
    const [unix, windows] = await Promise.all(
      [text, text.replaceAll('\n', '\r\n')].map((each) => decodeBytes(sent(['a.md', each]), SPEC)),
    );
    expect(windows?.cells).toEqual(unix?.cells);
  });
});

describe('a document is refused alone', () => {
  test.each([
    ['no front matter', '# Title\n', 'a.md line 1: it has no front matter: the first line must be ---'],
    [
      'no end of the front matter',
      '---\nid: a\n',
      'a.md line 1: its front matter has no end: a line --- must follow it',
    ],
    ['a list instead of fields', page('- id'), 'a.md line 2: the front matter must be fields, each as "name: value"'],
    ['nothing between the lines', '---\n---\n', 'a.md line 2: the front matter must be fields, each as "name: value"'],
    [
      'an unknown field',
      page('id: a\nauther: b'),
      'a.md line 3: the field "auther" is not known; known are id, version, tags',
    ],
    ['a field twice', page('id: a\nid: b'), 'a.md line 3: the front matter is not YAML: Map keys must be unique'],
    ['broken YAML', page('id: a\nversion: [1'), /^a\.md line \d: the front matter is not YAML: /],
    ['a tab as indent', page('id: a\ntags:\n\t- x'), /^a\.md line 4: the front matter is not YAML: /],
    ['a text where a list belongs', page('id: a\ntags: x'), 'a.md line 3: tags must be a list'],
    ['an object where a list belongs', page('tags:\n  a: 1'), 'a.md line 2: tags must be a list'],
    ['a list where a text belongs', page('id: [a]'), 'a.md line 2: id must be one value, not a list or an object'],
    [
      'a reference',
      page('id: &x a\nversion: *x'),
      'a.md line 3: version refers to another field (*x); write the value',
    ],
    ['a key that is no text', page('[a]: b'), /^a\.md line 2: the field "" is not known/],
    ['a type of one’s own', page('id: !secret a'), /^a\.md line 2: the front matter is not YAML: /],
  ])('for %s', async (_, text, reason) => {
    const { cells, undecodable } = await decodeBytes(sent(['a.md', text], ['b.md', page('id: fine')]), SPEC);
    expect(cells).toEqual([['b.md', 'fine', null, null, 'Body.\n']]);
    expect(undecodable).toEqual([
      { line: 1, raw: text, reason: typeof reason === 'string' ? reason : expect.stringMatching(reason) },
    ]);
  });

  test('when it is not UTF-8', async () => {
    const { undecodable } = await decodeBytes(`${JSON.stringify({ file: 'a.md', base64: '/w==' })}\n`, SPEC);
    expect(undecodable).toEqual([{ line: 1, raw: '', reason: 'a.md line 1: the file is not UTF-8' }]);
  });

  test('when aliases would grow without end', async () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]'];
    for (let i = 1; i < 9; i++)
      bomb.push(`b${i}: &b${i} [${Array.from({ length: 9 }, () => `*${i === 1 ? 'a' : `b${i - 1}`}`).join()}]`);
    const { undecodable } = await decodeBytes(sent(['a.md', page(`tags:\n  - ${bomb.join('\n    ')}`)]), SPEC);
    expect(undecodable[0]?.reason).toMatch(/^a\.md line 2: tags: Excessive alias count/);
  });
});

test('bytes that are no list of documents are a fault that says how to write the address', async () => {
  const { code, next } = await faultOf('---\nid: a\n', SPEC);
  expect(code).toBe('FORMAT_OTHER_REPORT');
  expect(next).toContain('local://<folder>/');
});
