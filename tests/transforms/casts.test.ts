/** The last step of a transform: a cell loads exactly as published, or its row is refused with the text that was published. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Column, instant, integer, mw, table, type Columns, text, typed } from '../../core/contract.ts';
import type { Session } from '../../transforms/session.ts';
import { refusedRows, testPipeline, testSession, type TestSession, transformRows } from '../support/transform.ts';

let opened: TestSession;
let session: Session;
beforeAll(async () => {
  opened = await testSession();
  session = opened.session;
});
afterAll(() => opened[Symbol.asyncDispose]());

const id = integer({ key: true, doc: 'x' });
/** What became of each cell: its value as DuckDB writes it, or the reason. */
async function castAll(
  column: Column,
  cells: readonly (string | null)[],
): Promise<(string | null | { readonly refused: string })[]> {
  const result = await transformRows(session, testPipeline({ id, v: column }), {
    columns: ['id', 'v'],
    rows: cells.map((cell, i) => [String(i), cell]),
  });
  const values = new Map(
    (await session.rows<{ id: number; v: string | null }>('select id, v::varchar as v from typed')).map(
      ({ id: i, v }) => [i, v],
    ),
  );
  const refused = new Map((await refusedRows(session)).map(({ _line, reason }) => [_line - 1, reason]));
  expect(result.typed + result.refused).toBe(cells.length);
  return cells.map((_, i) =>
    values.has(i) ? (values.get(i) ?? null) : { refused: refused.get(i) ?? 'without a reason' },
  );
}

describe('text that is what the contract says', () => {
  test.each<[Parameters<typeof typed>[0], object, readonly (readonly [string | null, string | null])[]]>([
    [
      'int4',
      {},
      [
        ['0', '0'],
        ['+5', '5'],
        ['-0', '0'],
        [' 7 ', '7'],
        ['007', '7'],
        ['2147483647', '2147483647'],
        ['-2147483648', '-2147483648'],
      ],
    ],
    ['int2', {}, [['-32768', '-32768']]],
    ['int8', {}, [['9223372036854775807', '9223372036854775807']]],
    [
      'float8',
      {},
      [
        ['12.5', '12.5'],
        ['.5', '0.5'],
        ['5.', '5.0'],
        ['-1e3', '-1000.0'],
        ['0', '0.0'],
        ['0e5', '0.0'],
        ['0.000', '0.0'],
        ['4.9e-324', '5e-324'],
        ['1.7976931348623157e308', '1.7976931348623157e+308'],
        ['0.1', '0.1'],
      ],
    ],
    [
      'float4',
      {},
      [
        ['0.1', '0.1'],
        ['-3', '-3.0'],
      ],
    ],
    [
      'numeric',
      { precision: 5, scale: 2 },
      [
        ['12.5', '12.50'],
        ['12.5500', '12.55'],
        ['-999.99', '-999.99'],
        ['.5', '0.50'],
        ['00012', '12.00'],
      ],
    ],
    [
      'numeric',
      { precision: 5 },
      [
        ['12', '12'],
        ['12.000', '12'],
        ['99999', '99999'],
      ],
    ],
    [
      'numeric',
      {},
      [
        ['12.50', '12.50'],
        [
          '123456789012345678901234567890.123456789012345678901234567890',
          '123456789012345678901234567890.123456789012345678901234567890',
        ],
        ['1e400', '1e400'],
      ],
    ],
    [
      'timestamptz',
      {},
      [
        ['2025-05-01T05:00Z', '2025-05-01 05:00:00+00'],
        ['2025-05-01T24:00Z', '2025-05-02 00:00:00+00'],
        ['2025-05-01 00:00-05:00', '2025-05-01 05:00:00+00'],
        ['2025-05-01T00:00-0500', '2025-05-01 05:00:00+00'],
        ['2025-05-01T00:00:00-05', '2025-05-01 05:00:00+00'],
        ['2025-05-01T05:00:00.125Z', '2025-05-01 05:00:00.125+00'],
        ['2025-05-01T05:00:00.1234560Z', '2025-05-01 05:00:00.123456+00'],
      ],
    ],
    [
      'timestamp',
      {},
      [
        ['2025-05-01 05:00', '2025-05-01 05:00:00'],
        ['2025-05-01', '2025-05-01 00:00:00'],
      ],
    ],
    ['date', {}, [['2024-02-29', '2024-02-29']]],
    [
      'bool',
      {},
      [
        ['true', 'true'],
        ['FALSE', 'false'],
        ['1', 'true'],
        ['0', 'false'],
      ],
    ],
    [
      'text',
      {},
      [
        [' é ', ' é '],
        ['NULL', 'NULL'],
        ["it's; drop table x", "it's; drop table x"],
      ],
    ],
    [
      'varchar',
      { length: 3 },
      [
        ['abc', 'abc'],
        ['éàü', 'éàü'],
      ],
    ],
    [
      'jsonb',
      {},
      [
        ['{"a": [1, "NaN, ]"]}', '{"a": [1, "NaN, ]"]}'],
        ['null', 'null'],
        ['-1.5e3', '-1.5e3'],
      ],
    ],
    ['uuid', {}, [['0e984725-c51c-4bf4-9960-e1c80e27aba0', '0e984725-c51c-4bf4-9960-e1c80e27aba0']]],
  ])('%s %j', async (pg, options, cells) => {
    expect(
      await castAll(
        typed(pg, { doc: 'x', ...options }),
        cells.map(([cell]) => cell),
      ),
    ).toEqual(cells.map(([, value]) => value));
  });
});

