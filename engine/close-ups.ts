/** A series step by step around its worst findings, with the band in which each value was expected. */
import type { Database } from '../core/effects.ts';
import { asFault } from '../core/errors.ts';
import { formatInstant } from '../core/interval.ts';
import type { Pipeline } from '../core/pipeline.ts';
import { type Drawn, type Span, values } from '../loaders/postgres/series.ts';
import { CLOSE_UP_LIMIT, type CloseUp, type Finding, type SeriesMark } from '../reports/model.ts';
import { bandOf } from './expected-band.ts';
import type { Engine } from './engine.ts';
import { instantIn } from './series-marks.ts';

/** Steps before and after: three days of hours. */
const AROUND = 72;
const POINT_LIMIT = 200;

export interface CloseUpRequest {
  readonly pipeline: Pipeline;
  readonly drawn: Drawn;
  /** Open ones, the worst first. */
  readonly findings: readonly Finding[];
  readonly marks: readonly SeriesMark[];
  /** Check → keys of rows that it found. */
  readonly failing: ReadonlyMap<string, readonly string[]>;
  /** Milliseconds between two rows. */
  readonly step: number;
}

export async function closeUpsOf(engine: Engine, db: Database, request: CloseUpRequest): Promise<CloseUp[]> {
  const { pipeline, drawn, findings, step } = request;
  const worst = findings
    .filter(({ firstKey }) => instantIn(pipeline, drawn, firstKey) !== null)
    .toSorted((a, b) => rank(a) - rank(b));
  const closeUps: CloseUp[] = [];
  let until = -Infinity;
  for (const finding of worst) {
    if (closeUps.length === CLOSE_UP_LIMIT) break;
    const first = instantIn(pipeline, drawn, finding.firstKey) ?? 0;
    // Neighbours lie in the same picture.
    if (Math.abs(first - until) < AROUND * step) continue;
    const points = await pointsAround(engine, db, request, finding, first);
    if (points.every(({ value }) => value === null)) continue;
    until = first;
    closeUps.push({ fingerprint: finding.fingerprint, title: finding.sentence, points });
  }
  return closeUps;
}

const SEVERITIES: readonly Finding['severity'][] = ['block', 'warn', 'reject', 'info', 'failure'];
/** Around a hole there is nothing to see. */
const ABOUT_ROWS = /^(complete|unique|notNull)\(/;

function rank({ check, severity }: Finding): number {
  return (ABOUT_ROWS.test(check) ? 10 : 0) + SEVERITIES.indexOf(severity);
}

async function pointsAround(
  engine: Engine,
  db: Database,
  { pipeline, drawn, marks, failing, step }: CloseUpRequest,
  finding: Finding,
  first: number,
): Promise<CloseUp['points']> {
  const last = Math.max(first, instantIn(pipeline, drawn, finding.lastKey) ?? first);
  const from = first - AROUND * step;
  const span: Span = { from, to: Math.min(last + AROUND * step, from + (POINT_LIMIT - 1) * step) + 1 };
  const rows = await values(db, drawn, span, POINT_LIMIT);
  const band = await bandOf(engine, pipeline, drawn.column, span.from, span.to).catch((error: unknown) => {
    engine.log.debug(`${pipeline.id}: no expected band: ${asFault(error, 'database').message}`);
    return [];
  });
  const kinds = new Map(marks.map(({ at, kind }) => [Date.parse(at), kind]));
  // A finding is about rows that lie together, with sound ones between them.
  const own = (failing.get(finding.check) ?? []).map((key) => instantIn(pipeline, drawn, key) ?? Number.NaN);
  const anomalous = new Set(ABOUT_ROWS.test(finding.check) ? [] : own.filter((at) => at >= first && at <= last));
  const bands = new Map(band.map((expected) => [expected.at, expected]));
  const known = new Map(rows.map(({ at, value }) => [at, value]));
  // Where rows are missing the line is broken: each step has its point. Rows off the grid keep their own instant.
  const grid = Array.from({ length: Math.ceil((span.to - span.from) / step) }, (_, i) => span.from + i * step);
  const onGrid = rows.length > 0 && rows.every(({ at }) => (at - span.from) % step === 0);
  return (onGrid ? grid : rows.map(({ at }) => at)).map((at) => ({
    at: formatInstant(at),
    value: known.get(at) ?? null,
    lower: bands.get(at)?.lower ?? null,
    upper: bands.get(at)?.upper ?? null,
    mark: kinds.get(at) ?? (anomalous.has(at) && known.has(at) ? 'anomalous' : null),
  }));
}
