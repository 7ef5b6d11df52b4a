/** Drift of the schema: what a file has that the one before had not, or lacks, by its columns and how many of their cells are filled. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { instant, mw } from '../../core/contract.ts';
import { dropRelation, type Session } from '../../transforms/session.ts';
import { rawShape, type Shape, shapeChanges, shapeOutcome } from '../../transforms/shape.ts';
import { testPipeline, testSession, type TestSession, transformRows } from '../support/transform.ts';

let opened: TestSession;
let session: Session;
beforeAll(async () => {
  opened = await testSession();
  session = opened.session;
});
afterAll(() => opened[Symbol.asyncDispose]());

type Cells = readonly (readonly (string | null)[])[];
/** Of a file with these cells; only the hour and the load are read from it. */
async function shapeOf(columns: readonly string[], rows: Cells, where = 'true'): Promise<Shape> {
  const pipeline = testPipeline({ hour: instant({ key: true, doc: 'x' }), load: mw({ doc: 'x' }) });
  await transformRows(
    session,
    pipeline,
    { columns, rows },
    { sql: `select _line, hour, load from raw where ${where}` },
  );
  return rawShape(session);
}
const hour = (n: number): string => `2024-01-01T${String(n).padStart(2, '0')}:00:00Z`;
const filled = (n: number, cells: readonly (string | null)[], from = 0): Cells =>
  Array.from({ length: n }, (_, i) => [hour(from + i), '5', ...cells]);

describe('the shape of a file', () => {
  test('counts the cells of each column that are not blank, under the name as published', async () => {
    expect(
      await shapeOf(
        ['hour', 'load', 'Wind "Chill"', 'Station'],
        [
          [hour(0), '5', '-3', 'A'],
          [hour(1), '', ' ', 'A'],
          [hour(2), '6', null, 'B'],
        ],
      ),
    ).toEqual({ '*': 3, hour: 3, load: 2, 'Wind "Chill"': 1, Station: 3 });
  });

  test('leaves out rows that no row of the table came of: hours to come have blanks in them', async () => {
    const rows: Cells = [...filled(3, ['x']), ...Array.from({ length: 9 }, (_, i) => [hour(10 + i), '', ''])];
    const full = await shapeOf(['hour', 'load', 'Note'], filled(3, ['x']));
    const withBlanks = await shapeOf(['hour', 'load', 'Note'], rows, `load <> ''`);
    expect(withBlanks).toEqual({ '*': 3, hour: 3, load: 3, Note: 3 });
    expect(shapeChanges(full, withBlanks)).toEqual([]);
  });

  test('of a file without rows is empty, and is no change of any column', async () => {
    const before = await shapeOf(['hour', 'load', 'Note'], filled(3, ['x']));
    const none = await shapeOf(['hour', 'load', 'Note'], filled(3, ['x']), 'false');
    expect(none).toEqual({ '*': 0, hour: 0, load: 0, Note: 0 });
    expect(shapeChanges(before, none)).toEqual([]);
    expect(shapeChanges(none, before).filter(({ change }) => change !== 'filled now')).toEqual([]);
  });
});

describe('from one file to the next', () => {
  const base: Shape = { '*': 100, hour: 100, load: 100, note: 0, chill: 40 };

  test.each<[string, Shape, ReturnType<typeof shapeChanges>]>([
    ['the same shape', { ...base }, []],
    ['more rows of the same', { '*': 200, hour: 200, load: 199, note: 0, chill: 3 }, []],
    [
      'a column that is gone',
      { '*': 100, hour: 100, note: 0, chill: 40 },
      [{ column: 'load', change: 'gone from the file' }],
    ],
    ['a column that is new', { ...base, extra: 0 }, [{ column: 'extra', change: 'new in the file' }]],
    ['a column that was in use and is empty', { ...base, load: 0 }, [{ column: 'load', change: 'empty now' }]],
    ['a column that was empty and is in use', { ...base, note: 91 }, [{ column: 'note', change: 'filled now' }]],
    ['a column that was empty and has a few cells', { ...base, note: 90 }, []],
    ['a seasonal column that fades out', { ...base, chill: 0 }, []],
    ['a seasonal column that comes again', { ...base, chill: 100 }, []],
    ['a column with one cell left', { ...base, load: 1 }, []],
    [
      'all at once, in the order of the names',
      { '*': 100, hour: 100, load: 0, note: 100, x: 1 },
      [
        { column: 'chill', change: 'gone from the file' },
        { column: 'load', change: 'empty now' },
        { column: 'note', change: 'filled now' },
        { column: 'x', change: 'new in the file' },
      ],
    ],
  ])('%s', (_, now, expected) => {
    expect(shapeChanges(base, now)).toEqual(expected);
  });

  test('a column whose name every object has is a column like any other', () => {
    expect(shapeChanges({ '*': 1 }, { '*': 1, constructor: 1 })).toEqual([
      { column: 'constructor', change: 'new in the file' },
    ]);
  });
});

