/** Every type and NULLs everywhere: what DuckDB holds and what PostgreSQL parses from the same text are the same after the COPY. */
import type { DuckDBConnection } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { duckdbTypeOf } from '../../core/duckdb-type.ts';
import { copyInto } from '../../loaders/postgres/copy/copy-into.ts';
import type { CopyColumn } from '../../loaders/postgres/copy/column.ts';
import type { Connection } from '../../loaders/postgres/database.ts';
import { freshDatabase, testServers } from '../support/postgres.ts';
import { createTableSql, openDuckdb } from './copy-support.ts';

/** One value, as each of the two reads it from text. */
interface Cell {
  readonly duckdb: string;
  readonly postgres: string;
}

const same = (text: string): Cell => ({ duckdb: text, postgres: text });
const both = (arbitrary: fc.Arbitrary<string>): fc.Arbitrary<Cell> => arbitrary.map(same);
const oneOf = (...texts: string[]): fc.Arbitrary<Cell> => both(fc.constantFrom(...texts));

function integers(bits: bigint): fc.Arbitrary<Cell> {
  const limit = 1n << (bits - 1n);
  return both(fc.bigInt({ min: -limit, max: limit - 1n }).map(String));
}

function decimals(precision: number, scale: number): fc.Arbitrary<Cell> {
  const limit = 10n ** BigInt(precision) - 1n;
  const near = fc
    .integer({ min: -10_100, max: 10_100 })
    .map(BigInt)
    .filter((n) => n <= limit && n >= -limit);
  return both(
    fc.oneof(fc.bigInt({ min: -limit, max: limit }), near).map((unscaled) => {
      const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
      const whole = digits.slice(0, digits.length - scale);
      return `${unscaled < 0n ? '-' : ''}${whole}${scale === 0 ? '' : `.${digits.slice(-scale)}`}`;
    }),
  );
}

const freeNumbers = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('', '-', '+'),
      fc.stringMatching(/^\d{1,45}$/),
      fc.constantFrom('', '.'),
      fc.stringMatching(/^\d{0,30}$/),
      fc.constantFrom('', 'e0', 'e5', 'E-7', 'e+12', 'e-40', 'e40'),
    )
    .map(
      ([sign, whole, point, fraction, exponent]) => sign + whole + point + (point === '' ? '' : fraction) + exponent,
    ),
  fc.constantFrom(
    'NaN',
    'Infinity',
    '-Infinity',
    '0',
    '-0',
    '.5',
    '5.',
    '00012.3400',
    '9999',
    '10000',
    '0.0001',
    '0.00001',
    '99999999.99999999',
  ),
);

const wellFormed = (text: string): boolean => !text.includes('\0') && !/\p{Surrogate}/u.test(text);
const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }).filter(wellFormed),
  fc.string({ unit: 'grapheme', maxLength: 40 }).filter(wellFormed),
  fc.stringMatching(/^[a-z]{11,14}$/),
  fc.constantFrom(
    '',
    'é',
    '🜁',
    '🜁🜁🜁',
    '🜁🜁🜁a',
    '\\N',
    '\n',
    "it's",
    'x'.repeat(4095),
    'y'.repeat(4097),
    '🜁'.repeat(2000),
  ),
);

const micros = fc
  .tuple(
    fc.date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true }),
    fc.integer({ min: 0, max: 999 }),
  )
  .map(([date, rest]) => `${date.toISOString().slice(0, -1).replace('T', ' ')}${String(rest).padStart(3, '0')}`);
const instants = (zone: string): fc.Arbitrary<Cell> =>
  fc.oneof(
    both(micros.map((text) => text + zone)),
    oneOf(
      'infinity',
      '-infinity',
      `1999-12-31 23:59:59.999999${zone}`,
      `2000-01-01 00:00:00${zone}`,
      `1970-01-01 00:00:00${zone}`,
      `1969-12-31 23:59:59.999999${zone}`,
    ),
    fc.constantFrom(
      { duckdb: `294246-12-31 23:59:59.999999${zone}`, postgres: `294246-12-31 23:59:59.999999${zone}` },
      { duckdb: `0044-03-15 (BC) 12:00:00${zone}`, postgres: `0044-03-15 12:00:00${zone} BC` },
      { duckdb: `4713-01-01 (BC) 00:00:00${zone}`, postgres: `4713-01-01 00:00:00${zone} BC` },
    ),
  );
const dates = fc.oneof(
  both(micros.map((text) => text.slice(0, 10))),
  oneOf('infinity', '-infinity', '1999-12-31', '2000-01-01', '1970-01-01', '5874897-12-31'),
  fc.constantFrom({ duckdb: '4713-01-01 (BC)', postgres: '4713-01-01 BC' }),
);

const json = fc
  .jsonValue()
  .map((value) => JSON.stringify(value))
  .filter((text) => !text.includes('\\u0000') && !/\\ud[89a-f]/i.test(text));

const arrays: fc.Arbitrary<Cell> = fc.array(fc.option(texts), { maxLength: 5 }).map((list) => ({
  duckdb: `[${list.map((text) => (text === null ? 'NULL' : quote(text))).join(', ')}]`,
  postgres: `{${list.map((text) => (text === null ? 'NULL' : `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`)).join(',')}}`,
}));

