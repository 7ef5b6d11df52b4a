/** CSV that does not begin with its header: preambles, values captured from them, headers of several lines, rows that end early. */
import { describe, expect, test } from 'vitest';
import { csv, PREAMBLE_LINES, rawColumns } from '../../core/decode.ts';
import { decodeBytes, faultOf } from './support.ts';

const header = ['Date', 'Hour', 'Price'];
const spec = csv({ preamble: true, header, earlier: [['Date', 'Hour']] });

describe('a preamble is skipped up to a known header', () => {
  test.each<[string, string, (string | null)[][], number[]]>([
    ['that is absent', 'Date,Hour,Price\nd,1,2\n', [['d', '1', '2']], [2]],
    [
      'with a title and blank lines',
      'Pool Price\r\n\r\n""\r\n\r\nDate,Hour,Price\r\nd,1,2\r\n',
      [['d', '1', '2']],
      [6],
    ],
    ['after a byte order mark', '\uFEFF"Station","X, Y"\n\nDate,Hour,Price\nd,1,2\n', [['d', '1', '2']], [4]],
    ['with odd quotes', 'a "title\nsay ""\n"\nDate,Hour,Price\nd,1,2\n', [['d', '1', '2']], [5]],
    ['with a quoted text of two lines', '"a\nb",c\nDate,Hour,Price\nd,1,2\n', [['d', '1', '2']], [4]],
    ['with a quoted header', 'x\n"Date","Hour","Price"\n"d","1","2"\n', [['d', '1', '2']], [3]],
    ['with a header in another order', 'x,y,z\nPrice,Date,Hour\n2,d,1\n', [['d', '1', '2']], [3]],
    ['with an earlier header', 'x\nDate,Hour\nd,1\n', [['d', '1', null]], [3]],
    ['with a trailing comma', 'x,,,\nDate,Hour,Price,\nd,1,2,\n', [['d', '1', '2']], [3]],
    ['and no rows', 'x\nDate,Hour,Price\n', [], []],
    [
      'as long as may be',
      `${'x\n'.repeat(PREAMBLE_LINES)}Date,Hour,Price\nd,1,2\n`,
      [['d', '1', '2']],
      [PREAMBLE_LINES + 2],
    ],
  ])('%s', async (_, text, cells, lines) => {
    for (const chunkBytes of [1, 7, 65_536]) {
      const found = await decodeBytes(text, spec, { chunkBytes });
      expect(found.cells).toEqual(cells);
      expect(found.lines).toEqual(lines);
      expect(found.undecodable).toEqual([]);
    }
  });
});

describe('a file without a known header is refused', () => {
  test('with the line that is nearest and what differs', async () => {
    const fault = await faultOf('Report\nDate,Hour,Prices\nd,1,2\n', spec);
    expect([fault.code, fault.where]).toEqual(['FORMAT_HEADER_CHANGED', 'report line 2']);
    expect(fault.what).toContain('none of the first 3 lines is a known header; line 2 is the nearest');
    expect(fault.what).toContain('added ["Prices"]');
  });

  test('with the first of two lines that are as near', async () => {
    expect((await faultOf('Date,Hour,x\nDate,Hour,y\n', spec)).where).toBe('report line 1');
  });

  test('with its lines, where none resembles a header', async () => {
    const fault = await faultOf('No data\n\ntoday\n', spec);
    expect(fault.code).toBe('FORMAT_HEADER_CHANGED');
    expect(fault.what).toBe('none of the first 3 lines is a known header; they are ["No data", "today", …]');
  });

  test.each([
    ['that is empty', ''],
    ['of blank lines', '\n\r\n'],
  ])('%s', async (_, text) => {
    expect((await faultOf(text, spec)).what).toBe('the file is empty: it has no header');
  });

  test('whose preamble is a line too long', async () => {
    const fault = await faultOf(`${'x\n'.repeat(PREAMBLE_LINES + 1)}Date,Hour,Price\nd,1,2\n`, spec);
    expect(fault.what).toContain(`none of the first ${PREAMBLE_LINES + 1} lines is a known header`);
    expect(fault.message.length).toBeLessThan(1_000);
  });

  test('whose header comes, but not at the beginning as the definition says', async () => {
    const fault = await faultOf('Report\nDate,Hour,Price\nd,1,2\n', csv({ header }));
    expect([fault.code, fault.where]).toEqual(['FORMAT_HEADER_CHANGED', 'report line 1']);
  });
});

