/** CSV: what is accepted, what is kept apart, what is refused. */
import { describe, expect, test } from 'vitest';
import { csv } from '../../core/decode.ts';
import { decodeBytes, faultOf } from './support.ts';

const spec = csv({ comment: '\\\\', header: ['Date', 'Hour', 'Market'], earlier: [['Date', 'Hour', 'Demand']] });
const HEADER = 'Date,Hour,Market\n';

describe('a CSV file is accepted', () => {
  test.each<[string, string, (string | null)[][], number[]]>([
    ['with a preamble', `\\\\Report,,\n\\\\Created "x,,\n${HEADER}d,1,2\n`, [['d', '1', '2', null]], [4]],
    ['with the preamble at the end', `${HEADER}d,1,2\n\\\\End,,\n`, [['d', '1', '2', null]], [2]],
    ['with blank lines anywhere', `\n${HEADER}\r\n  \nd,1,2\n\n`, [['d', '1', '2', null]], [5]],
    ['with a byte order mark', `\uFEFF${HEADER}d,1,2\n`, [['d', '1', '2', null]], [2]],
    [
      'with a byte order mark before the preamble',
      `\uFEFF\\\\Report,,\n${HEADER}d,1,2\n`,
      [['d', '1', '2', null]],
      [3],
    ],
    ['with CRLF', `Date,Hour,Market\r\nd,1,2\r\n`, [['d', '1', '2', null]], [2]],
    [
      'with mixed line ends',
      `Date,Hour,Market\r\nd,1,2\ne,3,4\r\nf,5,6`,
      [
        ['d', '1', '2', null],
        ['e', '3', '4', null],
        ['f', '5', '6', null],
      ],
      [2, 3, 4],
    ],
    ['without an end of the last line', `${HEADER}d,1,2`, [['d', '1', '2', null]], [2]],
    [
      'with trailing commas in rows',
      `${HEADER}d,1,2,\ne,3,4\n`,
      [
        ['d', '1', '2', null],
        ['e', '3', '4', null],
      ],
      [2, 3],
    ],
    [
      'with a trailing comma in the header',
      `Date,Hour,Market,\nd,1,2,\ne,3,4\n`,
      [
        ['d', '1', '2', null],
        ['e', '3', '4', null],
      ],
      [2, 3],
    ],
    ['with its columns in another order', `Market,Date,Hour\n2,d,1\n`, [['d', '1', '2', null]], [2]],
    ['of an earlier vintage', `Date,Hour,Demand\nd,1,2\n`, [['d', '1', null, '2']], [2]],
    ['with quoted thousands', `${HEADER}d,1,"-1,054"\n`, [['d', '1', '-1,054', null]], [2]],
    ['with quoted quotes', `${HEADER}d,1,"a ""b"""\n`, [['d', '1', 'a "b"', null]], [2]],
    [
      'with line breaks in cells',
      `${HEADER}d,1,"a\r\n\\\\b\n\nc"\ne,3,4\n`,
      [
        ['d', '1', 'a\r\n\\\\b\n\nc', null],
        ['e', '3', '4', null],
      ],
      [2, 6],
    ],
    ['with spaces around cells, which stay', `${HEADER} d , 1," 2 "\n`, [[' d ', ' 1', ' 2 ', null]], [2]],
    [
      'with blank cells',
      `${HEADER},,\nd,"",\n`,
      [
        ['', '', '', null],
        ['d', '', '', null],
      ],
      [2, 3],
    ],
    ['with a header and no rows', HEADER, [], []],
    ['with other letters than ASCII', `${HEADER}Québec,1,\u{1F600}\n`, [['Québec', '1', '\u{1F600}', null]], [2]],
  ])('%s', async (_, text, cells, lines) => {
    const found = await decodeBytes(text, spec);
    expect(found.cells).toEqual(cells);
    expect(found.lines).toEqual(lines);
    expect(found.undecodable).toEqual([]);
  });

  test('with the text of each row as published, at most 2,000 characters', async () => {
    const found = await decodeBytes(`${HEADER}d,1,"1,054"\r\ne,2,${'x'.repeat(1_995)}\u{1F600}\n`, spec);
    expect(found.raw[0]).toBe('d,1,"1,054"');
    expect(found.raw[1]).toBe(`e,2,${'x'.repeat(1_995)}`);
  });

  test('in batches of bounded size', async () => {
    const rows = Array.from({ length: 5_000 }, (_, i) => `d,${i},2`);
    const found = await decodeBytes(`${HEADER}${rows.join('\n')}\n`, spec);
    expect(found.cells.length).toBe(5_000);
    expect(found.lines.at(-1)).toBe(5_001);
    expect(found.batches).toBe(3);
  });

  test('with another delimiter', async () => {
    const found = await decodeBytes('a\tb\n1\t"x\ty"\n', csv({ delimiter: '\t', header: ['a', 'b'] }));
    expect(found.cells).toEqual([['1', 'x\ty']]);
  });
});

