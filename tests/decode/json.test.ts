/** JSON: paths to rows and cells, numbers as published, and every kind of document that is refused. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { json, zip } from '../../core/decode.ts';
import { decodeBytes, faultOf, type Gathered } from './support.ts';
import { zipOf } from './zip-writer.ts';

const plain = json({ rows: '', columns: { a: 'a', b: 'b' } });
const decodeText = (text: string, spec = plain, chunkBytes = 65_536): Promise<Gathered> =>
  decodeBytes(text, spec, { chunkBytes });

describe('cells', () => {
  test('are the text that was published, null for null and for what is absent', async () => {
    const found = await decodeText(
      '[{"a": 181.10, "b": 1e400}, {"a": -0, "b": 123456789012345678901234567890}, {"a": 1.0E+5, "b": ""}, {"a": null}, {"a": true, "b": false}]',
    );
    expect(found.cells).toEqual([
      ['181.10', '1e400'],
      ['-0', '123456789012345678901234567890'],
      ['1.0E+5', ''],
      [null, null],
      ['true', 'false'],
    ]);
    expect(found.lines).toEqual([1, 2, 3, 4, 5]);
  });

  test('that hold objects and lists are JSON text, with the numbers in it as published', async () => {
    const found = await decodeText('[{"a": {"x": [1.50, null, "ä\\n"], "y": {}}, "b": []}]');
    expect(found.cells).toEqual([['{"x":[1.50,null,"ä\\n"],"y":{}}', '[]']]);
    expect(found.raw).toEqual(['{"a":{"x":[1.50,null,"ä\\n"],"y":{}},"b":[]}']);
  });

  test('with escapes and other letters are read', async () => {
    expect((await decodeText('[{"a": "\\u00e9\\ud83d\\ude00\\/\\t", "b": "é😀"}]', plain, 1)).cells).toEqual([
      ['é😀/\t', 'é😀'],
    ]);
  });

  test('number text survives the round trip, whatever the number', async () => {
    const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 40 });
    const number = fc
      .tuple(
        fc.constantFrom('', '-'),
        digits.map((text) => text.replace(/^0+(?=\d)/, '')),
        fc.option(digits),
        fc.option(fc.tuple(fc.constantFrom('e', 'E', 'e+', 'E-'), digits)),
      )
      .map(([sign, whole, part, power]) => sign + whole + (part === null ? '' : `.${part}`) + (power ?? []).join(''));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(number, fc.option(fc.string({ unit: 'binary' }))), { maxLength: 20 }),
        fc.integer({ min: 1, max: 40 }),
        async (rows, chunkBytes) => {
          const items = rows.map(([a, b]) => `{"b":${JSON.stringify(b)},"a":${a}}`);
          const found = await decodeText(`[${items.join(',\n')}]`, plain, chunkBytes);
          // A NUL byte keeps a row apart, and its text with it.
          const good = rows.map((row, i) => [row, items[i]] as const).filter(([[, b]]) => b?.includes('\0') !== true);
          expect(found.cells).toEqual(good.map(([row]) => row));
          expect(found.raw).toEqual(good.map(([, raw]) => raw));
          expect(found.undecodable.length).toBe(rows.length - good.length);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('rows', () => {
  const report = json({
    rows: ['return/Pool Price Report', 'return/assets/volumes', 'return'],
    columns: { id: '../id', at: 'at', when: '../../time', deep: 'in/x' },
  });

  test('are found through lists, and climb to the objects around them', async () => {
    const found = await decodeText(
      `{"time": "t", "return": [{"id": 7, "assets": [{"id": "a", "volumes": [{"at": 1, "in": {"x": 2.0}}, {"at": 3}]}]},
        {"id": 8, "assets": [{"id": "b", "volumes": []}, {"id": "c"}, {"id": "d", "volumes": [{"at": 4, "in": null}]}]}]}`,
      json({
        rows: 'return/assets/volumes',
        columns: { asset: '../id', pool: '../../id', at: 'at', x: 'in/x', time: '../../../time' },
      }),
    );
    expect(found.cells).toEqual([
      ['a', '7', '1', '2.0', 't'],
      ['a', '7', '3', null, 't'],
      ['d', '8', '4', null, 't'],
    ]);
    expect(found.lines).toEqual([1, 2, 3]);
  });

  test('come from the first path that is there', async () => {
    const both = '{"return": {"Pool Price Report": [{"at": 1}], "assets": {"volumes": [{"at": 2}]}}}';
    expect((await decodeText(both, report)).cells.map((cells) => cells[1])).toEqual(['1']);
    expect((await decodeText('{"return": {"assets": {"volumes": {"at": 2}}}}', report)).cells).toEqual([
      [null, '2', null, null],
    ]);
    expect((await decodeText('{"time": 5, "return": {"at": 3}}', report)).cells).toEqual([[null, '3', null, null]]);
  });

  test('that are an empty list are none, and no other path is tried', async () => {
    expect((await decodeText('{"return": {"Pool Price Report": [], "at": 1}}', report)).cells).toEqual([]);
    expect((await decodeText('{"return": []}', report)).cells).toEqual([]);
    expect((await decodeText('[]')).cells).toEqual([]);
    const deeper = json({ rows: ['return/r', 'return'], columns: { a: 'a' } });
    expect((await decodeText('{"return": []}', deeper)).cells).toEqual([]);
    expect((await decodeText('{"return": []}', json({ rows: 'return/r', columns: { a: 'a' } }))).cells).toEqual([]);
  });

  test('of a document that is one object are that object', async () => {
    expect((await decodeText('\uFEFF {"a": 1}\n')).cells).toEqual([['1', null]]);
  });

  test.each<[string, string, string, string]>([
    ['a text', '"x"', 'the row is "x", an object was expected', '"x"'],
    ['a number', '1.50', 'the row is 1.50, an object was expected', '1.50'],
    ['null', 'null', 'the row is null, an object was expected', 'null'],
    ['a list', '[{"a":1}]', 'the row is a list, an object was expected', '[{"a":1}]'],
    ['an object with a NUL byte', '{"a":"\\u0000"}', 'the row holds a NUL byte', '{"a":"\\u0000"}'],
    ['an object with half of a character', '{"a":"\\ud83d"}', 'the row holds half of a character', '{"a":"\\ud83d"}'],
  ])('that are %s are kept apart', async (_, item, reason, raw) => {
    const found = await decodeText(`[{"a":1},${item},{"a":2}]`);
    expect(found.cells.map(([a]) => a)).toEqual(['1', '2']);
    expect(found.lines).toEqual([1, 3]);
    expect(found.undecodable).toEqual([{ line: 2, raw, reason }]);
  });

  test('in which something else stands on the way to a column are kept apart', async () => {
    const found = await decodeText(
      '[{"in": {"x": 1}}, {"in": [{"x": 1}]}, {"in": "no"}]',
      json({ rows: '', columns: { x: 'in/x' } }),
    );
    expect(found.cells).toEqual([['1']]);
    expect(found.undecodable.map(({ reason }) => reason)).toEqual([
      'a list stands on the way to in/x, an object was expected',
      '"no" stands on the way to in/x, an object was expected',
    ]);
  });

  test('that would stand beyond something else are kept apart beside real ones', async () => {
    const found = await decodeText('{"l": ["no", {"r": [{"a": 1}]}]}', json({ rows: 'l/r', columns: { a: 'a' } }));
    expect(found.cells).toEqual([['1']]);
    expect(found.undecodable.map(({ line, raw }) => [line, raw])).toEqual([[1, '"no"']]);
  });

  test('come in batches of bounded size', async () => {
    const text = `[${Array.from({ length: 5_000 }, (_, i) => `{"a":${i}}`).join(',')}]`;
    const found = await decodeBytes(text, plain, { batchRows: 1_000 });
    expect([found.batches, found.cells.length]).toEqual([5, 5_000]);
  });
});

describe('names that mean something to JavaScript', () => {
  test('are names like others, and nothing is polluted', async () => {
    const spec = json({ rows: '', columns: { p: '__proto__', c: 'constructor', t: 'toString', x: 'isAdmin' } });
    const found = await decodeText(
      '[{"__proto__": {"isAdmin": true}}, {"constructor": {"prototype": {"isAdmin": 1}}}, {}, {"toString": "s"}]',
      spec,
    );
    expect(found.cells).toEqual([
      ['{"isAdmin":true}', null, null, null],
      [null, '{"prototype":{"isAdmin":1}}', null, null],
      [null, null, null, null],
      [null, null, 's', null],
    ]);
    expect(({} as Record<string, unknown>)['isAdmin']).toBeUndefined();
    expect((await faultOf('{}', json({ rows: 'constructor', columns: { a: 'a' } }))).code).toBe('FORMAT_OTHER_REPORT');
  });

  test('that a parser might use for numbers of its own are names like others', async () => {
    const found = await decodeText('[{"a": {"isLosslessNumber": true, "value": "7"}, "b": {"text": "7"}}]');
    expect(found.cells).toEqual([['{"isLosslessNumber":true,"value":"7"}', '{"text":"7"}']]);
  });
});

describe('one document a line', () => {
  const lines = json({ rows: ['rows', ''], columns: { a: 'a' }, lines: true });

  test('gives rows with the line, and keeps apart a line that is no JSON', async () => {
    const text = '\uFEFF{"a":1.0}\r\n\n{"rows":[{"a":2},{"a":3}]}\n{"a":\n[{"a":4}]\n"x"\n{"a":5}';
    for (const chunkBytes of [1, 65_536]) {
      const found = await decodeText(text, lines, chunkBytes);
      expect(found.cells).toEqual([['1.0'], ['2'], ['3'], ['4'], ['5']]);
      expect(found.lines).toEqual([1, 3, 3, 5, 7]);
      expect(found.undecodable).toEqual([
        { line: 4, raw: '{"a":', reason: "the line is not well-formed JSON: Object value expected after ':'" },
        { line: 6, raw: '"x"', reason: 'it holds nothing at rows or its top: the document is "x"' },
      ]);
    }
  });

  test('is bounded in depth and length', async () => {
    const deep = await decodeText(`${'['.repeat(101)}\n{"a":1}\n`, lines);
    expect(deep.undecodable.map(({ reason }) => reason)).toEqual(['objects and lists are nested deeper than 100']);
    expect(deep.cells).toEqual([['1']]);
    const long = await faultOf(`{"a":1}\n{"a":"${'x'.repeat(2_000_000)}"}\n`, lines);
    expect([long.code, long.where]).toEqual(['FORMAT_LINE_TOO_LONG', 'report line 2']);
  });
});

describe('a document is refused', () => {
  test.each<[string, string | Uint8Array, string, string, RegExp]>([
    ['that is empty', '', 'FORMAT_JSON_BROKEN', 'report line 1', /value expected/],
    ['that is cut off', '[{"a": 1},\n{"a"', 'FORMAT_JSON_BROKEN', 'report line 2', /Colon ':' expected.*end of input/],
    ['that goes on after its end', '[]\n\n{}', 'FORMAT_JSON_BROKEN', 'report line 3', /end of input/],
    ['with a trailing comma', '[{"a": 1},\n]', 'FORMAT_JSON_BROKEN', 'report line 2', /Array item expected/],
    ['with a leading zero', '[{"a": 01}]', 'FORMAT_JSON_BROKEN', 'report line 1', /not well-formed/],
    ['with NaN', '[{"a":\nNaN}]', 'FORMAT_JSON_BROKEN', 'report line 2', /not well-formed/],
    ['with a NUL byte', '[{"a":\n"\0"}]', 'FORMAT_JSON_BROKEN', 'report line 2', /Invalid character/],
    ['that is XML', '<a/>', 'FORMAT_JSON_BROKEN', 'report line 1', /not well-formed/],
    [
      'that gives a member twice, differently',
      '[{"a": 1,\n"a": 1.0}]',
      'FORMAT_JSON_BROKEN',
      'report line 2',
      /Duplicate key 'a'$/,
    ],
    ['nested too deeply', `[\n${'{"a":['.repeat(50_000)}`, 'FORMAT_JSON_LIMIT', 'report line 2', /deeper than 100/],
    [
      'of another report',
      '{"message": "no"}',
      'FORMAT_OTHER_REPORT',
      'report',
      /the document has the members \["message"\]/,
    ],
    [
      'with a text where rows should be',
      '{"return": {"r": "No data"}}',
      'FORMAT_OTHER_REPORT',
      'report',
      /return\/r is "No data"/,
    ],
    ['with null where rows should be', '{"return": {"r": null}}', 'FORMAT_OTHER_REPORT', 'report', /return\/r is null/],
    [
      'that is a text',
      '"Rate limit exceeded"',
      'FORMAT_OTHER_REPORT',
      'report',
      /the document is "Rate limit exceeded"/,
    ],
    ['in UTF-16', Buffer.from('\uFEFF{"a": 1}', 'utf16le'), 'FORMAT_INVALID_UTF8', 'report line 1', /UTF-8/],
    [
      'with bytes that are not UTF-8',
      Buffer.concat([Buffer.from('{\n"a": "'), Buffer.from([0xe9]), Buffer.from('"}')]),
      'FORMAT_INVALID_UTF8',
      'report line 2',
      /UTF-8/,
    ],
  ])('%s', async (_, bytes, code, where, what) => {
    const fault = await faultOf(bytes, json({ rows: 'return/r', columns: { a: 'a' } }));
    expect([fault.code, fault.where]).toEqual([code, where]);
    expect(fault.what).toMatch(what);
    expect(fault.kind).toBe('format');
    expect(fault.message.length).toBeLessThan(1_000);
  });

  test('that is longer than a document may be', async () => {
    const fault = await faultOf(`["${'x'.repeat(2_000)}"]`, plain, { maxDocumentBytes: 1_000 });
    expect(fault.code).toBe('FORMAT_JSON_LIMIT');
  });

  test('but brackets in texts are no depth, and 100 levels are allowed', async () => {
    expect((await decodeText(`[{"a": "${'['.repeat(500)}\\"${'{'.repeat(500)}"}]`)).cells.length).toBe(1);
    expect((await decodeText(`{"a": ${'['.repeat(99)}${']'.repeat(99)}}`)).cells.length).toBe(1);
  });

  test('by a definition that climbs above it', async () => {
    await expect(decodeText('{"r": [{}]}', json({ rows: 'r', columns: { a: '../../a' } }))).rejects.toThrow(
      /climbs above the document/,
    );
  });
});

test('an archive may hold JSON', async () => {
  const spec = zip({ member: '\\.json$', then: plain });
  expect((await decodeBytes(zipOf([{ name: 'x.json', content: '[{"a":1.10}]' }]), spec)).cells).toEqual([
    ['1.10', null],
  ]);
});