describe('a value is captured from the lines before the header', () => {
  const capture = { Day: 'FOR (\\d{4}/\\d{2}/\\d{2})' };
  const withDay = csv({ preamble: true, header, capture });

  test('from a preamble, for every row', async () => {
    const found = await decodeBytes(
      'CREATED 2026/09/27 FOR 2026/09/28\r\nDate,Hour,Price\r\nd,1,2\r\ne,3,4\r\n',
      withDay,
    );
    expect(rawColumns(withDay)).toEqual(['Date', 'Hour', 'Price', 'Day']);
    expect(found.cells).toEqual([
      ['d', '1', '2', '2026/09/28'],
      ['e', '3', '4', '2026/09/28'],
    ]);
    expect(found.lines).toEqual([3, 4]);
  });

  test('from comments, with and without a preamble', async () => {
    const text = '\\\\Report,,\n\n\\\\FOR 2026/09/28,,\nDate,Hour,Price\nd,1,2\n';
    const cells = [['d', '1', '2', '2026/09/28']];
    expect((await decodeBytes(text, csv({ comment: '\\\\', header, capture }))).cells).toEqual(cells);
    expect((await decodeBytes(text, csv({ comment: '\\\\', preamble: true, header, capture }))).cells).toEqual(cells);
  });

  test('the first that fits, and an empty one is a value', async () => {
    const either = csv({ preamble: true, header, capture: { N: 'n=(\\d*)' } });
    expect((await decodeBytes('n=\nn=2\nDate,Hour,Price\nd,1,2\n', either)).cells[0]?.[3]).toBe('');
  });

  test('not from lines after the header', async () => {
    const fault = await faultOf(
      '\\\\Report\nDate,Hour,Price\n\\\\FOR 2026/09/28\nd,1,2\n',
      csv({ comment: '\\\\', header, capture }),
    );
    expect(fault.code).toBe('FORMAT_CAPTURE_MISSING');
    expect(fault.what).toBe(
      'no line before the header gives the column Day: FOR (\\d{4}/\\d{2}/\\d{2}) matches none of ["\\\\\\\\Report"]',
    );
  });

  test('unless the file has the column itself', async () => {
    const both = csv({ preamble: true, header: ['Day', 'Price'], earlier: [['Price']], capture });
    expect((await decodeBytes('FOR 2026/09/28\nDay,Price\n2020/01/01,5\n', both)).cells).toEqual([['2020/01/01', '5']]);
    expect((await decodeBytes('FOR 2026/09/28\nPrice\n5\n', both)).cells).toEqual([['2026/09/28', '5']]);
  });
});

describe('a header of two lines', () => {
  const two = csv({ comment: '\\\\', headerRows: 2, header: ['Date', 'Hour', 'MANITOBA Imp', 'MANITOBA SK Imp'] });
  const top = ',,MANITOBA,MANITOBA SK\n';

  test('names each column by what stands above each other', async () => {
    const found = await decodeBytes(`\\\\Report,,,\n${top}Date,Hour, Imp ,Imp\nd,1,2,3\n`, two);
    expect(found.cells).toEqual([['d', '1', '2', '3']]);
    expect(found.lines).toEqual([4]);
  });

  test('is found below a preamble, with comments between its lines', async () => {
    const found = await decodeBytes(
      `Report,,,\n\nFor 2025\n${top}\\\\note\n\nDate,Hour,Imp,Imp\nd,1,2,3\n`,
      csv({ comment: '\\\\', headerRows: 2, preamble: true, header: two.vintages[0] ?? [] }),
    );
    expect(found.cells).toEqual([['d', '1', '2', '3']]);
    expect(found.lines).toEqual([8]);
  });

  test('that changed is refused with the joined names', async () => {
    const fault = await faultOf(`${top}Date,Hour,Imp,Exp\nd,1,2,3\n`, two);
    expect([fault.code, fault.where]).toEqual(['FORMAT_HEADER_CHANGED', 'report line 2']);
    expect(fault.what).toContain('added ["MANITOBA SK Exp"], missing ["MANITOBA SK Imp"]');
  });

  test('that ends after the first is refused', async () => {
    const fault = await faultOf(top, two);
    expect(fault.what).toBe('the file ends within its header, which has 2 lines');
  });
});

describe('a row that ends early', () => {
  test('lacks its last cells where the definition says so', async () => {
    const found = await decodeBytes('Date,Hour,Price\nd\ne,1,\nf,,5\n', csv({ header, short: 'pad' }));
    expect(found.cells).toEqual([
      ['d', null, null],
      ['e', '1', ''],
      ['f', '', '5'],
    ]);
  });

  test('is kept apart otherwise, and so is a longer one in any case', async () => {
    const text = 'Date,Hour,Price\nd,1\ne,1,2,3\n';
    const reasons = async (one: ReturnType<typeof csv>): Promise<string[]> =>
      (await decodeBytes(text, one)).undecodable.map(({ reason }) => reason);
    const long = 'the row has 4 cells, the header has 3';
    expect(await reasons(csv({ header }))).toEqual(['the row has 2 cells, the header has 3', long]);
    expect(await reasons(csv({ header, short: 'pad' }))).toEqual([long]);
  });
});