const floats = (float: fc.Arbitrary<number>): fc.Arbitrary<Cell> =>
  both(float.map((n) => (Object.is(n, -0) ? '-0' : String(n))));

const CASES: readonly (readonly [CopyColumn, fc.Arbitrary<Cell>])[] = [
  [{ name: 'a_bool', pg: 'bool' }, oneOf('true', 'false')],
  [{ name: 'a_int2', pg: 'int2' }, integers(16n)],
  [{ name: 'a_int4', pg: 'int4' }, integers(32n)],
  [{ name: 'a_int8', pg: 'int8' }, integers(64n)],
  [{ name: 'a_float4', pg: 'float4' }, floats(fc.float())],
  [{ name: 'a_float8', pg: 'float8' }, floats(fc.double())],
  ...(
    [
      [1, 0],
      [4, 2],
      [4, 4],
      [9, 0],
      [9, 5],
      [18, 6],
      [18, 18],
      [19, 3],
      [38, 0],
      [38, 10],
      [38, 38],
    ] as const
  ).map(([precision, scale]): [CopyColumn, fc.Arbitrary<Cell>] => [
    { name: `a_numeric_${precision}_${scale}`, pg: 'numeric', precision, scale },
    decimals(precision, scale),
  ]),
  [{ name: 'a_numeric', pg: 'numeric' }, both(freeNumbers)],
  [{ name: 'a_wide_numeric', pg: 'numeric', precision: 60, scale: 20 }, decimals(38, 10)],
  [{ name: 'a_text', pg: 'text' }, both(texts)],
  [{ name: 'a_varchar', pg: 'varchar' }, both(texts)],
  [{ name: 'a_timestamptz', pg: 'timestamptz' }, instants('+00')],
  [{ name: 'a_timestamp', pg: 'timestamp' }, instants('')],
  [{ name: 'a_date', pg: 'date' }, dates],
  [{ name: 'a_uuid', pg: 'uuid' }, both(fc.stringMatching(/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/))],
  [{ name: 'a_jsonb', pg: 'jsonb' }, both(json)],
  [{ name: 'a_text_array', pg: 'text[]' }, arrays],
];
const COLUMNS: readonly CopyColumn[] = [{ name: 'id', pg: 'int4' }, ...CASES.map(([column]) => column)];
const LOAD_ID = -7_000_000_000_000n;

describe.each(testServers())('a COPY of every type on $name', (server) => {
  let duckdb: DuckDBConnection;
  let connection: Connection;
  beforeAll(async () => {
    duckdb = await openDuckdb();
    connection = await (await freshDatabase(server)).pool.connect();
    await connection.query(createTableSql('actual', COLUMNS, ', load_id bigint not null'));
    await connection.query(createTableSql('expected', COLUMNS, ', load_id bigint not null'));
  });
  afterAll(() => {
    connection.release();
    duckdb.closeSync();
  });

  it('stores what PostgreSQL itself reads from the same text', async () => {
    const row = fc.tuple(...CASES.map(([, cell]) => fc.option(cell, { freq: 6 })));
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 12 }), async (rows) => {
        await connection.query('truncate actual, expected');
        await fillDuckdb(duckdb, rows);
        await fillExpected(connection, rows);
        const source = await duckdb.stream('select * from src order by id');
        const result = await copyInto(
          connection.client,
          { table: 'public.actual', columns: COLUMNS, constants: [{ name: 'load_id', value: LOAD_ID }] },
          source,
        );
        expect(result.rows).toBe(rows.length);
        // Text of the whole record: also shows a lost sign of zero, a lost scale, another NaN.
        const differing = await connection.query(
          `select a::text as actual, e::text as expected from actual a full join expected e using (id) where a::text is distinct from e::text`,
        );
        expect(differing).toEqual([]);
      }),
      { numRuns: 120 },
    );
  });
});

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

async function fillDuckdb(duckdb: DuckDBConnection, rows: readonly (readonly (Cell | null)[])[]): Promise<void> {
  await duckdb.run(
    `create or replace table src (${COLUMNS.map((column) => `${column.name} ${duckdbTypeOf(column)}`).join(', ')})`,
  );
  for (const [id, cells] of rows.entries()) {
    const values = cells.map((cell, i) => {
      if (cell === null) return 'NULL';
      return COLUMNS[i + 1]?.pg === 'text[]' ? cell.duckdb : quote(cell.duckdb);
    });
    await duckdb.run(`insert into src values (${[id, ...values].join(', ')})`);
  }
}

async function fillExpected(connection: Connection, rows: readonly (readonly (Cell | null)[])[]): Promise<void> {
  for (const [id, cells] of rows.entries()) {
    const places = [...COLUMNS, { name: 'load_id' }].map((_, i) => `$${i + 1}`).join(', ');
    await connection.query(`insert into expected values (${places})`, [
      id,
      ...cells.map((cell) => cell?.postgres ?? null),
      String(LOAD_ID),
    ]);
  }
}
