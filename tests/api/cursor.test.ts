/** Cursors: what goes in comes out, and nothing else is taken for one. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Fault } from '../../core/errors.ts';
import { openCursor, type Question, sealCursor } from '../../serve/api/cursor.ts';

const SECRET = 'a-key-for-tests';
const QUESTION: Question = {
  rows: 'stream ontario-prices',
  key: ['datetime timestamptz', 'node_name text'],
  order: 'asc',
  filters: { from: '2026-01-01', to: null },
};

const instant = fc
  .tuple(fc.date({ min: new Date('1900-01-01'), max: new Date('2200-01-01'), noInvalidDate: true }), fc.nat(999))
  .map(([at, micros]) => at.toISOString().replace('Z', `${String(micros).padStart(3, '0')}+00:00`));
const date = fc
  .date({ min: new Date('1900-01-01'), max: new Date('2200-01-01'), noInvalidDate: true })
  .map((at) => at.toISOString().slice(0, 10));
const key = fc.array(fc.oneof(instant, date, fc.string({ unit: 'grapheme', maxLength: 60 })), {
  minLength: 1,
  maxLength: 6,
});
const question = fc.record<Question>({
  rows: fc.string({ unit: 'grapheme' }),
  key: fc.array(fc.string(), { maxLength: 6 }),
  order: fc.constantFrom('asc', 'desc'),
  filters: fc.dictionary(fc.string(), fc.option(fc.string({ unit: 'grapheme' }))),
});

const refusalOf = (cursor: string, asked = QUESTION, secret = SECRET): string => {
  try {
    openCursor(secret, asked, cursor);
    return 'not refused';
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    expect(error.code).toBe('CURSOR_INVALID');
    return error.what;
  }
};

test('a position comes out as it went in: microseconds, dates, text of any script', () => {
  fc.assert(
    fc.property(question, key, fc.nat(), (asked, values, walked) => {
      const cursor = sealCursor(SECRET, asked, { key: values, walked });
      // It goes through addresses and headers as it is.
      expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/);
      if (cursor.length <= 2_000) expect(openCursor(SECRET, asked, cursor)).toEqual({ key: values, walked });
    }),
    { numRuns: 500 },
  );
});

test.each([null, '', '0'])('%s is the start', (cursor) => {
  expect(openCursor(SECRET, QUESTION, cursor)).toBeNull();
});

describe('refused is', () => {
  const cursor = sealCursor(SECRET, QUESTION, { key: ['2026-01-01T05:00:00+00:00', 'NODE'], walked: 100 });

  test('a cursor with any letter changed, left out or added', () => {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    fc.assert(
      fc.property(fc.nat(cursor.length - 1), fc.constantFrom(...letters), fc.nat(2), (at, letter, kind) => {
        const changed =
          kind === 0
            ? cursor.slice(0, at) + letter + cursor.slice(at + 1)
            : kind === 1
              ? cursor.slice(0, at) + cursor.slice(at + 1)
              : cursor.slice(0, at) + letter + cursor.slice(at);
        fc.pre(changed !== cursor);
        expect(refusalOf(changed)).not.toBe('not refused');
      }),
      { numRuns: 1_000 },
    );
  });

  test('a cursor that is cut, at each place', () => {
    for (let length = 1; length < cursor.length; length += 1)
      expect(refusalOf(cursor.slice(0, length))).not.toBe('not refused');
  });

  test('whatever somebody else writes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 2 }), (text) => {
        expect(refusalOf(text)).not.toBe('not refused');
        expect(refusalOf(Buffer.from(text).toString('base64url'))).not.toBe('not refused');
      }),
    );
    expect(refusalOf('100')).not.toBe('not refused');
    expect(refusalOf(`${cursor}=`)).not.toBe('not refused');
    expect(refusalOf('A'.repeat(100_000))).not.toBe('not refused');
  });

  test('the cursor of a server with another key', () => {
    expect(refusalOf(cursor, QUESTION, 'another')).toContain('not made by this server');
  });

  test('the cursor of another question, and the text says what differs', () => {
    expect(refusalOf(cursor, { ...QUESTION, rows: 'stream ontario-demand' })).toContain('stream ontario-prices');
    expect(refusalOf(cursor, { ...QUESTION, order: 'desc' })).toContain('order');
    expect(refusalOf(cursor, { ...QUESTION, filters: { from: '2026-01-02', to: null } })).toContain('filters');
    expect(refusalOf(cursor, { ...QUESTION, filters: { from: '2026-01-01', to: '2027-01-01' } })).toContain('filters');
    expect(refusalOf(cursor, { ...QUESTION, key: ['datetime timestamptz'] })).toContain('filters');
    // What was not asked does not count, and neither does the order of words.
    expect(refusalOf(cursor, { ...QUESTION, filters: { to: null, as_of: null, from: '2026-01-01' } })).toBe(
      'not refused',
    );
  });
});
