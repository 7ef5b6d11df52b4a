/** Report-style CSV: blocks, headings, lines that do not fit. */
import { describe, expect, test } from 'vitest';
import { rawColumns, sections } from '../../core/decode.ts';
import { decodeBytes, faultOf } from './support.ts';

const spec = sections({ width: 3 });

test('every line is a row with its block and the heading above it', async () => {
  const text = [
    '\uFEFFReport\r\n\r\n\r\n"Last Update : Sep 22, 2023 12:10"\r\n\r\n',
    '"Total","9533"\n"Net, actual","-200"\r\n\r\n',
    '"<center><b>Simple Cycle</b></center>"\n"ASSET","MC","TNG"\n"A ""x"" (ANC1)","63","58"\r\n""\r\n',
    '"Hydro","","7"\n',
  ].join('');
  expect(rawColumns(spec)).toEqual(['section', 'heading', 'c1', 'c2', 'c3']);
  for (const chunkBytes of [1, 10, 65_536]) {
    const found = await decodeBytes(text, spec, { chunkBytes });
    expect(found.cells).toEqual([
      ['1', 'Report', 'Report', null, null],
      ['2', 'Last Update : Sep 22, 2023 12:10', 'Last Update : Sep 22, 2023 12:10', null, null],
      ['3', 'Last Update : Sep 22, 2023 12:10', 'Total', '9533', null],
      ['3', 'Last Update : Sep 22, 2023 12:10', 'Net, actual', '-200', null],
      ['4', 'Simple Cycle', '<center><b>Simple Cycle</b></center>', null, null],
      ['4', 'Simple Cycle', 'ASSET', 'MC', 'TNG'],
      ['4', 'Simple Cycle', 'A "x" (ANC1)', '63', '58'],
      ['5', 'Simple Cycle', 'Hydro', '', '7'],
    ]);
    expect(found.lines).toEqual([1, 4, 6, 7, 9, 10, 11, 13]);
    expect(found.raw[1]).toBe('"Last Update : Sep 22, 2023 12:10"');
    expect(found.undecodable).toEqual([]);
  }
});

test.each([
  ['blank', 'a,1\n\nb,2'],
  ['several blank', '\n\na,1\n\n\n\nb,2\n\n'],
  ['white', 'a,1\r\n  \r\nb,2'],
  ['quoted and empty', 'a,1\n""\nb,2'],
  ['blank and quoted', 'a,1\n\n""\n\n" "\nb,2'],
])('%s lines between two blocks are one border', async (_, text) => {
  expect((await decodeBytes(text, spec)).cells.map(([section, heading]) => [section, heading])).toEqual([
    ['1', null],
    ['2', null],
  ]);
});

test('a line break in a cell is no border', async () => {
  const found = await decodeBytes('"a\n\nb",1\nc,2\n\nd,3\n', spec);
  expect(found.cells.map(([section, , first]) => [section, first])).toEqual([
    ['1', 'a\n\nb'],
    ['1', 'c'],
    ['2', 'd'],
  ]);
  expect(found.lines).toEqual([1, 4, 6]);
});

test('a line of blank cells is a row, and one comma too many at its end is none', async () => {
  expect((await decodeBytes('"",""\na,b,c,\n', spec)).cells).toEqual([
    ['1', null, '', '', null],
    ['1', null, 'a', 'b', 'c'],
  ]);
});

describe('a line is kept apart', () => {
  test.each([
    ['with more cells than the report has', 'a,b,c,d', 'the row has 4 cells, at most 3 were expected'],
    ['with a NUL byte', 'a\0,b', 'the row holds a NUL byte'],
    ['with text after a quote', '"a"b,c', 'the quotes do not match'],
  ])('%s', async (_, line, reason) => {
    const found = await decodeBytes(`Head\nx,1\n${line}\n\ny,2\n`, spec);
    expect(found.undecodable.map((row) => [row.line, row.reason])).toEqual([[3, reason]]);
    expect(found.cells.map(([section, heading, first]) => [section, heading, first])).toEqual([
      ['1', 'Head', 'Head'],
      ['1', 'Head', 'x'],
      ['2', 'Head', 'y'],
    ]);
  });
});

describe('a file is refused', () => {
  test.each<[string, string | Uint8Array, string, string]>([
    ['that is empty', '', 'FORMAT_OTHER_REPORT', 'report'],
    ['of blank lines', '\r\n""\r\n\r\n', 'FORMAT_OTHER_REPORT', 'report'],
    ['with a quote that is not closed', 'a,1\n"b,2\nc,3\n', 'FORMAT_CSV_BROKEN', 'report line 2'],
    ['with a quote that swallows lines', 'a,1\n"b,2\nc"x,3\n', 'FORMAT_CSV_BROKEN', 'report line 2'],
    ['with bytes that are not UTF-8', Buffer.from('a,1\nb\xe9,2\n', 'latin1'), 'FORMAT_INVALID_UTF8', 'report line 2'],
  ])('%s', async (_, bytes, code, where) => {
    const fault = await faultOf(bytes, spec);
    expect([fault.code, fault.where, fault.kind]).toEqual([code, where, 'format']);
  });
});