test('what is missing is a warning, and what is there besides is none', () => {
  expect(
    shapeOutcome([
      { column: 'a "b"', change: 'empty now' },
      { column: 'c', change: 'new in the file' },
      { column: 'd', change: 'gone from the file' },
      { column: 'e', change: 'filled now' },
    ]),
  ).toMatchObject({
    name: 'schema',
    severity: 'warn',
    failingRows: 2,
    samples: [{ key: 'a "b", d', value: 'empty now, gone from the file' }],
    sql: `select count(*) as rows, count(nullif(trim("a ""b"""), '')) as filled from raw`,
  });
  expect(shapeOutcome([{ column: 'c', change: 'new in the file' }])).toMatchObject({ failingRows: 0, samples: [] });
});

describe('elements and keys of rows as published', () => {
  /** Rows with this text, all of which became rows of the table. */
  async function shapeOfTexts(texts: readonly string[]): Promise<Shape> {
    const rows = texts.map((text, i) => `(${i + 1}, '${text.replaceAll("'", "''")}', 'x')`);
    for (const name of ['typed', 'raw']) await dropRelation(session, name);
    await session.run(
      `create or replace table raw as select * from (values ${rows.join(', ')}) as v(_line, _raw, "Hour")`,
    );
    await session.run('create or replace table typed as select _line from raw');
    return rawShape(session);
  }
  const xml = (...names: readonly string[]): string =>
    `<FuelTotal>${names.map((name) => `<${name}>1</${name}>`).join('')}</FuelTotal>`;
  const json = (...names: readonly string[]): string =>
    JSON.stringify(Object.fromEntries(names.map((name) => [name, '1'])));

  test('are counted, those included that no column reads', async () => {
    expect(await shapeOfTexts([xml('Fuel', 'Output'), xml('Fuel')])).toEqual({
      '*': 2,
      Hour: 2,
      '<FuelTotal>': 2,
      '<Fuel>': 2,
      '<Output>': 1,
    });
    expect(await shapeOfTexts([json('price'), json('price', 'note')])).toEqual({
      '*': 2,
      Hour: 2,
      '"price"': 2,
      '"note"': 1,
    });
    expect(await shapeOfTexts(['2024-01-01,1,<5>'])).toEqual({ '*': 1, Hour: 1 });
  });

  test.each([
    ['<Emission>', xml],
    ['"Emission"', json],
  ] as const)('%s is told when it comes, and missed when it was always there', async (name, row) => {
    const before = await shapeOfTexts([row('Fuel'), row('Fuel')]);
    const grown = await shapeOfTexts([row('Fuel', 'Emission'), row('Fuel', 'Emission')]);
    expect(shapeChanges(before, grown)).toEqual([{ column: name, change: 'new in the file' }]);
    expect(shapeChanges(grown, before)).toEqual([{ column: name, change: 'gone from the file' }]);
    expect(shapeOutcome(shapeChanges(before, grown)).failingRows).toBe(0);
    expect(shapeOutcome(shapeChanges(grown, before)).failingRows).toBe(1);
  });

  test('that publishers leave out where there is no value are not missed', async () => {
    const now = await shapeOfTexts([xml('Fuel'), xml('Fuel')]);
    const once = await shapeOfTexts([xml('Fuel', 'Output'), xml('Fuel')]);
    expect(shapeChanges(once, now)).toEqual([]);
  });
});