describe('text that is not is refused, and the reason shows it', () => {
  test.each<[Parameters<typeof typed>[0], object, readonly string[], string]>([
    [
      'int4',
      {},
      [
        '12.5',
        '12.0',
        '1_000',
        '0x1F',
        '1e3',
        'NaN',
        '1,000',
        '2147483648',
        '٣',
        '１２',
        '7\n',
        '\t7',
        '--5',
        '5-',
        '+',
      ],
      'a whole number (int4)',
    ],
    ['int2', {}, ['32768'], 'a whole number (int2)'],
    ['int8', {}, ['9223372036854775808'], 'a whole number (int8)'],
    [
      'float8',
      {},
      [
        '1e400',
        '-1e400',
        '1e-400',
        'NaN',
        'nan',
        'inf',
        '-Infinity',
        '1_000',
        '1,054',
        '0x10',
        '1e',
        'e5',
        '.',
        '-',
        '1d',
        '1f',
        '12 5',
        '１２',
        '٣',
      ],
      'a number',
    ],
    ['float4', {}, ['1e39', '1e-50'], 'a number'],
    [
      'numeric',
      { precision: 5, scale: 2 },
      ['12.555', '1000', '-1000.00', '1e2', '.', '+', 'NaN', '1_0'],
      'a number with at most 3 digits before and 2 after the decimal point',
    ],
    [
      'numeric',
      { precision: 5 },
      ['12.5', '100000'],
      'a number with at most 5 digits before and 0 after the decimal point',
    ],
    ['numeric', {}, ['NaN', 'Infinity', '1_0', '1e99999999', '0x10'], 'a number'],
    [
      'timestamptz',
      {},
      [
        '2025-05-01T05:00',
        '2025-05-01 05:00:00',
        '2025-02-30T00:00Z',
        '2025-05-01T24:30Z',
        '2025-05-01T25:00Z',
        '2025-05-01T05:60Z',
        '2025-05-01T05:00:60Z',
        '2025-05-01T05:00+25:00',
        '2025-05-01T05:00+05:99',
        '2025-05-01T05:00:00.1234567Z',
        '2025-05-01',
        'epoch',
        'infinity',
        'now',
        '2025-05-01T05:00 America/Toronto',
        '1714539600',
      ],
      'an instant',
    ],
    [
      'timestamp',
      {},
      [
        '2025-05-01T05:00Z',
        '2025-05-01T05:00+05:00',
        '2025-02-30 00:00',
        'epoch',
        'infinity',
        '2025-05-01 05:00:00.1234567',
      ],
      'a date and time',
    ],
    [
      'date',
      {},
      ['2025-02-30', '2025-02-29', '2025-13-01', '2025-1-1', '20250101', '01/02/2025', 'infinity'],
      'a date',
    ],
    ['bool', {}, ['maybe', '2', 'on', '-'], 'true or false'],
    ['uuid', {}, ['0e984725', 'x'], 'of type uuid'],
    [
      'jsonb',
      {},
      ['{a}', '[1,]', 'NaN', '[Infinity]', '1e999999', '"\\u0000"', '"\\ud800"', '{"a":1', '[1] // one'],
      'JSON',
    ],
  ])('%s %j', async (pg, options, cells, called) => {
    expect(await castAll(typed(pg, { doc: 'x', ...options }), cells)).toEqual(
      cells.map((cell) => ({ refused: `v: ${cell} is not ${called}` })),
    );
  });

  test('a NUL character, shown as its number', async () => {
    expect(await castAll(text({ doc: 'x' }), ['a\0b'])).toEqual([
      { refused: String.raw`v: a\u0000b holds a NUL character` },
    ]);
    expect(await castAll(mw({ doc: 'x' }), ['12\0'])).toEqual([{ refused: String.raw`v: 12\u0000 is not a number` }]);
  });

  test('too long a text', async () => {
    expect(await castAll(typed('varchar', { length: 3, doc: 'x' }), ['abcd'])).toEqual([
      { refused: 'v: abcd holds a NUL character or is longer than 3' },
    ]);
  });

  test('with 200 characters of it at most', async () => {
    const [outcome] = await castAll(mw({ doc: 'x' }), ['x'.repeat(100_000)]);
    expect(outcome).toEqual({ refused: `v: ${'x'.repeat(200)} is not a number` });
  });
});

