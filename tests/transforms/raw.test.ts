/** Raw import: every cell as it was decoded, nothing half-imported. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Decoded } from '../../core/decode.ts';
import { importRaw, UNDECODABLE_LIMIT } from '../../transforms/raw.ts';
import { openSession, type Session } from '../../transforms/session.ts';

let folder: string;
let session: Session;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'penstock-raw-'));
  session = await openSession({ folder });
});
afterAll(async () => {
  await session.close();
  await rm(folder, { recursive: true, force: true });
});

async function* rowsOf(
  rows: readonly (readonly (string | null)[])[],
  width: number,
  batchRows: number,
): AsyncGenerator<Decoded> {
  for (let from = 0; from < rows.length; from += batchRows) {
    const part = rows.slice(from, from + batchRows);
    const cells = Array.from({ length: width }, (_, c) => part.map((row) => row[c] ?? null));
    yield {
      kind: 'rows',
      batch: { lines: part.map((_, i) => from + i + 1), raw: part.map((_, i) => `raw ${from + i}`), cells },
    };
  }
}

async function* mostlyRagged(): AsyncGenerator<Decoded> {
  yield* rowsOf([['a']], 1, 1);
  for (let part = 0; part < 3; part++) {
    yield {
      kind: 'undecodable',
      rows: Array.from({ length: 4_000 }, (_, i) => ({ line: part * 4_000 + i, raw: 'x', reason: 'ragged' })),
    };
  }
}

async function* failing(): AsyncGenerator<Decoded> {
  yield* rowsOf(
    Array.from({ length: 5_000 }, () => ['a']),
    1,
    2_048,
  );
  throw new Error('the file is broken');
}

test('a table of texts comes back as it went in, NULL and blank apart', async () => {
  const text = fc.oneof(
    fc.constant(null),
    fc.string({ unit: 'grapheme' }).map((value) => value.replaceAll('\0', '')),
    fc.constant("'); drop table raw; --"),
  );
  const names = ['Date', 'Hour "x"', 'select', '_odd name'];
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(text, { minLength: 4, maxLength: 4 }), { maxLength: 30 }),
      fc.integer({ min: 1, max: 40 }),
      async (rows, batchRows) => {
        const imported = await importRaw(session, 'raw', names, rowsOf(rows, 4, batchRows));
        expect(imported).toEqual({ rows: rows.length, undecodable: [], undecodableCount: 0 });
        const back = await session.rows<Record<string, unknown>>('select * from raw order by _line');
        expect(back).toEqual(
          rows.map((row, i) => ({
            _line: i + 1,
            _raw: `raw ${i}`,
            ...Object.fromEntries(names.map((name, c) => [name, row[c]])),
          })),
        );
      },
    ),
    { numRuns: 50 },
  );
});

test('a batch may be larger than a chunk of DuckDB', async () => {
  const rows = Array.from({ length: 10_000 }, (_, i) => [String(i)]);
  await importRaw(session, 'raw', ['n'], rowsOf(rows, 1, 7_000));
  expect(await session.rows('select count(*) as n, sum(n::bigint) as total, max(_line) as last from raw')).toEqual([
    { n: 10_000, total: 49_995_000, last: 10_000 },
  ]);
});

test('undecodable rows are kept apart up to a limit, and all counted', async () => {
  const imported = await importRaw(session, 'raw', ['n'], mostlyRagged());
  expect([imported.rows, imported.undecodable.length, imported.undecodableCount]).toEqual([
    1,
    UNDECODABLE_LIMIT,
    12_000,
  ]);
});

test('nothing stays in the table when the decoder fails half-way', async () => {
  await expect(importRaw(session, 'raw', ['n'], failing())).rejects.toThrow('the file is broken');
  expect(await session.rows('select count(*) as n from raw')).toEqual([{ n: 0 }]);
});
