/** The same rows as JSON, CSV, lines of JSON and Arrow, read back by other people's readers: no digit and no text differs. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { type DataType, tableFromIPC } from 'apache-arrow';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { arrowOf } from '../../serve/api/arrow.ts';
import { jsonRows } from '../../serve/api/json-rows.ts';
import { ARROW_TYPE } from '../../serve/api/media.ts';
import { STREAM_KEYS, type StreamKey } from '../../core/flags.ts';
import { STREAMS } from '../../serve/rows/streams.ts';
import { dayOf, decimalOf, microsOf } from '../../serve/rows/values.ts';
import { ask } from '../serve/support.ts';
import { type RunningApi, startApi } from '../support/api.ts';
import { temporaryFolder } from '../support/engine.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';
import { putAlberta, putDemand, putGeneration, putMeters, putPrices, type StreamBody } from './rows-support.ts';

let db: FreshDatabase;
let api: RunningApi;
beforeAll(async () => {
  db = await freshDatabase();
  await putDemand(db.pool, 50);
  await putGeneration(db.pool, 4);
  await putPrices(db.pool, 5, 5);
  await putMeters(db.pool, 10, 2);
  await putAlberta(db.pool, 20);
  api = await startApi({ url: db.url });
});
afterAll(() => api.stop());

const bytesOf = async (path: string, accept: string): Promise<Uint8Array> => {
  const answer = await fetch(api.url + path, { headers: { Accept: accept } });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toContain(accept);
  return new Uint8Array(await answer.arrayBuffer());
};
const textOf = async (path: string, accept: string): Promise<string> =>
  new TextDecoder().decode(await bytesOf(path, accept));

type Value = string | number | boolean | null;
type Row = Record<string, Value>;

/** What JSON has, as the text that CSV has to have: numbers by their value. */
const asCell = (value: Value | undefined): string => (value === null || value === undefined ? '' : String(value));

/** Arrow's own storage, so that nothing of its conversions to JavaScript is in between. */
function arrowRows(bytes: Uint8Array): {
  readonly types: Record<string, string>;
  readonly rows: Record<string, unknown>[];
} {
  const table = tableFromIPC(bytes);
  const types = Object.fromEntries(table.schema.fields.map(({ name, type }) => [name, String(type as DataType)]));
  const rows = Array.from({ length: table.numRows }, (): Record<string, unknown> => ({}));
  table.schema.fields.forEach(({ name, type }, i) => {
    const column = table.getChildAt(i);
    rows.forEach((row, at) => {
      const data = column?.data[0];
      const raw = /^(Timestamp|Date)/.test(String(type as DataType))
        ? (data?.values as ArrayLike<unknown> | undefined)?.[at]
        : column?.get(at);
      row[name] = column?.isValid(at) === true ? raw : null;
    });
  });
  return { types, rows };
}

const ARROW_TYPES: Readonly<Record<string, string>> = {
  timestamptz: 'Timestamp<MICROSECOND, UTC>',
  date: 'Date32<DAY>',
  float8: 'Float64',
  numeric: 'Float64',
  int4: 'Int32',
  text: 'Utf8',
  uuid: 'Utf8',
};

const sourceColumns = (stream: StreamKey) => STREAMS[stream].columns;

test.each(STREAM_KEYS)('%s is the same in all forms', async (stream) => {
  const path = `/stream-${stream}?limit=17`;
  const { rows } = (await ask(api.url, path)).json<StreamBody>();
  expect(rows.length).toBe(17);

  const cells = parse<Record<string, string>>(await textOf(path, 'text/csv'), { columns: true });
  expect(cells.map((row) => Object.keys(row))).toEqual(rows.map((row) => Object.keys(row)));
  cells.forEach((row, i) => {
    for (const { name, type } of sourceColumns(stream)) {
      const cell = row[name] ?? '';
      const number = /^(float|int|numeric)/.test(type) && cell !== '';
      expect(number ? String(Number(cell)) : cell).toBe(asCell(rows[i]?.[name]));
    }
  });

  const lines = (await textOf(path, 'application/x-ndjson')).trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line) as Row)).toEqual(rows);

  const arrow = arrowRows(await bytesOf(path, ARROW_TYPE));
  expect(arrow.types).toEqual(
    Object.fromEntries(sourceColumns(stream).map(({ name, type }) => [name, ARROW_TYPES[type]])),
  );
  expect(arrow.rows).toEqual(
    rows.map((row) =>
      Object.fromEntries(
        sourceColumns(stream).map(({ name, type }) => {
          const value = row[name] ?? null;
          return [
            name,
            value === null ? null : type === 'timestamptz' ? microsOf(value) : type === 'date' ? dayOf(value) : value,
          ];
        }),
      ),
    ),
  );
});

test('Arrow and CSV carry the provenance beside the rows, and the cursor', async () => {
  const path = '/stream-ontario-demand?limit=10';
  const json = (await ask(api.url, path)).json<StreamBody>();
  const table = tableFromIPC(await bytesOf(path, ARROW_TYPE));
  expect(JSON.parse(table.schema.metadata.get('provenance') ?? '')).toEqual(json.provenance);
  for (const Accept of ['text/csv', 'application/x-ndjson', ARROW_TYPE]) {
    const { headers } = await ask(api.url, path, { headers: { Accept } });
    expect(JSON.parse(String(headers['x-penstock-provenance']))).toEqual(json.provenance);
    expect(headers['x-next-cursor']).toBe(json.next_cursor);
  }
});