test.each(['int4', 'float8', 'text', 'timestamptz', 'date', 'bool', 'uuid', 'jsonb', 'numeric', 'timestamp'] as const)(
  'a blank or absent cell is NULL: %s',
  async (pg) => {
    expect(await castAll(typed(pg, { doc: 'x' }), ['', '   ', null])).toEqual([null, null, null]);
  },
);

describe('a value that the SQL has typed already', () => {
  async function castValue(column: Column, sql: string): Promise<unknown> {
    await transformRows(
      session,
      testPipeline({ id, v: column }),
      { columns: ['id'], rows: [['1']] },
      { sql: `select _line, id, ${sql} as v from raw` },
    );
    const [row] = await session.rows<{ v: string | null }>('select v::varchar as v from typed');
    return row === undefined ? (await refusedRows(session))[0]?.reason : row.v;
  }

  test.each<[Parameters<typeof typed>[0], object, string, string]>([
    ['int4', {}, '12.0::double', '12'],
    ['numeric', { precision: 5, scale: 1 }, '12.5::double', '12.5'],
    ['numeric', { precision: 5, scale: 1 }, 'round(12.55, 1)', '12.6'],
    ['float8', {}, '9007199254740992::bigint', '9007199254740992.0'],
    ['float8', {}, '0.1::decimal(30, 20)', '0.1'],
    ['float4', {}, '0.1::double', '0.1'],
    ['date', {}, "timestamp '2025-01-01 00:00'", '2025-01-01'],
    ['text', {}, '12.5::double', '12.5'],
    ['jsonb', {}, "{'a': 1, 'b': [null]}", '{"a":1,"b":[null]}'],
    ['text[]', {}, "['a', null]", '[a, NULL]'],
  ])('loads into %s %j where nothing is lost: %s', async (pg, options, sql, value) => {
    expect(await castValue(typed(pg, { doc: 'x', ...options }), sql)).toBe(value);
  });

  test.each<[Parameters<typeof typed>[0], object, string, RegExp]>([
    ['int4', {}, '12.5::double', /^v: 12.5 is not a whole number/],
    ['int4', {}, '12.5::decimal(5, 1)', /^v: 12.5 is not a whole number/],
    ['int2', {}, '70000', /^v: 70000 is not a whole number/],
    ['numeric', { precision: 5, scale: 1 }, '12.55::double', /^v: 12.55 is not a number with at most/],
    ['numeric', { precision: 5, scale: 1 }, '12.55::decimal(5, 2)', /^v: 12.55 is not/],
    ['float8', {}, '9007199254740993::bigint', /^v: 9007199254740993 is not/],
    ['float8', {}, "'nan'::double", /^v: nan is not a number/],
    ['float8', {}, "'inf'::double", /^v: inf is not a number/],
    ['date', {}, "timestamp '2025-01-01 12:00'", /^v: 2025-01-01 12:00:00 is not a date/],
    ['timestamptz', {}, "timestamp_ns '2025-01-01 00:00:00.123456789'", /is not an instant/],
    ['bool', {}, '2', /^v: 2 is not true or false/],
    ['text[]', {}, "['a' || chr(0)]", /^v: \[.*\\u0000\] is not/],
  ])('is refused for %s %j where it would be rounded or cut: %s', async (pg, options, sql, reason) => {
    expect(await castValue(typed(pg, { doc: 'x', ...options }), sql)).toMatch(reason);
  });

  test('a timestamp without a zone is a fault of the SQL, for every row', async () => {
    await expect(castValue(instant({ doc: 'x' }), "timestamp '2025-01-01 00:00'")).rejects.toMatchObject({
      code: 'TRANSFORM_COLUMNS',
      message: expect.stringContaining('gives v without a zone'),
    });
  });
});

