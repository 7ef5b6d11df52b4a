/** A backfill: the intervals of a range that hold nothing, or whose last attempt failed. */
import type { Engine } from './engine.ts';
import { type DatasetPlan, makePlan, type PlanRequest } from './make-plan.ts';

type Interval = NonNullable<PlanRequest['only']>[number];

/** Intervals of the range that are due and not loaded; what is loaded is left alone, whatever its age. */
export async function unfilled(engine: Engine, request: Pick<PlanRequest, 'ids' | 'from' | 'to'>): Promise<Interval[]> {
  const due = await makePlan(engine, { ids: request.ids });
  const wanted = new Set(due.flatMap((plan) => intervalsOf(plan, ['missing', 'failed before'])).map(nameOf));
  const inRange = await makePlan(engine, request);
  return inRange.flatMap((plan) => intervalsOf(plan, null)).filter((interval) => wanted.has(nameOf(interval)));
}

/** What is planned for one of these reasons; what is not recorded counts as missing, so that the run says so. */
function intervalsOf(
  { definition, planned, notRecorded }: DatasetPlan,
  reasons: readonly DatasetPlan['planned'][number]['reason'][] | null,
): Interval[] {
  const dataset = definition.pipeline.id;
  const starts = planned
    .filter(({ reason }) => reasons?.includes(reason) ?? true)
    .map(({ interval }) => interval.start);
  return [...starts, ...notRecorded].sort((a, b) => a - b).map((start) => ({ dataset, start }));
}

function nameOf({ dataset, start }: Interval): string {
  return `${dataset} ${start}`;
}
