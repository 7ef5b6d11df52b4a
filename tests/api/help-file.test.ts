/** A help text as a file: whatever it holds, it is read as it was written, by us and by the loader's reader. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diffLines } from '../../cli/help-diff.ts';
import { readHelpFiles } from '../../data/help/check.ts';
import { changedParts, fileOf, type HelpText, reviewOf, textOf, tidied } from '../../data/help/text.ts';
import { textFaults } from '../../serve/help/rules.ts';
import { HELP_FOLDER } from '../local/help-world.ts';

const UNREADABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;
const words = fc
  .oneof(
    fc.string(),
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom(
      '---',
      '- x',
      '# x',
      "it's: 'x' # y",
      '"',
      '{a}',
      '[a]',
      '&a *b',
      '| x',
      '> y',
      '%',
      '@',
      '!x',
      '~',
      'null',
      'true',
      '1e3',
      '0x1',
      '2026-11-22',
      '..',
      ': ',
      'a:',
      'é💡\u00a0\ufeff',
    ),
  )
  .filter((text) => !UNREADABLE.test(text));
const lines = fc.array(words).map((each) => each.join('\n'));
const text: fc.Arbitrary<HelpText> = fc.record({
  id: fc.constantFrom('page.trends', 'chart.a_b-c.d'),
  title: words,
  short_text: words,
  body_md: lines,
  discipline_tags: fc.array(fc.constantFrom('a', 'b-c', 'needs-curation', 'null', 'true')),
  related_sources: fc.array(fc.record({ name: words, url: words })),
  last_updated: fc.constantFrom('2026-11-22', '2024-02-29'),
  author: words,
  aliases: fc.array(fc.constantFrom('tab.a', 'tab.b')),
});

describe('a text', () => {
  test('is the same after it was written to a file and read again', () => {
    fc.assert(
      fc.property(text, (one) => {
        const tidy = tidied({ ...one, discipline_tags: [...new Set(one.discipline_tags)] });
        const file = fileOf(tidy);
        expect(textOf(file)).toEqual(tidy);
        expect(changedParts(tidy, textOf(file))).toEqual([]);
        expect(fileOf(textOf(file))).toEqual(file);
        expect(textOf({ ...file, text: file.text.replaceAll('\n', '\r\n') })).toEqual(tidy);
      }),
      { numRuns: 1_000 },
    );
  });

  test('of each file that ships gives that file, byte for byte', async () => {
    for (const file of await readHelpFiles(HELP_FOLDER)) expect(fileOf(textOf(file), reviewOf(file))).toEqual(file);
  });

  test('of any content is judged without an error of ours', async () => {
    const others = (await readHelpFiles(HELP_FOLDER)).slice(0, 3);
    const wild = text.map((one) => ({
      ...one,
      body_md: `${one.body_md}\u0000`.slice(0, one.title.length % 2 === 0 ? -1 : undefined),
    }));
    fc.assert(
      fc.property(wild, fc.string({ unit: 'binary' }), (one, id) => {
        for (const fault of textFaults({ ...one, id: one.title === '' ? id : one.id }, others))
          expect(fault).toEqual({ field: expect.any(String), line: fault.line, what: expect.any(String) });
      }),
      { numRuns: 300 },
    );
  });
});

describe('a difference', () => {
  test('shows what went, what came and what is near', () => {
    expect(diffLines('a\nb\nc\nd\ne\nf\ng\nh\ni', 'a\nb\nX\nd\ne\nf\ng\nh\ni\nj')).toEqual([
      '  a',
      '  b',
      '- c',
      '+ X',
      '  d',
      '  e',
      '  …',
      '  h',
      '  i',
      '+ j',
    ]);
    expect(diffLines('a\nb', 'a\nb')).toEqual([]);
  });

  test('of any two texts holds every line that only one of them has', () => {
    const some = fc.array(fc.constantFrom('a', 'b', 'c', 'd', ''), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(some, some, (before, after) => {
        const shown = diffLines(before.join('\n'), after.join('\n'));
        for (const [sign, own, other] of [
          ['-', before, after],
          ['+', after, before],
        ] as const)
          for (const line of own.filter((each) => !other.includes(each)))
            expect(shown).toContain(`${sign} ${line}`.trimEnd());
        // What is taken away and what is put in its place balance the lengths.
        const count = (sign: string): number => shown.filter((line) => line.startsWith(sign)).length;
        const lengthOf = (of: readonly string[]): number => of.join('\n').split('\n').length;
        expect(count('+') - count('-')).toBe(lengthOf(after) - lengthOf(before));
      }),
    );
  });
});