/** Any text that might be taken for a number, and much that might not. */
const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: 24 });
const numberText = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .tuple(
        fc.constantFrom('', '-', '+'),
        digits,
        fc.constantFrom('', '.'),
        digits,
        fc.oneof(
          fc.constant(''),
          fc.integer({ min: -420, max: 420 }).map((e) => `e${e}`),
        ),
      )
      .map((parts) => parts.join('')),
  },
  { weight: 2, arbitrary: fc.double().map(String) },
  { weight: 2, arbitrary: fc.bigInt({ min: -(2n ** 66n), max: 2n ** 66n }).map(String) },
  { weight: 1, arbitrary: fc.string({ unit: fc.constantFrom(...'0123456789.,-+eE_xX '), maxLength: 10 }) },
);
/** The exact value of decimal text as digits × 10^exponent; null for what is none. */
function exact(cell: string): { readonly digits: bigint; readonly exponent: number } | null {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(cell.replace(/^ +| +$/g, ''));
  if (match === null || `${match[2]}${match[3] ?? ''}` === '') return null;
  const [, sign = '', whole = '', fraction = '', e = '0'] = match;
  let value = BigInt(`${whole}${fraction}`);
  let exponent = Number(e) - fraction.length;
  while (value !== 0n && value % 10n === 0n) {
    value /= 10n;
    exponent++;
  }
  return { digits: sign === '-' ? -value : value, exponent: value === 0n ? 0 : exponent };
}

