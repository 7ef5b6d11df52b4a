/** XML with several kinds of rows in one document: each finds its columns from where it stands. */
import { expect, test } from 'vitest';
import { rawColumns, xml } from '../../core/decode.ts';
import { decodeBytes, faultOf } from './support.ts';

const spec = xml({
  rows: ['Doc/Units/Unit/Outputs/Output', 'Doc/Units/Unit/Limits/Limit', 'Doc/Total'],
  columns: { Unit: '../../Name', Area: '../Area', Hour: 'Hour', MW: 'MW', Why: 'Reason/Text' },
  element: 'kind',
});

test('rows of all kinds come in the order of the document, with the union of the columns and their element', async () => {
  const found = await decodeBytes(
    `<Doc>
<Units>
<Unit><Name>A</Name>
<Outputs><Area>N</Area><Output><Hour>1</Hour><MW>5</MW></Output><Output><Hour>2</Hour></Output></Outputs>
<Limits><Limit><MW>9</MW><Reason><Text>t</Text></Reason></Limit></Limits></Unit>
<Unit><Outputs><Output><Hour/></Output></Outputs></Unit>
</Units>
<Area>all</Area><Total><MW>14</MW></Total>
</Doc>`,
    spec,
  );
  expect(rawColumns(spec)).toEqual(['Unit', 'Area', 'Hour', 'MW', 'Why', 'kind']);
  expect(found.cells).toEqual([
    ['A', 'N', '1', '5', null, 'Output'],
    ['A', 'N', '2', null, null, 'Output'],
    // Limits have no Area of their own, and that of Outputs is not theirs.
    ['A', null, null, '9', 't', 'Limit'],
    // The second unit has no name, and that of the first is not its own.
    [null, null, '', null, null, 'Output'],
    [null, 'all', null, '14', null, 'Total'],
  ]);
  expect(found.lines).toEqual([4, 4, 5, 6, 8]);
  expect(found.raw[2]).toBe('<Name>A</Name><Limit><MW>9</MW><Reason><Text>t</Text></Reason></Limit>');
});

test('what stands above one kind of row does not leak into another', async () => {
  const two = xml({ rows: ['D/A', 'D/X/B'], columns: { Day: '../Day', V: 'V' } });
  const found = await decodeBytes(
    '<D><Day>1</Day><A><V>a</V></A><X><B><V>b</V></B><Day>2</Day><B><V>c</V></B></X><A><V>d</V></A></D>',
    two,
  );
  expect(found.cells).toEqual([
    ['1', 'a'],
    [null, 'b'],
    ['2', 'c'],
    ['1', 'd'],
  ]);
});

test('two layouts of one report are told apart by the elements that are there', async () => {
  const layouts = xml({
    rows: ['Document/DocBody/ZonalPrice', 'Document/DocBody/RealTimePriceComponents'],
    columns: { Hour: '../DeliveryHour', Interval1: 'Interval1', Price: 'Price' },
    element: 'layout',
  });
  const of = (body: string) =>
    decodeBytes(`<Document><DocBody><DeliveryHour>7</DeliveryHour>${body}</DocBody></Document>`, layouts);
  expect((await of('<ZonalPrice><Price>30.10</Price></ZonalPrice>')).cells).toEqual([
    ['7', null, '30.10', 'ZonalPrice'],
  ]);
  expect((await of('<RealTimePriceComponents><Interval1>3</Interval1></RealTimePriceComponents>')).cells).toEqual([
    ['7', '3', null, 'RealTimePriceComponents'],
  ]);
});

test('a byte order mark is no text', async () => {
  const one = xml({ rows: 'D/R', columns: { a: 'X' } });
  const text = '\uFEFF<?xml version="1.0" encoding="UTF-8"?><D><R><X>1</X></R></D>';
  for (const chunkBytes of [1, 65_536]) expect((await decodeBytes(text, one, { chunkBytes })).cells).toEqual([['1']]);
});

test('two columns may read the same leaf', async () => {
  const twice = xml({ rows: 'D/R', columns: { a: 'X', b: 'X' } });
  expect((await decodeBytes('<D><R><X>1</X></R></D>', twice)).cells).toEqual([['1', '1']]);
});

test('a leaf that occurs twice is a fault of that row only, whatever its kind', async () => {
  const found = await decodeBytes(
    '<Doc><Units><Unit><Limits><Limit><MW>1</MW><MW>2</MW></Limit><Limit><MW>3</MW></Limit></Limits></Unit></Units></Doc>',
    spec,
  );
  expect(found.cells.map((cells) => cells[3])).toEqual(['3']);
  expect(found.undecodable.map(({ reason }) => reason)).toEqual(['the element MW occurs twice in the row']);
});

test('a document with rows of no kind is another report, and the fault names every path', async () => {
  const fault = await faultOf('<Doc><Units/></Doc>', spec);
  expect(fault.code).toBe('FORMAT_OTHER_REPORT');
  expect(fault.what).toContain(
    'its root element is Doc, and it holds no element Doc/Units/Unit/Outputs/Output or Doc/Units/Unit/Limits/Limit or Doc/Total',
  );
  expect((await faultOf('<Other/>', spec)).what).toContain('its root element is Other');
});

test.each([
  ['rows within rows', xml({ rows: ['D/R', 'D/R/S'], columns: { a: 'X' } }), /lie inside/],
  ['a column above the root', xml({ rows: 'D/R', columns: { a: '../../X' } }), /climbs above the root/],
])('a definition with %s is a mistake of its author', async (_, wrong, message) => {
  await expect(decodeBytes('<D><R><S/></R></D>', wrong)).rejects.toThrow(message);
});
