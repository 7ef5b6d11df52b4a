/** XML: rows by path, evidence, and every kind of document that is refused. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { xml } from '../../core/decode.ts';
import { decodeBytes, faultOf } from './support.ts';

const spec = xml({
  rows: 'Document/Body/Daily/Hourly/Fuel',
  columns: { Day: '../../Day', Hour: '../Hour', Name: 'Name', Quality: 'Energy/Quality', Output: 'Energy/Output' },
});
const row = (name: string, energy: string): string => `<Fuel><Name>${name}</Name><Energy>${energy}</Energy></Fuel>`;
const doc = (body: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="http://example.com/x">\n<Body>${body}</Body>\n</Document>\n`;
const escape = (value: string): string =>
  value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const hour = (n: number, rows: string): string => `<Hourly><Hour>${n}</Hour>${rows}</Hourly>`;

describe('an XML document', () => {
  test('gives one row per row element, with the values that stand above it', async () => {
    const found = await decodeBytes(
      doc(`
<Daily><Day>2025-01-01</Day>
${hour(1, row('GAS', '<Quality>0</Quality><Output>5</Output>'))}
${hour(2, `${row('GAS', '<Quality>-1</Quality>')}\n${row('WIND', '<Quality/><Output> 7\n</Output>')}`)}
</Daily>
<Daily><Day>2025-01-02</Day><Hourly>${row('GAS', '<Output>9</Output>')}</Hourly></Daily>`),
      spec,
    );
    expect(found.cells).toEqual([
      ['2025-01-01', '1', 'GAS', '0', '5'],
      ['2025-01-01', '2', 'GAS', '-1', null],
      ['2025-01-01', '2', 'WIND', '', '7'],
      ['2025-01-02', null, 'GAS', null, '9'],
    ]);
    expect(found.lines).toEqual([5, 6, 7, 10]);
    expect(found.raw[0]).toBe(
      '<Day>2025-01-01</Day><Hour>1</Hour><Fuel><Name>GAS</Name><Energy><Quality>0</Quality><Output>5</Output></Energy></Fuel>',
    );
  });

  test('is read by local name, with entities, character references and CDATA resolved, comments left out', async () => {
    const found = await decodeBytes(
      '<x:Document xmlns:x="urn:x"><x:Body><Daily><Day>a&amp;b</Day><Hourly><Hour>&#50;</Hour><x:Fuel\n><x:Name>N<!-- no -->O<![CDATA[<&>]]></x:Name></x:Fuel></Hourly></Daily></x:Body></x:Document>',
      spec,
    );
    expect(found.cells).toEqual([['a&b', '2', 'NO<&>', null, null]]);
    expect(found.lines).toEqual([1]);
    expect(found.raw[0]).toBe('<Day>a&amp;b</Day><Hour>2</Hour><Fuel><Name>NO&lt;&amp;&gt;</Name></Fuel>');
  });

  test('keeps a row apart whose leaf occurs twice or holds elements', async () => {
    const found = await decodeBytes(
      doc(
        `<Daily>${hour(1, row('A', '<Output>1</Output><Output>2</Output>'))}${hour(2, row('B', '<Output><Deep>1</Deep></Output>'))}${hour(3, row('C', ''))}</Daily>`,
      ),
      spec,
    );
    expect(found.cells.map((cells) => cells[2])).toEqual(['C']);
    expect(found.undecodable.map(({ line, reason }) => [line, reason])).toEqual([
      [3, 'the element Output occurs twice in the row'],
      [3, 'the element Output holds the element Deep, a text was expected'],
    ]);
    expect(found.undecodable[0]?.raw).toContain('<Output>1</Output><Output>2</Output>');
  });

  test('gives the same rows whatever the chunk size', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', '<', '&', '>', '"', ' ', 'é', '\u{1F600}', '\n', ']') });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 10 }),
        fc.integer({ min: 1, max: 50 }),
        async (rows, chunkBytes) => {
          const body = rows
            .map(([name, output], i) => hour(i, row(escape(name), `<Output>${escape(output)}</Output>`)))
            .join('\n');
          const document = doc(`<Daily>${body}</Daily>`);
          const found = await decodeBytes(document, spec, { chunkBytes });
          expect(found.cells).toEqual(
            rows.map(([name, output], i) => [null, String(i), name.trim(), null, output.trim()]),
          );
          const starts = [...document.matchAll(/<Fuel>/g)].map(
            ({ index }) => document.slice(0, index).split('\n').length,
          );
          expect(found.lines).toEqual(starts);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('an XML document is refused', () => {
  const good = `<Daily>${hour(1, row('A', '<Output>1</Output>'))}`;
  test.each<[string, string, string, string, RegExp]>([
    ['that is empty', '', 'FORMAT_XML_BROKEN', 'report line 1', /root element/],
    [
      'that is cut off',
      doc(`${good}</Daily>\n`).slice(0, -20),
      'FORMAT_XML_BROKEN',
      'report line 4',
      /unclosed tag: Body|unclosed|Unexpected|end/i,
    ],
    [
      'with a tag that is not closed',
      doc(`${good}\n</Body>`),
      'FORMAT_XML_BROKEN',
      'report line 4',
      /unexpected close tag/,
    ],
    ['with a NUL byte', doc(`<Daily>\n\0</Daily>`), 'FORMAT_XML_BROKEN', 'report line 4', /character/],
    ['with an unknown entity', doc('<Daily>&nbsp;</Daily>'), 'FORMAT_XML_BROKEN', 'report line 3', /entity/],
    ['that is JSON', '{"a": 1}', 'FORMAT_XML_BROKEN', 'report line 1', /not well-formed/],
    [
      'of another report',
      '<IMODocument><Body/></IMODocument>',
      'FORMAT_OTHER_REPORT',
      'report line 1',
      /root element is IMODocument/,
    ],
    [
      'that has no rows',
      doc('<Weekly/>'),
      'FORMAT_OTHER_REPORT',
      'report',
      /no element Document\/Body\/Daily\/Hourly\/Fuel/,
    ],
    [
      'with a document type',
      `<?xml version="1.0"?>\n<!DOCTYPE html>\n<Document/>`,
      'FORMAT_XML_DOCTYPE',
      'report line 2',
      /DOCTYPE/,
    ],
    ['nested too deeply', `<Document>${'<a>'.repeat(100_000)}`, 'FORMAT_XML_LIMIT', 'report line 1', /deeper than 100/],
    [
      'with a text of 2 MB',
      doc(`<Daily><Hourly><Fuel><Name>${'x'.repeat(2_000_000)}</Name></Fuel></Hourly></Daily>`),
      'FORMAT_XML_LIMIT',
      'report line 3',
      /too long/,
    ],
    [
      'with a comment that never ends',
      `<Document><!-- ${'x'.repeat(10_000_000)}`,
      'FORMAT_XML_LIMIT',
      'report line 1',
      /too long/,
    ],
  ])('%s', async (_, text, code, where, what) => {
    const fault = await faultOf(text, spec);
    expect([fault.code, fault.where]).toEqual([code, where]);
    expect(fault.what).toMatch(what);
    expect(fault.kind).toBe('format');
    expect(fault.message.length).toBeLessThan(1_000);
  });

  test('that would expand to gigabytes, before anything is expanded', async () => {
    const levels = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join('');
    const bomb = `<?xml version="1.0"?>\n<!DOCTYPE Document [<!ENTITY l0 "lol">${levels}]>\n<Document>&l9;</Document>`;
    expect((await faultOf(bomb, spec)).code).toBe('FORMAT_XML_DOCTYPE');
  });

  test('with bytes that are not UTF-8, whatever the chunk', async () => {
    const [before = '', after = ''] = doc(`${good}</Daily>\n\n|`).split('|');
    const bytes = Buffer.concat([Buffer.from(before), Buffer.from([0xc3, 0x28]), Buffer.from(after)]);
    for (const chunkBytes of [1, 5, 65_536]) {
      const fault = await faultOf(bytes, spec, { chunkBytes });
      expect([fault.code, fault.where]).toEqual(['FORMAT_INVALID_UTF8', 'report line 5']);
    }
  });
});
