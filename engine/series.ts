/** The series of a dataset as aggregates, and step by step around its worst findings: what a report draws. */
import { type Check, checkName } from '../core/check.ts';
import { type Column, keyColumns, type Table, timeColumn } from '../core/contract.ts';
import { parseDuration } from '../core/duration.ts';
import type { Database } from '../core/effects.ts';
import { asFault } from '../core/errors.ts';
import { formatInstant } from '../core/interval.ts';
import type { Pipeline } from '../core/pipeline.ts';
import {
  buckets,
  countRows,
  type Drawn,
  filledSpan,
  largestSeries,
  reading,
  type Span,
} from '../loaders/postgres/series.ts';
import { BUCKET_LIMIT, type Finding, type Series } from '../reports/model.ts';
import { closeUpsOf } from './close-ups.ts';
import type { Engine } from './engine.ts';
import type { Looked } from './looked.ts';
import { MASK } from './mask.ts';
import { marksOf } from './series-marks.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** How far the overview of a snapshot looks back: its run brings a single instant. */
const SNAPSHOT_DAYS = 7;

/** Null where the table has nothing to draw, and where it could not be read: a picture stops no run. */
export async function seriesOf(engine: Engine, looked: Looked, findings: readonly Finding[]): Promise<Series | null> {
  const { pipeline } = looked;
  const column = drawnColumn(pipeline);
  if (column === null || timeColumn(pipeline.table) === null) return null;
  try {
    return await reading(engine.pool, (db) => drawnSeries(engine, db, looked, column, findings));
  } catch (error) {
    engine.log.warn(`${pipeline.id}: the series is not drawn: ${asFault(error, 'database').message}`);
    return null;
  }
}

async function drawnSeries(
  engine: Engine,
  db: Database,
  looked: Looked,
  column: string,
  findings: readonly Finding[],
): Promise<Series | null> {
  const { pipeline, outcomes } = looked;
  const { table } = pipeline;
  const loaded = outcomes.filter(({ outcome }) => outcome === 'loaded').map(({ planned }) => planned.interval);
  const open = findings.filter(({ state, firstKey }) => state === 'open' && firstKey !== null);
  if (loaded.length === 0 && open.length === 0) return null;
  const asked: Span = {
    from: Math.min(...loaded.map(({ start }) => start)) - lookBack(pipeline),
    to: Math.max(...loaded.map(({ end }) => end)),
  };
  const where = await seriesKey(db, pipeline, open, loaded.length === 0 ? ALL : asked);
  const drawn: Drawn = { table, column, where };
  const step = stepOf(pipeline);
  const span = loaded.length === 0 ? null : await filledSpan(db, drawn, asked);
  const parts = span === null ? [] : await buckets(db, drawn, span, await bucketWidth(db, drawn, span, step));
  const marks = await marksOf(db, pipeline, drawn, outcomes, findings);
  const failing = failingKeys(looked);
  const closeUps = await closeUpsOf(engine, db, {
    pipeline,
    drawn,
    findings: open,
    marks,
    failing,
    step: step ?? HOUR_MS,
  });
  if (parts.every(({ median }) => median === null) && closeUps.length === 0) return null;
  return {
    column,
    unit: table.columns[column]?.unit ?? null,
    of: described(table, where),
    buckets: parts.map(({ at, ...part }) => ({ at: formatInstant(at), ...part })),
    marks,
    closeUps,
  };
}

/** Of the samples that the checks of this run keep. */
function failingKeys({ outcomes, tableChecks }: Looked): ReadonlyMap<string, readonly string[]> {
  const keys = new Map<string, string[]>();
  const add = (name: string, samples: readonly { readonly key: string }[]): void => {
    const own = keys.get(name) ?? [];
    keys.set(name, own);
    own.push(...samples.map(({ key }) => key));
  };
  for (const { checks } of outcomes) for (const { name, samples } of checks) add(name, samples);
  for (const { name, intervals } of tableChecks) for (const { samples } of intervals) add(name, samples);
  return keys;
}

const ALL: Span = { from: -Infinity, to: Infinity };

/** Milliseconds of a part: whole steps, as many as leave at most {@link BUCKET_LIMIT} parts; two rows or more where the step is not known. */
async function bucketWidth(db: Database, drawn: Drawn, { from, to }: Span, step: number | null): Promise<number> {
  const most = step === null ? Math.min(BUCKET_LIMIT, (await countRows(db, drawn, { from, to })) / 2) : BUCKET_LIMIT;
  const unit = step ?? MINUTE_MS;
  return Math.max(1, Math.ceil((to - from) / Math.max(1, Math.floor(most)) / unit)) * unit;
}

function lookBack({ partitions }: Pipeline): number {
  return partitions.kind === 'snapshot' ? SNAPSHOT_DAYS * DAY_MS : 0;
}

/** What a check for anomalies looks at; else the first number with a unit; else the first number. */
export function drawnColumn({ table, checks }: Pick<Pipeline, 'table' | 'checks'>): string | null {
  const drawable = Object.entries(table.columns).filter(([, column]) => isNumber(column) && column.sensitive !== true);
  const watched = checks.find(({ kind }) => kind === 'hourOfWeekAnomaly')?.columns[0];
  if (watched !== undefined && drawable.some(([name]) => name === watched)) return watched;
  return (drawable.find(([, { unit }]) => unit !== null) ?? drawable[0])?.[0] ?? null;
}

const NUMBERS: ReadonlySet<string> = new Set(['float8', 'float4', 'numeric', 'int2', 'int4', 'int8']);

function isNumber({ pg, key }: Column): boolean {
  return !key && NUMBERS.has(pg);
}

/** Milliseconds between two rows, where a check says it. */
function stepOf({ checks }: Pick<Pipeline, 'checks'>): number | null {
  const grid = checks.find((check): check is Extract<Check, { kind: 'complete' }> => check.kind === 'complete');
  return grid === undefined ? null : parseDuration(grid.step);
}

/** Of a table that holds many series, the one of the worst finding, else the one with the most rows. */
async function seriesKey(
  db: Database,
  { table, checks }: Pipeline,
  findings: readonly Finding[],
  span: Span,
): Promise<Record<string, string>> {
  const keys = keyColumns(table);
  const others = keys.filter((name) => name !== timeColumn(table));
  if (others.length === 0) return {};
  for (const { check, firstKey } of findings) {
    const grid = checks.find((one) => checkName(one) === check && one.kind === 'complete');
    const names = grid?.columns ?? keys;
    const parts = (firstKey ?? '').split(', ');
    if (parts.length !== names.length || !others.every((name) => names.includes(name))) continue;
    return Object.fromEntries(others.map((name) => [name, parts[names.indexOf(name)] ?? '']));
  }
  return largestSeries(db, table, span);
}

function described({ columns }: Table, where: Readonly<Record<string, string>>): string | null {
  const parts = Object.entries(where).map(
    ([name, value]) => `${name} = ${columns[name]?.sensitive === true ? MASK : value}`,
  );
  return parts.length === 0 ? null : parts.join(', ');
}
