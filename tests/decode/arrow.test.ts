/** Arrow IPC: both containers, every plain type without loss, damage. */
import {
  Bool,
  DateDay,
  Decimal,
  Dictionary,
  Field,
  Float64,
  Int32,
  Int64,
  List,
  makeBuilder,
  RecordBatch,
  Schema,
  Struct,
  Table,
  tableFromArrays,
  tableToIPC,
  TimestampMicrosecond,
  TimestampNanosecond,
  Utf8,
  Vector,
  makeData,
  vectorFromArray,
} from 'apache-arrow';
import { describe, expect, test } from 'vitest';
import { arrow } from '../../core/decode.ts';
import { decodeBytes, faultOf } from './support.ts';

const plain = new Table({
  n: vectorFromArray([1, null, -3], new Int32()),
  big: vectorFromArray([9_007_199_254_740_993n, 0n, null], new Int64()),
  x: vectorFromArray([0.1, Number.NaN, Number.POSITIVE_INFINITY], new Float64()),
  text: vectorFromArray(['', null, 'Québec'], new Utf8()),
  word: vectorFromArray(['GAS', 'WIND', 'GAS'], new Dictionary(new Utf8(), new Int32())),
  flag: vectorFromArray([true, false, null], new Bool()),
  day: vectorFromArray([new Date('2025-05-01'), null, new Date('1969-12-31')], new DateDay()),
});
const COLUMNS = ['n', 'big', 'x', 'text', 'word', 'flag', 'day'];

function instants(type: TimestampMicrosecond | TimestampNanosecond, ticks: bigint[]): Vector {
  return new Vector([makeData({ type, length: ticks.length, data: BigInt64Array.from(ticks) })]);
}

function batchFrom(from: number): RecordBatch[] {
  return tableFromArrays({ n: Int32Array.from({ length: 3_000 }, (_, i) => from + i) }).batches;
}

describe('an Arrow file', () => {
  test.each(['file', 'stream'] as const)('in the %s format gives its cells as text', async (container) => {
    const found = await decodeBytes(tableToIPC(plain, container), arrow({ columns: COLUMNS }));
    expect(found.cells).toEqual([
      ['1', '9007199254740993', '0.1', '', 'GAS', 'true', '2025-05-01'],
      [null, '0', 'NaN', null, 'WIND', 'false', null],
      ['-3', null, 'Infinity', 'Québec', 'GAS', null, '1969-12-31'],
    ]);
    expect(found.lines).toEqual([1, 2, 3]);
    expect(found.raw[1]).toBe('[null,"0","NaN",null,"WIND","false",null]');
  });

  test('may hold its columns in another order', async () => {
    const found = await decodeBytes(tableToIPC(plain), arrow({ columns: COLUMNS.toReversed() }));
    expect(found.cells[0]).toEqual(['2025-05-01', 'true', 'GAS', '', '0.1', '9007199254740993', '1']);
  });

  test('keeps micro- and nanoseconds, and says UTC where the column has a zone', async () => {
    const table = new Table({
      micro: instants(new TimestampMicrosecond('UTC'), [1_746_075_600_000_001n, -1n]),
      nano: instants(new TimestampNanosecond(), [1_746_075_600_000_000_000n, 123_456_789n]),
    });
    const found = await decodeBytes(tableToIPC(table, 'stream'), arrow({ columns: ['micro', 'nano'] }));
    expect(found.cells).toEqual([
      ['2025-05-01T05:00:00.000001Z', '2025-05-01T05:00:00'],
      ['1969-12-31T23:59:59.999999Z', '1970-01-01T00:00:00.123456789'],
    ]);
  });

  test('keeps all digits of decimals', async () => {
    const words = Uint32Array.from([105_450, 0, 0, 0, 0xffff_fffb, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff]);
    const vector = new Vector([makeData({ type: new Decimal(2, 10, 128), length: 2, data: words })]);
    const found = await decodeBytes(tableToIPC(new Table({ price: vector })), arrow({ columns: ['price'] }));
    expect(found.cells).toEqual([['1054.50'], ['-0.05']]);
  });

  test('may have many record batches', async () => {
    const table = new Table([0, 3_000, 6_000].flatMap(batchFrom));
    const found = await decodeBytes(tableToIPC(table), arrow({ columns: ['n'] }));
    expect(found.cells.length).toBe(9_000);
    expect([found.cells[8_999], found.lines[8_999]]).toEqual([['8999'], 9_000]);
    expect(found.batches).toBeGreaterThan(3);
  });

  test('keeps a row with a NUL character apart', async () => {
    const found = await decodeBytes(
      tableToIPC(new Table({ t: vectorFromArray(['a', 'b\0', 'c'], new Utf8()) })),
      arrow({ columns: ['t'] }),
    );
    expect(found.cells).toEqual([['a'], ['c']]);
    expect(found.undecodable).toEqual([{ line: 2, raw: '["b\\u0000"]', reason: 'the row holds a NUL byte' }]);
  });
});

describe('an Arrow file is refused', () => {
  test('with other columns', async () => {
    const fault = await faultOf(tableToIPC(plain), arrow({ columns: ['n', 'price'] }));
    expect([fault.code, fault.where]).toEqual(['FORMAT_HEADER_CHANGED', 'report']);
  });

  test('with nested columns', async () => {
    const builder = makeBuilder({ type: new List(new Field('item', new Int32())) });
    builder.append(vectorFromArray([1], new Int32()));
    const nested = builder.finish().toVector();
    const fault = await faultOf(tableToIPC(new Table({ list: nested })), arrow({ columns: ['list'] }));
    expect(fault.code).toBe('FORMAT_ARROW_NESTED');
    const struct = new Schema([new Field('s', new Struct([new Field('a', new Int32())]))]);
    expect((await faultOf(tableToIPC(new Table(struct)), arrow({ columns: ['s'] }))).code).toBe('FORMAT_ARROW_NESTED');
  });

  test.each<[string, (bytes: Uint8Array) => Uint8Array]>([
    ['that is cut off', (bytes) => bytes.subarray(0, bytes.length - 40)],
    ['that is cut in half', (bytes) => bytes.subarray(0, bytes.length / 2)],
    ['that is empty', () => new Uint8Array()],
    ['that is text', () => Buffer.from('a,b\n1,2\n3,4\n')],
  ])('%s', async (_, damage) => {
    const fault = await faultOf(damage(tableToIPC(plain, 'file')), arrow({ columns: COLUMNS }));
    expect([fault.code, fault.where]).toEqual(['FORMAT_ARROW_BROKEN', 'report']);
    expect(fault.kind).toBe('format');
  });
});