describe('a row that cannot be cut is kept apart and the others go on', () => {
  test.each<[string, string, string, string]>([
    ['with too few cells', 'x,1', 'x,1', 'the row has 2 cells, the header has 3'],
    ['with too many cells', 'x,1,2,3', 'x,1,2,3', 'the row has 4 cells, the header has 3'],
    ['with two trailing commas', 'x,1,2,,', 'x,1,2,,', 'the row has 5 cells, the header has 3'],
    ['with a NUL byte', 'x,\0,2', 'x,\\u0000,2', 'the row holds a NUL byte'],
    ['with a stray quote', 'x,5" pipe,2', 'x,5" pipe,2', 'the quotes do not match'],
    ['with text after a quote', 'x,"1"5,2', 'x,"1"5,2', 'the quotes do not match'],
  ])('%s', async (_, row, raw, reason) => {
    const found = await decodeBytes(`${HEADER}d,1,"2"\n${row}\ne,"3",4\n`, spec);
    expect(found.cells).toEqual([
      ['d', '1', '2', null],
      ['e', '3', '4', null],
    ]);
    expect(found.lines).toEqual([2, 4]);
    expect(found.undecodable).toEqual([{ line: 3, raw, reason }]);
  });
});

describe('a CSV file is refused', () => {
  test.each<[string, string, RegExp, string]>([
    ['with a renamed column', 'Date,Hour,Price\nd,1,2\n', /added \["Price"\], missing \["Market"\]/, 'report line 1'],
    ['with an added column', '\\\\x\nDate,Hour,Market,Zone\nd,1,2,3\n', /added \["Zone"\]$/, 'report line 2'],
    ['with a missing column', 'Date,Market\nd,2\n', /missing \["Hour"\]$/, 'report line 1'],
    ['with a doubled column', 'Date,Hour,Market,Hour\nd,1,2,3\n', /doubled \["Hour"\]$/, 'report line 1'],
    ['of the nearest vintage, the earlier one', 'Date,Demand\nd,2\n', /missing \["Hour"\]$/, 'report line 1'],
    [
      'of another report',
      'Generator,Fuel\na,b\n',
      /added \["Generator", "Fuel"\], missing \["Date", "Hour", "Market"\]/,
      'report line 1',
    ],
    ['that is empty', '', /is empty/, 'report'],
    ['of a preamble only', '\\\\Report,,\n', /is empty/, 'report'],
    ['whose header has a broken quote', 'Date,"Hour"x,Market\n', /header cannot be read/, 'report line 1'],
  ])('%s', async (_, text, what, where) => {
    const fault = await faultOf(text, spec);
    expect(fault.code).toBe('FORMAT_HEADER_CHANGED');
    expect(fault.kind).toBe('format');
    expect(fault.what).toMatch(what);
    expect(fault.where).toBe(where);
    expect(fault.consequence).toBe('nothing of this file was loaded');
    expect(fault.next).toContain('vintage');
  });

  test('with bytes that are not UTF-8, whatever the chunk', async () => {
    const bytes = Buffer.concat([Buffer.from(`${HEADER}d,1,2\ne,`), Buffer.from([0xe9]), Buffer.from(',4\nf,5,6\n')]);
    for (const chunkBytes of [1, 7, 65_536]) {
      const fault = await faultOf(bytes, spec, { chunkBytes });
      expect([fault.code, fault.where]).toEqual(['FORMAT_INVALID_UTF8', 'report line 3']);
    }
  });

  test('with UTF-16', async () => {
    const fault = await faultOf(Buffer.from(`\uFEFF${HEADER}`, 'utf16le'), spec);
    expect(fault.code).toBe('FORMAT_INVALID_UTF8');
  });

  test.each([
    ['in the middle', `${HEADER}d,1,2\ne,${'9'.repeat(10_000_000)},4\nf,5,6\n`],
    ['that never ends', `${HEADER}d,1,2\ne,${'9'.repeat(10_000_000)}`],
  ])('with a line of 10 MB %s', async (_, text) => {
    const fault = await faultOf(text, spec);
    expect([fault.code, fault.where]).toEqual(['FORMAT_LINE_TOO_LONG', 'report line 3']);
    expect(fault.message.length).toBeLessThan(1_000);
  });

  test.each([
    ['to the end', `${HEADER}d,1,2\ne,3,"4\nf,5,6\n`],
    ['up to the next quote', `${HEADER}d,1,2\ne,3,"4\nf,5,"6"\ng,7,8\n`],
    ['into the next quoted cell', `${HEADER}d,1,2\ne,"3,4\nf,5\n"g",7,8\n`],
    ['for more than a mebibyte', `${HEADER}d,1,2\ne,3,"4\n${'f,5,6\n'.repeat(300_000)}"\n`],
  ])('with a quote that is not closed %s', async (_, text) => {
    const fault = await faultOf(text, spec);
    expect([fault.code, fault.where]).toEqual(['FORMAT_CSV_BROKEN', 'report line 3']);
  });
});
