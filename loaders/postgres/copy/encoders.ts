/** One encoder per column, chosen from the table's type once the source's type is known to fit. */
import { DuckDBDecimalType, DuckDBEnumType, DuckDBTypeId, type DuckDBType } from '@duckdb/node-api';
import { duckdbTypeOf } from '../../../core/duckdb-type.ts';
import { doubleCells, fixedCells, LENGTH_WORD, wordCells, writeNull, type Cells } from './cells.ts';
import type { CopyColumn } from './column.ts';
import { decimalCells, decimalWidth, textNumericCells } from './numeric-cells.ts';
import { STRING_WIDTH } from './strings.ts';
import { enumCells, textArrayCells, textCells } from './text-cells.ts';
import { postgresDays, postgresMicros } from './time-cells.ts';
import { isPresent, type RawVector } from './vector.ts';

/** How to read one column: bytes per cell of DuckDB's vector, and its vector to cells. `firstRow` counts from 0. */
export interface Encoder {
  readonly vectorWidth: number;
  encode(vector: RawVector, firstRow: number): Cells;
}

/** The encoder of a column, or what is wrong with the source's type. */
export function encoderFor(column: CopyColumn, source: DuckDBType): Encoder | string {
  const expected = duckdbTypeOf(column);
  const { name } = column;
  if (source instanceof DuckDBDecimalType && column.pg === 'numeric') {
    if (column.precision === undefined || String(source) === expected) return decimal(source.width, source.scale);
  }
  if (source instanceof DuckDBEnumType && (column.pg === 'text' || column.pg === 'varchar')) return enumeration(source);
  // A type with an alias (JSON) prints the alias, the id tells what it is made of.
  const fits = expected === 'VARCHAR' ? source.typeId === DuckDBTypeId.VARCHAR : String(source) === expected;
  if (!fits) return `column ${name} is ${source} in DuckDB, ${column.pg} in the table needs ${expected}`;
  switch (column.pg) {
    case 'bool':
      return { vectorWidth: 1, encode: boolCells };
    case 'int2':
      return { vectorWidth: 2, encode: int2Cells };
    case 'int4':
    case 'float4':
      return words(1);
    case 'int8':
      return words(2);
    case 'float8':
      return { vectorWidth: 8, encode: doubleCells };
    case 'timestamptz':
    case 'timestamp':
      return {
        vectorWidth: 8,
        encode: (v, firstRow) => wordCells(postgresMicros(v, name, firstRow), 2, v.validity, v.rows),
      };
    case 'date':
      return {
        vectorWidth: 4,
        encode: (v, firstRow) => wordCells(postgresDays(v, name, firstRow), 1, v.validity, v.rows),
      };
    case 'uuid':
      return { vectorWidth: 16, encode: uuidCells };
    case 'numeric':
      return { vectorWidth: STRING_WIDTH, encode: (v, firstRow) => textNumericCells(v, name, firstRow) };
    case 'text':
    case 'varchar':
      return { vectorWidth: STRING_WIDTH, encode: (v, firstRow) => textCells(v, name, firstRow, false) };
    case 'jsonb':
      return { vectorWidth: STRING_WIDTH, encode: (v, firstRow) => textCells(v, name, firstRow, true) };
    case 'text[]':
      return { vectorWidth: 16, encode: (v, firstRow) => textArrayCells(v, name, firstRow) };
  }
}

/** The same int8 in every row. */
export function constantCells(value: bigint): Cells {
  const high = Number(BigInt.asIntN(32, value >> 32n));
  const low = Number(BigInt.asIntN(32, value));
  return fixedCells(8, null, 0, (out, positions, from, to) => {
    for (let row = from; row < to; row++) {
      const at = positions[row]!;
      out.setInt32(at, 8);
      out.setInt32(at + 4, high);
      out.setInt32(at + 8, low);
      positions[row] = at + 12;
    }
  });
}

function words(perRow: number): Encoder {
  return { vectorWidth: perRow * 4, encode: (v) => wordCells(v.data, perRow, v.validity, v.rows) };
}

function decimal(precision: number, scale: number): Encoder {
  return { vectorWidth: decimalWidth(precision), encode: (v) => decimalCells(v, precision, scale) };
}

function enumeration(type: DuckDBEnumType): Encoder {
  const values = type.values.map((value) => Buffer.from(value, 'utf8'));
  const width =
    type.internalTypeId === DuckDBTypeId.UTINYINT ? 1 : type.internalTypeId === DuckDBTypeId.USMALLINT ? 2 : 4;
  return { vectorWidth: width, encode: (v) => enumCells(v, width, values) };
}

function boolCells({ rows, data, validity }: RawVector): Cells {
  return fixedCells(1, validity, rows, (out, positions, from, to) => {
    for (let row = from; row < to; row++) {
      if (validity !== null && !isPresent(validity, row)) {
        writeNull(out, positions, row);
        continue;
      }
      const at = positions[row]!;
      out.setInt32(at, 1);
      out.setUint8(at + LENGTH_WORD, data.getUint8(row) === 0 ? 0 : 1);
      positions[row] = at + LENGTH_WORD + 1;
    }
  });
}

function int2Cells({ rows, data, validity }: RawVector): Cells {
  return fixedCells(2, validity, rows, (out, positions, from, to) => {
    for (let row = from; row < to; row++) {
      if (validity !== null && !isPresent(validity, row)) {
        writeNull(out, positions, row);
        continue;
      }
      const at = positions[row]!;
      out.setInt32(at, 2);
      out.setInt16(at + LENGTH_WORD, data.getInt16(row * 2, true));
      positions[row] = at + LENGTH_WORD + 2;
    }
  });
}

/** DuckDB keeps a UUID as a signed 128-bit number with the top bit flipped, so that it sorts like its text. */
function uuidCells({ rows, data, validity }: RawVector): Cells {
  const plain = new DataView(new ArrayBuffer(rows * 16));
  for (let at = 0; at < rows * 16; at += 16) {
    plain.setInt32(at, data.getInt32(at, true), true);
    plain.setInt32(at + 4, data.getInt32(at + 4, true), true);
    plain.setInt32(at + 8, data.getInt32(at + 8, true), true);
    plain.setInt32(at + 12, data.getInt32(at + 12, true) ^ 0x8000_0000, true);
  }
  return wordCells(plain, 4, validity, rows);
}
