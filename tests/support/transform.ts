/** Rows in the publisher's words through the real transform and checks, in a DuckDB of their own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Check } from '../../core/check.ts';
import { type Columns, table } from '../../core/contract.ts';
import { csv, type Decoded } from '../../core/decode.ts';
import type { Interval } from '../../core/interval.ts';
import { ALL_TIME, yearly } from '../../core/partitions.ts';
import { definePipeline, type Pipeline } from '../../core/pipeline.ts';
import { importRaw } from '../../transforms/raw.ts';
import { openSession, type Session } from '../../transforms/session.ts';
import { transform, type TransformResult } from '../../transforms/transform.ts';

export interface TestSession extends AsyncDisposable {
  readonly session: Session;
}

export async function testSession(): Promise<TestSession> {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-transform-'));
  const session = await openSession({ folder });
  return {
    session,
    async [Symbol.asyncDispose]() {
      await session.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export function testPipeline(columns: Columns, checks: readonly Check[] = []): Pipeline {
  const pipeline = definePipeline({
    id: 'grid-test',
    title: 'Test',
    publisher: 'grid',
    licence: { name: 'x', attribution: 'x' },
    partitions: yearly({ from: 2020, zone: 'Etc/GMT+5' }),
    extract: { url: 'https://grid.example.org/{yyyy}.csv', decode: csv({ header: ['a'] }) },
    publishes: { every: 'PT1H', delay: 'PT1H', staleAfter: 'P2D', schedule: '0 * * * *', zone: 'UTC' },
    transform: 'transforms/grid/test.sql',
    table: table('public.grid_test', columns),
  });
  return { ...pipeline, checks };
}

export interface Rows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** Fills `raw`; lines count from 1. */
export async function importRows(session: Session, { columns, rows }: Rows): Promise<void> {
  async function* decoded(): AsyncGenerator<Decoded> {
    yield {
      kind: 'rows',
      batch: {
        lines: rows.map((_, i) => i + 1),
        raw: rows.map((row) => row.join(',')),
        cells: columns.map((_, c) => rows.map((row) => row[c] ?? null)),
      },
    };
  }
  await importRaw(session, 'raw', columns, decoded());
}

/** Imports and transforms; without `sql`, raw columns go to contract columns of the same name. */
export async function transformRows(
  session: Session,
  pipeline: Pipeline,
  rows: Rows,
  options: {
    readonly sql?: string;
    readonly interval?: Interval;
    readonly checkSql?: ReadonlyMap<string, string>;
  } = {},
): Promise<TransformResult> {
  await importRows(session, rows);
  const {
    sql = `select _line, ${rows.columns.join(', ')} from raw`,
    interval = ALL_TIME,
    checkSql = new Map(),
  } = options;
  return transform(session, { pipeline, interval, sql, checkSql });
}

export interface Refused {
  readonly _line: number;
  readonly rule: string;
  readonly reason: string;
}

export async function refusedRows(session: Session): Promise<Refused[]> {
  return session.rows<Refused>('select _line, rule, reason from refused order by _line, rule, reason');
}
