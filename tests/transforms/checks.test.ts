/** Checks and contract rules: which rows each finds, what NULL means to it, and what its severity does to the row. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Check,
  complete,
  frozen,
  matches,
  notBelow,
  notNull,
  oneOf,
  range,
  sql,
  sumsTo,
  unique,
} from '../../core/check.ts';
import { type Columns, instant, integer, mw, text, typed } from '../../core/contract.ts';
import type { Interval } from '../../core/interval.ts';
import { snapshot } from '../../core/partitions.ts';
import { coverageByDay, runChecks } from '../../transforms/checks.ts';
import type { Session } from '../../transforms/session.ts';
import { refusedRows, testPipeline, testSession, type TestSession, transformRows } from '../support/transform.ts';

let opened: TestSession;
let session: Session;
beforeAll(async () => {
  opened = await testSession();
  session = opened.session;
});
afterAll(() => opened[Symbol.asyncDispose]());

const columns: Columns = {
  id: integer({ key: true, doc: 'x' }),
  a: mw({ doc: 'x' }),
  b: mw({ doc: 'x' }),
  c: mw({ doc: 'x' }),
  word: text({ doc: 'x' }),
};
type Row = readonly [id: string, a: string, b: string, c: string, word: string];

async function outcomeOf(
  check: Check,
  rows: readonly Row[],
  checkSql = new Map<string, string>(),
): Promise<{ failing: string[]; loaded: number; refused: string[]; expectations: (string | null)[] }> {
  const pipeline = testPipeline(columns, [check]);
  await transformRows(session, pipeline, { columns: Object.keys(columns), rows }, { checkSql });
  const outcomes = await runChecks(session, {
    pipeline,
    interval: { start: 0, end: 1 },
    expectedUntil: Infinity,
    checkSql,
    sampleLimit: 20,
  });
  const found = outcomes.at(-1);
  const [counted] = await session.rows<{ n: number }>('select count(*) as n from typed');
  expect(found?.failingRows).toBe(found?.samples.length);
  return {
    failing: (found?.samples ?? []).map(({ key }) => key),
    expectations: (found?.samples ?? []).map(({ value, expectation }) =>
      check.severity === 'reject' ? value : expectation,
    ),
    loaded: counted?.n ?? 0,
    refused: (await refusedRows(session)).map(({ reason }) => reason),
  };
}

const rowsOf = (cells: readonly (readonly [string, string, string, string])[]): Row[] =>
  cells.map(([a, b, c, word], i) => [String(i), a, b, c, word]);

describe.each<
  [
    string,
    (severity: 'reject' | 'warn' | 'block' | 'info') => Check,
    readonly (readonly [string, string, string, string])[],
    readonly string[],
  ]
>([
  [
    'notNull',
    (severity) => notNull(['a', 'word'], { severity }),
    [
      ['1', '', '', 'x'],
      ['', '', '', 'x'],
      ['1', '', '', ''],
      ['', '', '', ''],
      ['0', '', '', '0'],
    ],
    ['1', '2', '3'],
  ],
  [
    'range',
    (severity) => range('a', -1, 2.5, { severity }),
    [
      ['-1', '', '', ''],
      ['2.5', '', '', ''],
      ['2.5000001', '', '', ''],
      ['-1.1', '', '', ''],
      ['', '', '', ''],
    ],
    ['2', '3'],
  ],
  [
    'oneOf',
    (severity) => oneOf('word', ['GAS', "it's"], { severity }),
    [
      ['', '', '', 'GAS'],
      ['', '', '', "it's"],
      ['', '', '', 'gas'],
      ['', '', '', ''],
      ['', '', '', 'GAS '],
    ],
    ['2', '4'],
  ],
  [
    'matches',
    (severity) => matches('word', '[A-Z]+|x', { severity }),
    [
      ['', '', '', 'GAS'],
      ['', '', '', 'x'],
      ['', '', '', 'GASx'],
      ['', '', '', 'aGAS'],
      ['', '', '', ''],
    ],
    ['2', '3'],
  ],
  [
    'notBelow',
    (severity) => notBelow('a', 'b', { severity }),
    [
      ['2', '1', '', ''],
      ['1', '1', '', ''],
      ['1', '2', '', ''],
      ['', '2', '', ''],
      ['1', '', '', ''],
      ['-2', '-1', '', ''],
    ],
    ['2', '5'],
  ],
  [
    'sumsTo',
    (severity) => sumsTo('a', ['b', 'c'], { severity, tolerance: 0.5 }),
    [
      ['3', '1', '2', ''],
      ['3.5', '1', '2', ''],
      ['3.51', '1', '2', ''],
      ['2.4', '1', '2', ''],
      ['9', '', '2', ''],
      ['', '1', '2', ''],
    ],
    ['2', '3'],
  ],
  [
    'unique',
    (severity) => unique(['word'], { severity }),
    [
      ['1', '', '', 'x'],
      ['2', '', '', 'y'],
      ['3', '', '', 'x'],
      ['4', '', '', 'z'],
    ],
    ['0', '2'],
  ],
])('%s', (_, build, cells, failing) => {
  test.each(['warn', 'block', 'info'] as const)('as %s finds the failing rows and loads them all', async (severity) => {
    const outcome = await outcomeOf(build(severity), rowsOf(cells));
    expect(outcome.failing).toEqual(failing);
    expect(outcome.loaded).toBe(cells.length);
    expect(outcome.refused).toEqual([]);
    expect(outcome.expectations.every((text) => (text ?? '') !== '')).toBe(true);
  });

  test('as reject refuses just these, each with a reason', async () => {
    const outcome = await outcomeOf(build('reject'), rowsOf(cells));
    expect(outcome.failing).toEqual(failing);
    expect(outcome.loaded).toBe(cells.length - failing.length);
    expect(outcome.refused).toHaveLength(failing.length);
    expect(outcome.refused.every((reason) => /expected/.test(reason))).toBe(true);
  });

  test('finds nothing where nothing is', async () => {
    const good = rowsOf(cells).filter((__, i) => !failing.includes(String(i)));
    expect((await outcomeOf(build('warn'), good)).failing).toEqual([]);
  });
});

describe('unique', () => {
  test('takes two unknown values for the same', async () => {
    expect(
      (
        await outcomeOf(
          unique(['a', 'word'], { severity: 'warn' }),
          rowsOf([
            ['1', '', '', ''],
            ['1', '', '', ''],
            ['2', '', '', ''],
          ]),
        )
      ).failing,
    ).toEqual(['0', '1']);
  });

  test('as reject refuses only the rows that share a value, though one line of the file gave several', async () => {
    const pipeline = testPipeline({ ...columns, part: text({ key: true, doc: 'x' }) }, [unique(['a'])]);
    await transformRows(
      session,
      pipeline,
      {
        columns: ['id', 'x', 'y'],
        rows: [
          ['1', '10', '20'],
          ['2', '10', '30'],
        ],
      },
      {
        sql: "select _line, id, x as a, null as b, null as c, '' as word, 'x' as part from raw union all select _line, id, y, null, null, '', 'y' from raw",
      },
    );
    expect(await session.rows('select id, a from typed order by a')).toEqual([
      { id: 1, a: 20 },
      { id: 2, a: 30 },
    ]);
  });
});

describe('the key', () => {
  test('of identical rows the first stays, the others are refused as repeats', async () => {
    const pipeline = testPipeline(columns);
    await transformRows(session, pipeline, {
      columns: Object.keys(columns),
      rows: [
        ['1', '5', '', '', ''],
        ['2', '6', '', '', ''],
        ['1', '5.0', '', '', ''],
        ['1', '5', '', '', ''],
      ],
    });
    expect(await session.rows('select _line, id from typed order by id')).toEqual([
      { _line: 1, id: 1 },
      { _line: 2, id: 2 },
    ]);
    expect(await refusedRows(session)).toEqual(
      [3, 4].map((_line) => ({ _line, rule: 'unique(id)', reason: 'repeats line 1' })),
    );
  });

  test.each([
    ['values', '5', '6'],
    ['a value and none', '5', ''],
  ])('of rows with conflicting %s none stays', async (_, first, second) => {
    await transformRows(session, testPipeline(columns), {
      columns: Object.keys(columns),
      rows: [
        ['1', first, '', '', ''],
        ['1', second, '', '', ''],
        ['2', '1', '', '', ''],
      ],
    });
    expect(await session.rows('select id from typed')).toEqual([{ id: 2 }]);
    expect((await refusedRows(session)).map(({ reason }) => reason)).toEqual(
      Array(2).fill('the key occurs 2 times with different values, first in line 1'),
    );
  });

  test('a repeat among conflicting rows is refused with them', async () => {
    await transformRows(session, testPipeline(columns), {
      columns: Object.keys(columns),
      rows: [
        ['1', '5', '', '', ''],
        ['1', '5', '', '', ''],
        ['1', '6', '', '', ''],
      ],
    });
    expect(await session.rows('select id from typed')).toEqual([]);
    expect(await refusedRows(session)).toHaveLength(3);
  });

  test('a refused row does not make its good twin a conflict', async () => {
    await transformRows(session, testPipeline(columns), {
      columns: Object.keys(columns),
      rows: [
        ['1', 'n/a', '', '', ''],
        ['1', '6', '', '', ''],
      ],
    });
    expect(await session.rows('select id, a from typed')).toEqual([{ id: 1, a: 6 }]);
  });

  test('that is missing or unreadable is counted: nothing may be withdrawn then', async () => {
    const result = await transformRows(session, testPipeline(columns), {
      columns: Object.keys(columns),
      rows: [
        ['', '1', '', '', ''],
        ['x', '1', '', '', ''],
        ['3', 'n/a', '', '', ''],
        ['4', '1', '', '', ''],
      ],
    });
    expect(result).toEqual({ rows: 4, typed: 1, refused: 3, keyless: 2 });
  });
});

describe('contract rules', () => {
  test('a row that breaks several rules is one refused row with all reasons', async () => {
    const pipeline = testPipeline({
      id: integer({ key: true, doc: 'x' }),
      a: mw({ range: [0, 10], required: true, doc: 'x' }),
      word: typed('text', { oneOf: ['GAS'], pattern: '[A-Z]+', doc: 'x' }),
    });
    await transformRows(session, pipeline, {
      columns: ['id', 'a', 'word'],
      rows: [
        ['1', '11', 'gas'],
        ['2', '', 'GAS'],
        ['3', 'n/a', 'GAS'],
        ['4', '10', ''],
        ['5', '0', 'GAS'],
      ],
    });
    expect(await refusedRows(session)).toEqual([
      {
        _line: 1,
        rule: 'range(a, 0, 10)',
        reason:
          'range(a, 0, 10): 11.0, expected a between 0 and 10; oneOf(word): gas, expected word one of GAS; matches(word): gas, expected word like [A-Z]+',
      },
      { _line: 2, rule: 'notNull(a)', reason: 'notNull(a): null, expected a must have a value' },
      { _line: 3, rule: 'cast(a)', reason: 'a: n/a is not a number' },
    ]);
    expect(await session.rows('select id from typed order by id')).toEqual([{ id: 4 }, { id: 5 }]);
  });

  test('rows outside the interval are refused, its start is inside and its end is not', async () => {
    const pipeline = testPipeline({ hour: instant({ key: true, doc: 'x' }) });
    const interval = { start: Date.parse('2025-01-01T05:00Z'), end: Date.parse('2025-01-01T07:00Z') };
    await transformRows(
      session,
      pipeline,
      {
        columns: ['hour'],
        rows: [
          ['2025-01-01T04:59:59.999999Z'],
          ['2025-01-01T05:00Z'],
          ['2025-01-01T06:59:59.999999Z'],
          ['2025-01-01T07:00Z'],
        ],
      },
      { interval },
    );
    expect((await refusedRows(session)).map(({ _line, rule }) => [_line, rule])).toEqual([
      [1, 'interval'],
      [4, 'interval'],
    ]);
  });
});

describe('a check of an SQL file', () => {
  const file = 'transforms/checks/x.sql';
  const text_ = new Map([
    [file, "select _line, a as value, 'a to be even' as expectation from typed where a % 2 = 1;\n"],
  ]);
  test.each(['warn', 'reject'] as const)('as %s', async (severity) => {
    const outcome = await outcomeOf(
      sql(file, { doc: 'a is even', severity }),
      rowsOf([
        ['1', '', '', ''],
        ['2', '', '', ''],
        ['3', '', '', ''],
      ]),
      text_,
    );
    expect(outcome.failing).toEqual(['0', '2']);
    expect(outcome.loaded).toBe(severity === 'reject' ? 1 : 3);
  });
});

describe('complete', () => {
  const grid: Columns = { hour: instant({ key: true, doc: 'x' }), fuel: text({ key: true, doc: 'x' }) };
  const HOUR = 3_600_000;
  const start = Date.parse('2025-03-09T05:00Z');
  async function missing(
    check: Check,
    hours: readonly (readonly [number, string])[],
    interval: Interval,
    expectedUntil = Infinity,
  ): Promise<string[]> {
    const pipeline = testPipeline(grid, [check]);
    await transformRows(
      session,
      pipeline,
      { columns: ['hour', 'fuel'], rows: hours.map(([n, fuel]) => [new Date(start + n * HOUR).toISOString(), fuel]) },
      { interval },
    );
    const outcome = (
      await runChecks(session, { pipeline, interval, expectedUntil, checkSql: new Map(), sampleLimit: 100 })
    ).at(-1);
    expect(outcome?.failingRows).toBe(outcome?.samples.length);
    return (outcome?.samples ?? []).map(({ key }) => key);
  }
  const day = { start, end: start + 24 * HOUR };
  const hours = (from: number, to: number, but: readonly number[] = []): [number, string][] =>
    Array.from({ length: to - from }, (_, n): [number, string] => [from + n, 'GAS']).filter(([n]) => !but.includes(n));

  test.each<[string, [number, string][], string[]]>([
    ['nothing', hours(0, 24), []],
    ['the first hour', hours(1, 24), ['2025-03-09T05:00:00Z']],
    ['the last hour', hours(0, 23), ['2025-03-10T04:00:00Z']],
    [
      'both ends and the middle',
      hours(1, 23, [12]),
      ['2025-03-09T05:00:00Z', '2025-03-09T17:00:00Z', '2025-03-10T04:00:00Z'],
    ],
  ])('finds %s missing', async (_, present, expected) => {
    expect(await missing(complete('hour', 'PT1H'), present, day)).toEqual(expected);
  });

  test('does not take a row off the grid for one on it', async () => {
    const off = hours(0, 24).map(([n, fuel]): [number, string] => [n === 3 ? 3.5 : n, fuel]);
    expect(await missing(complete('hour', 'PT1H'), off, day)).toEqual(['2025-03-09T08:00:00Z']);
  });

  test('looks at each value of `by` that the file has', async () => {
    const present: [number, string][] = [
      ...hours(0, 24),
      ...hours(0, 24, [5]).map(([n]): [number, string] => [n, 'WIND']),
    ];
    expect(await missing(complete('hour', 'PT1H', { by: ['fuel'] }), present, day)).toEqual([
      '2025-03-09T10:00:00Z, WIND',
    ]);
    expect(await missing(complete('hour', 'PT1H'), present, day)).toEqual([]);
  });

  test.each([
    ['a whole step that can have been published', start + 10 * HOUR, 10],
    ['not a step that has only begun', start + 10 * HOUR + 59 * 60_000, 10],
    ['nothing before the first step is over', start + HOUR - 1, 0],
    ['nothing before the interval', start - 5 * HOUR, 0],
    ['the whole interval, once it is over', start + 100 * HOUR, 24],
  ])('expects %s', async (_, expectedUntil, steps) => {
    const found = await missing(complete('hour', 'PT1H'), [[23, 'GAS']], day, expectedUntil);
    expect(found).toHaveLength(steps === 24 ? 23 : steps);
  });

  test.each(['2025-03-09', '2025-11-02', '2024-03-10', '2024-11-03'])(
    "%s, when clocks change, has 24 hours on the publisher's clock",
    async (date) => {
      const begin = Date.parse(`${date}T05:00Z`);
      const pipeline = testPipeline(grid, [complete('hour', 'PT1H')]);
      const interval = { start: begin - 24 * HOUR, end: begin + 48 * HOUR };
      const rows = Array.from({ length: 72 }, (_, n) => [
        new Date(interval.start + n * HOUR).toISOString(),
        'GAS',
      ]).filter((_, n) => n !== 30);
      await transformRows(session, pipeline, { columns: ['hour', 'fuel'], rows }, { interval });
      const coverage = await coverageByDay(session, { pipeline, interval, expectedUntil: Infinity });
      expect(coverage.map(({ expected, present }) => [expected, present])).toEqual([
        [24, 24],
        [24, 23],
        [24, 24],
      ]);
      expect(coverage[1]?.day).toBe(date);
    },
  );
});

describe('frozen', () => {
  const series: Columns = {
    hour: instant({ key: true, doc: 'x' }),
    zone: text({ key: true, doc: 'x' }),
    mw: mw({ doc: 'x' }),
  };
  const hour = (n: number): string => `2025-05-01T${String(n).padStart(2, '0')}:00:00Z`;
  async function found(
    check: Check,
    rows: readonly (readonly [hour: number, zone: string, mw: string | null])[],
  ): Promise<readonly { key: string; value: string | null; expectation: string }[]> {
    const pipeline = testPipeline(series, [check]);
    const cells = rows.map(([n, zone, value]) => [hour(n), zone, value]);
    await transformRows(session, pipeline, { columns: Object.keys(series), rows: cells });
    const input = {
      pipeline,
      interval: { start: 0, end: 1 },
      expectedUntil: Infinity,
      checkSql: new Map(),
      sampleLimit: 20,
    };
    const outcome = (await runChecks(session, input)).at(-1);
    expect(outcome?.failingRows).toBe(outcome?.samples.length);
    return outcome?.samples ?? [];
  }

  test('names each run that is too long once, at its first row, with its value, its length and its end', async () => {
    const rows = ['7', '7', '7', '7', '8', '8', '8', '7', '7', '7', '7'].map((mw, n) => [n, 'A', mw] as const);
    expect(await found(frozen('mw', 3, { by: ['zone'] }), rows)).toEqual([
      {
        key: `${hour(0)}, A`,
        value: '7.0',
        expectation: `another value after at most 3 rows; it stays for 4 rows, until ${hour(3)}`,
      },
      {
        key: `${hour(7)}, A`,
        value: '7.0',
        expectation: `another value after at most 3 rows; it stays for 4 rows, until ${hour(10)}`,
      },
    ]);
    expect(await found(frozen('mw', 4, { by: ['zone'] }), rows)).toEqual([]);
  });

  test('looks at the rows in the order of the key, whatever their order in the file', async () => {
    const rows = [3, 0, 2, 1].map((n) => [n, 'A', '5'] as const);
    expect((await found(frozen('mw', 3), rows)).map(({ key }) => key)).toEqual([`${hour(0)}, A`]);
  });

  test('keeps the values of `by` apart, and NULL ends a run', async () => {
    const both = [0, 1, 2].flatMap((n) => [[n, 'A', '5'] as const, [n, 'B', String(n)] as const]);
    expect((await found(frozen('mw', 2, { by: ['zone'] }), both)).map(({ key }) => key)).toEqual([`${hour(0)}, A`]);
    expect(await found(frozen('mw', 2), both)).toEqual([]);
    const broken = [['5'], ['5'], [null], ['5'], ['5']].map(([mw], n) => [n, 'A', mw ?? null] as const);
    expect(await found(frozen('mw', 2), broken)).toEqual([]);
    expect(
      await found(
        frozen('mw', 1),
        [0, 1, 2].map((n) => [n, 'A', null] as const),
      ),
    ).toEqual([]);
  });
});

describe('sql over raw', () => {
  const file = 'transforms/grid/left_out.sql';
  const check = (severity: 'warn' | 'block'): Check =>
    sql(file, { over: 'raw', severity, doc: 'every hour has a value' });
  async function found(severity: 'warn' | 'block', rows: readonly Row[]): Promise<unknown> {
    const checkSql = new Map([[file, `select _line, a as value, 'a number' as expectation from raw where a = '-';\n`]]);
    const pipeline = testPipeline(columns, [check(severity)]);
    const leaveOut = `select _line, id, a, b, c, word from raw where a <> '-'`;
    const { typed: loaded } = await transformRows(
      session,
      pipeline,
      { columns: Object.keys(columns), rows },
      { sql: leaveOut, checkSql },
    );
    const input = { pipeline, interval: { start: 0, end: 1 }, expectedUntil: Infinity, checkSql, sampleLimit: 20 };
    const outcome = (await runChecks(session, input)).at(-1);
    return { loaded, severity: outcome?.severity, failing: outcome?.failingRows, samples: outcome?.samples };
  }

  test('names rows that the transform leaves out by their line and text', async () => {
    expect(
      await found('warn', [
        ['0', '1', '', '', 'x'],
        ['1', '-', '', '', 'x'],
      ]),
    ).toEqual({
      loaded: 1,
      severity: 'warn',
      failing: 1,
      samples: [{ key: 'line 2: 1,-,,,x', value: '-', expectation: 'a number' }],
    });
  });

  test('runs also where no row is typed, and a long row is cut', async () => {
    const long = 'y'.repeat(500);
    expect(await found('block', [['0', '-', '', '', long]])).toEqual({
      loaded: 0,
      severity: 'block',
      failing: 1,
      samples: [{ key: `line 1: ${`0,-,,,${long}`.slice(0, 160)}`, value: '-', expectation: 'a number' }],
    });
  });
});

test('a snapshot says itself since when its rows hold; other files may hold rows of their interval only', async () => {
  const series: Columns = { hour: instant({ key: true, doc: 'x' }), mw: mw({ doc: 'x' }) };
  const rows = { columns: Object.keys(series), rows: [['2025-05-01T00:00:00Z', '1']] };
  const minute = Date.parse('2025-05-01T00:10:00Z');
  const interval = { start: minute, end: minute + 60_000 };
  const calendar = testPipeline(series);
  expect(await transformRows(session, calendar, rows, { interval })).toMatchObject({ typed: 0, refused: 1 });
  const now = { ...calendar, partitions: snapshot() };
  expect(await transformRows(session, now, rows, { interval })).toMatchObject({ typed: 1, refused: 0 });
});
