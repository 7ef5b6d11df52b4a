/** Gaps: intervals that should be loaded and are not, and steps that a loaded interval lacks. */
import type { Check } from '../core/check.ts';
import { durationMs } from '../core/duration.ts';
import { type Interval, intersect, overlaps } from '../core/interval.ts';
import { partitionLabel } from '../core/partitions.ts';
import type { Pipeline } from '../core/pipeline.ts';
import { fromPg, toPg } from '../loaders/postgres/instant.ts';
import { identifier, qualified } from '../sql/identifier.ts';
import type { Engine } from './engine.ts';
import { type DatasetPlan, makePlan, type PlanRequest, rangeOf } from './make-plan.ts';
import { type Planned, purgedBefore } from './plan.ts';

export interface Gap {
  readonly dataset: string;
  /** `interval`: nothing of it was ever loaded. `steps`: rows that a loaded interval lacks. */
  readonly kind: 'interval' | 'steps';
  /** Milliseconds since the epoch, end exclusive; ±Infinity for a whole file. */
  readonly start: number;
  readonly end: number;
  /** Intervals or steps that are missing. */
  readonly missing: number;
  /** Length of a step in milliseconds; null for intervals. */
  readonly stepMs: number | null;
  /** The interval, or the first and the last of them. */
  readonly label: string;
  /** Values of the columns beside the instant that the gap is about, e.g. `GAS`; null where the grid has none. */
  readonly of: string | null;
  readonly because: string;
}

/**
 * Gaps of these datasets, in order of dataset and time, inside the range if one is given. What the publisher cannot have published
 * yet, or does not keep any more, is none.
 * @throws Fault `RANGE_INVALID`, `UNKNOWN_DATASET`
 */
export async function findGaps(engine: Engine, request: Pick<PlanRequest, 'ids' | 'from' | 'to'>): Promise<Gap[]> {
  const plans = await makePlan(engine, { ids: request.ids, evenUnrecorded: true });
  const gaps: Gap[] = [];
  for (const plan of plans) {
    const range = rangeOf(plan.definition.pipeline, request);
    const found = [...missingIntervals(engine, plan, range), ...(await missingSteps(engine, plan, range))];
    gaps.push(...found.sort((a, b) => a.start - b.start));
  }
  return gaps;
}

function missingIntervals(engine: Engine, { definition, planned }: DatasetPlan, range: Interval | null): Gap[] {
  const { pipeline } = definition;
  if (pipeline.partitions.kind === 'snapshot') return [];
  const purged = purgedBefore(pipeline, engine.clock.now());
  const missing = planned.filter(
    ({ strategy, reason, interval }) =>
      strategy === 'append' &&
      ['missing', 'failed before'].includes(reason) &&
      interval.end > purged &&
      (range === null || overlaps(interval, range)),
  );
  const gaps: { first: Planned; last: Planned; count: number }[] = [];
  for (const item of missing) {
    const gap = gaps.at(-1);
    if (gap !== undefined && gap.last.interval.end === item.interval.start && gap.last.reason === item.reason) {
      gap.last = item;
      gap.count += 1;
    } else gaps.push({ first: item, last: item, count: 1 });
  }
  return gaps.map(({ first, last, count }) => ({
    dataset: pipeline.id,
    kind: 'interval',
    start: first.interval.start,
    end: last.interval.end,
    missing: count,
    stepMs: null,
    label: count === 1 ? first.label : `${first.label} – ${last.label}`,
    of: null,
    because: first.because,
  }));
}

async function missingSteps(
  engine: Engine,
  { definition, ledger }: DatasetPlan,
  range: Interval | null,
): Promise<Gap[]> {
  const { pipeline } = definition;
  const grids = pipeline.checks.filter((check) => check.kind === 'complete');
  const published = engine.clock.now() - durationMs(pipeline.publishes.delay);
  const loaded = [...ledger.values()].filter(({ everLoaded }) => everLoaded);
  const gaps: Gap[] = [];
  for (const grid of grids) {
    const stepMs = durationMs(grid.step);
    const windows = loaded.flatMap((interval) => {
      const window = wholeSteps(interval, intersect(interval, range ?? interval), published, stepMs);
      return window === null ? [] : [window];
    });
    if (windows.length > 0) gaps.push(...(await missingOfGrid(engine, pipeline, grid, stepMs, windows)));
  }
  return gaps;
}

/** The steps of the interval that lie inside the window and that can have been published. */
function wholeSteps(interval: Interval, window: Interval | null, published: number, stepMs: number): Interval | null {
  if (window === null) return null;
  const steps = (ms: number, round: (n: number) => number): number =>
    interval.start + round((ms - interval.start) / stepMs) * stepMs;
  const start = steps(window.start, Math.ceil);
  const end = Math.min(steps(window.end, Math.ceil), steps(published, Math.floor));
  return end > start ? { start, end } : null;
}

interface MissingRow {
  readonly start: string;
  readonly end: string;
  readonly steps: number;
  readonly of: string | null;
}

/** Missing = steps that should be − rows that are; neighbours become one range. All of it happens in the database. */
async function missingOfGrid(
  engine: Engine,
  pipeline: Pipeline,
  grid: Extract<Check, { kind: 'complete' }>,
  stepMs: number,
  windows: readonly Interval[],
): Promise<Gap[]> {
  const [time = '', ...by] = grid.columns.map(identifier);
  const [schema = '', table = ''] = pipeline.table.name.split('.');
  const target = qualified(schema, table);
  // Tables may have several datasets: another one's rows neither fill a hole of this one nor ask for rows of it.
  const own = 'exists (select from etl.load l where l.load_id = t.load_id and l.dataset = $4)';
  const inWindow = `t.${time} >= w.window_start and t.${time} < w.window_end and ${own}`;
  // Each value of `by` that the window has a row of is expected at every step of it.
  const groups =
    by.length === 0
      ? ''
      : `cross join lateral (select distinct ${by.map((name) => `t.${name}`).join(', ')} from ${target} t where ${inWindow}) g`;
  const same = [`t.${time} = s.step`, ...by.map((name) => `t.${name} is not distinct from g.${name}`)].join(' and ');
  const of = by.length === 0 ? 'null::text' : `concat_ws(', ', ${by.map((name) => `g.${name}`).join(', ')})`;
  const rows = await engine.pool.query<MissingRow>(
    `with missing as (
       select s.step, ${of} as of, w.window_start
       from unnest($1::timestamptz[], $2::timestamptz[]) as w(window_start, window_end)
       cross join lateral generate_series(w.window_start, w.window_end - make_interval(secs => $3), make_interval(secs => $3)) as s(step)
       ${groups}
       where not exists (select from ${target} t where ${same} and ${own})
     ), islands as (
       select *, step - make_interval(secs => $3) * row_number() over (partition by window_start, of order by step) as island from missing
     )
     select min(step)::text as start, (max(step) + make_interval(secs => $3))::text as end, count(*)::int as steps, of
     from islands group by window_start, of, island order by min(step), of`,
    [windows.map(({ start }) => toPg(start)), windows.map(({ end }) => toPg(end)), stepMs / 1000, pipeline.id],
  );
  return rows.map((row) => {
    const start = fromPg(row.start);
    const end = fromPg(row.end);
    return {
      dataset: pipeline.id,
      kind: 'steps',
      start,
      end,
      missing: row.steps,
      stepMs,
      label: labelAt(pipeline, start),
      of: row.of,
      because: 'the interval is loaded and has no row of it',
    };
  });
}

function labelAt(pipeline: Pipeline, start: number): string {
  return partitionLabel(pipeline.partitions, { start, end: start });
}
