/** Any table, written by another hand, comes back cell by cell with its line numbers, however the bytes are cut. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { csv } from '../../core/decode.ts';
import { decodeBytes } from './support.ts';

const cell = fc.oneof(
  fc.string({
    unit: fc.constantFrom('a', '1', ',', '"', '\n', '\r\n', ' ', '\\', '.', '-', 'é', '\u{1F600}', '\uFEFF'),
  }),
  fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\0', '')),
);
const table = fc.record({
  rows: fc
    .integer({ min: 1, max: 5 })
    .chain((width) =>
      fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 20 }),
    ),
  ends: fc.array(fc.constantFrom('\n', '\r\n'), { minLength: 1, maxLength: 5 }),
  noise: fc.array(fc.constantFrom('', '##note, "x', '   '), { maxLength: 6 }),
  quoteAll: fc.boolean(),
  lastEnd: fc.boolean(),
  mark: fc.boolean(),
  chunkBytes: fc.integer({ min: 1, max: 200 }),
  batchRows: fc.integer({ min: 1, max: 7 }),
});

test('a table of texts decodes to the same cells and lines whatever the chunk size', async () => {
  await fc.assert(
    fc.asyncProperty(table, async ({ rows, ends, noise, quoteAll, lastEnd, mark, chunkBytes, batchRows }) => {
      const names = (rows[0] ?? []).map((_, i) => `column ${i}`);
      const lines: number[] = [];
      let line = 1;
      let text = mark ? '\uFEFF' : '';
      [names, ...rows].forEach((row, r) => {
        const before = noise[r];
        if (before !== undefined) {
          text += before + (ends[r % ends.length] ?? '\n');
          line += 1;
        }
        // A row of one empty or blank cell without quotes would be a blank line.
        const written = row
          .map((value) =>
            quoteAll || row.length === 1 || /[",\r\n#]|^ *$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value,
          )
          .join(',');
        if (r > 0) lines.push(line);
        text += written + (r === rows.length && !lastEnd ? '' : (ends[(r + 1) % ends.length] ?? '\n'));
        line += written.split('\n').length;
      });
      const found = await decodeBytes(text, csv({ comment: '##', header: names }), { chunkBytes, batchRows });
      expect(found.undecodable).toEqual([]);
      expect(found.cells).toEqual(rows);
      expect(found.lines).toEqual(lines);
    }),
    { numRuns: 300 },
  );
});