test('values in CSV are exact, also where a spreadsheet would take them for a formula', async () => {
  const [row] = parse<Record<string, string>>(await textOf('/stream-ontario-prices?limit=1', 'text/csv'), {
    columns: true,
  });
  expect(row).toMatchObject({
    node_name: '=NODE "1", é',
    congestion_price: '-5.59',
    energy_price: '20.13',
    loss_price: '',
  });
});

test('no rows are a header in CSV, nothing in lines, and a schema in Arrow', async () => {
  const path = '/stream-ontario-demand?from=2040-01-01';
  expect(await textOf(path, 'text/csv')).toBe(
    'datetime,hour_ending,total_demand_mw,hourly_demand_gwh,date,source,version\r\n',
  );
  expect(await textOf(path, 'application/x-ndjson')).toBe('');
  const table = tableFromIPC(await bytesOf(path, ARROW_TYPE));
  expect([table.numRows, table.schema.fields.length]).toEqual([0, 7]);
});

test('DuckDB reads the lines and the CSV of a table as PostgreSQL has it', async () => {
  await using folder = await temporaryFolder();
  const path = '/api/historical/hf_electricity_demand';
  const [lines, csv] = [join(folder.path, 'rows.ndjson'), join(folder.path, 'rows.csv')];
  await writeFile(lines, await bytesOf(path, 'application/x-ndjson'));
  await writeFile(csv, await bytesOf(path, 'text/csv'));
  const duck = await (await DuckDBInstance.create(':memory:')).connect();
  await duck.run(`set timezone to 'UTC'`);
  const [own] = await db.pool.query<object>(
    `select count(*)::int as rows, sum(electricity_demand::numeric(30,6))::text as total, max(datetime)::text as newest, max(location) as location from public.hf_electricity_demand`,
  );
  for (const source of [`read_json('${lines}')`, `read_csv('${csv}')`]) {
    const read = await duck.runAndReadAll(
      `select count(*)::int as rows, sum(electricity_demand::numeric(30,6))::text as total, max(datetime::timestamptz)::varchar as newest, max(location) as location from ${source}`,
    );
    expect(read.getRowObjectsJson()).toEqual([own]);
  }
});

describe('an answer in a form that there is not', () => {
  test('is 406 and names those that there are', async () => {
    const answer = await ask(api.url, '/stream-ontario-demand', { headers: { Accept: 'image/png' } });
    expect(answer.status).toBe(406);
    expect(answer.json()).toMatchObject({ next: expect.stringMatching(/json.*csv.*ndjson.*arrow/) as string });
  });
});

describe('values', () => {
  test('any instant keeps its microseconds on the way to Arrow', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.date({ min: new Date('1900-01-01'), max: new Date('2200-01-01'), noInvalidDate: true }),
        fc.nat(999),
        async (at, micros) => {
          const wanted = BigInt(at.getTime()) * 1_000n + BigInt(micros);
          const [row] = await db.pool.query<{ text: string; json: string }>(
            `select t::text as text, to_jsonb(t)#>>'{}' as json from (select timestamptz 'epoch' + $1::int8 / 1000000 * interval '1 s' + $1::int8 % 1000000 * interval '1 us' as t) x`,
            [wanted],
          );
          expect([microsOf(row?.text), microsOf(row?.json)]).toEqual([wanted, wanted]);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('any decimal keeps its digits; one with too many is no number rather than another number', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }), fc.nat(6), (units, scale) => {
        const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
        const text = `${units < 0n ? '-' : ''}${digits.slice(0, digits.length - scale)}${scale === 0 ? '' : `.${digits.slice(-scale)}`}`;
        expect(decimalOf(text, scale)).toBe(units);
      }),
    );
    expect(decimalOf('1.005', 2)).toBeNull();
    expect(decimalOf('NaN', 2)).toBeNull();
  });

  test('any row of any text is the same in JSON and Arrow', () => {
    const columns = [
      { name: 'n', type: 'float8' },
      { name: 'i', type: 'int8' },
      { name: 's', type: 'text' },
      { name: 'b', type: 'bool' },
      { name: 'j', type: 'jsonb' },
    ];
    const row = fc.record({
      n: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (Object.is(n, -0) ? 0 : n))),
      i: fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
      s: fc.option(fc.string({ unit: 'grapheme' })),
      b: fc.option(fc.boolean()),
      j: fc.option(fc.jsonValue()),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 20 }), (rows) => {
        // As PostgreSQL writes them.
        const texts = rows.map(({ n, i, s, b, j }) => ({
          n: n === null ? null : String(n),
          i: i === null ? null : String(i),
          s,
          b: b === null ? null : String(b),
          j: j === null ? null : JSON.stringify(j),
        }));
        const table = { name: 'x', columns, rows: texts };
        const { rows: there } = arrowRows(arrowOf(table, null));
        expect(there).toEqual(rows.map(({ n, i, s, b }, at) => ({ n, i, s, b, j: texts[at]?.j ?? null })));
        const json = jsonRows(table);
        json.forEach((text, at) => {
          const { n, s, b, j } = rows[at] ?? {};
          expect(JSON.parse(text)).toMatchObject({
            n,
            s,
            b,
            j: j === null ? null : (JSON.parse(JSON.stringify(j)) as unknown),
          });
          expect(text).toContain(`"i":${String(rows[at]?.i)}`);
        });
      }),
    );
  });
});