describe('no number is changed silently', () => {
  test.each<[string, Column, (cell: string) => string | null]>([
    [
      'int8',
      typed('int8', { doc: 'x' }),
      (cell) => {
        const value = /^[+-]?\d+$/.test(cell.replace(/^ +| +$/g, '')) ? BigInt(cell.replace(/^ *\+/, '').trim()) : null;
        return value !== null && value >= -(2n ** 63n) && value < 2n ** 63n ? String(value) : null;
      },
    ],
    [
      'numeric(12,3)',
      typed('numeric', { precision: 12, scale: 3, doc: 'x' }),
      (cell) => {
        const value = /[eE]/.test(cell) ? null : exact(cell);
        if (value === null || value.exponent < -3) return null;
        const scaled = value.digits * 10n ** BigInt(value.exponent + 3);
        const shown = (scaled < 0n ? -scaled : scaled).toString().padStart(4, '0');
        return shown.length > 12 ? null : `${scaled < 0n ? '-' : ''}${shown.slice(0, -3)}.${shown.slice(-3)}`;
      },
    ],
  ])('%s: it loads as the same number or not at all', async (_, column, model) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          numberText.filter((cell) => cell.trim() !== ''),
          { minLength: 20, maxLength: 60 },
        ),
        async (cells) => {
          const outcomes = await castAll(column, cells);
          for (const [i, cell] of cells.entries()) {
            const outcome = outcomes[i];
            expect(typeof outcome === 'string' ? outcome : null, cell).toBe(model(cell));
            if (typeof outcome === 'object') expect(outcome?.refused).toContain(cell);
          }
        },
      ),
      { numRuns: 12 },
    );
  });

  test('float8: it loads as the nearest double, and nothing becomes infinite or zero', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          numberText.filter((cell) => cell.trim() !== ''),
          { minLength: 20, maxLength: 60 },
        ),
        async (cells) => {
          await transformRows(session, testPipeline({ id, v: mw({ doc: 'x' }) }), {
            columns: ['id', 'v'],
            rows: cells.map((cell, i) => [String(i), cell]),
          });
          const loaded = new Map(
            (await session.rows<{ id: number; v: number }>('select id, v from typed')).map(({ id: i, v }) => [i, v]),
          );
          for (const [i, cell] of cells.entries()) {
            const value = exact(cell);
            const nearest = Number(cell);
            const fits = value !== null && Number.isFinite(nearest) && (nearest !== 0 || value.digits === 0n);
            expect(loaded.has(i), cell).toBe(fits);
            if (fits)
              expect(
                Object.is(loaded.get(i), nearest) || loaded.get(i) === nearest,
                `${cell} became ${loaded.get(i)}`,
              ).toBe(true);
          }
        },
      ),
      { numRuns: 15 },
    );
  });
});

describe('macros', () => {
  test.each<[string | null, string | null]>([
    ['1,054', '1054'],
    ['-1,054.5', '-1054.5'],
    [' 2,000 ', '2000'],
    ['1,234,567.25', '1234567.25'],
    ['1,05', '1,05'],
    ['1054,000', '1054,000'],
    [',054', ',054'],
    ['1,0545', '1,0545'],
    ['1,054,', '1,054,'],
    ['1.054,5', '1.054,5'],
    ['', ''],
    [null, null],
  ])('number_text(%j) is %j', async (published, expected) => {
    expect(await session.rows('select number_text($1) as v', [published])).toEqual([{ v: expected }]);
  });

  const hours: Columns = table('public.x', { hour: instant({ key: true, doc: 'x' }) }).columns;
  async function hourStart(day: string | null, hourEnding: string | null): Promise<unknown> {
    await transformRows(
      session,
      testPipeline(hours),
      { columns: ['day', 'h'], rows: [[day, hourEnding]] },
      { sql: 'select _line, ieso_hour_start(day, h) as hour from raw' },
    );
    const [row] = await session.rows<{ hour: string }>('select hour from typed');
    return row === undefined ? (await refusedRows(session))[0]?.reason : row.hour;
  }

  test.each([
    ['2025-07-15', '1', '2025-07-15T05:00:00Z'],
    ['2025-07-15', '24', '2025-07-16T04:00:00Z'],
    ['2025-01-15', '24', '2025-01-16T04:00:00Z'],
    ['2025-03-09', '3', '2025-03-09T07:00:00Z'],
    ['2025-11-02', '2', '2025-11-02T06:00:00Z'],
    ['2024-12-31', '24', '2025-01-01T04:00:00Z'],
    ['2024-02-29', ' 7 ', '2024-02-29T11:00:00Z'],
    [' 2025-05-01 ', '07', '2025-05-01T11:00:00Z'],
  ])('%s hour ending %j starts at %s', async (day, hourEnding, start) => {
    expect(await hourStart(day, hourEnding)).toBe(start);
  });

  test.each([
    ['2025-05-01', '0'],
    ['2025-05-01', '25'],
    ['2025-05-01', '02*'],
    ['2025-05-01', '1.0'],
    ['2025-05-01', '-1'],
    ['2025-05-01', ''],
    ['2025-02-30', '1'],
    ['', '1'],
    ['2025-05-01T00:00', '1'],
  ])('%j hour ending %j is refused', async (day, hourEnding) => {
    expect(await hourStart(day, hourEnding)).toBe(`hour: ${day} hour ending ${hourEnding} is not an instant`);
  });
});
