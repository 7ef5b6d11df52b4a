/** A backfill: the intervals of a range that hold nothing, or whose last attempt failed. */
import type { Engine } from './engine.ts';
import { makePlan, type PlanRequest } from './make-plan.ts';

type Interval = NonNullable<PlanRequest['only']>[number];

/** Intervals of the range that are due and not loaded; what is loaded is left alone, whatever its age. */
export async function unfilled(engine: Engine, request: Pick<PlanRequest, 'ids' | 'from' | 'to'>): Promise<Interval[]> {
  const due = await makePlan(engine, { ids: request.ids });
  const wanted = new Set(
    due
      .flatMap(({ planned }) => planned)
      .filter(({ reason }) => reason === 'missing' || reason === 'failed before')
      .map(nameOf),
  );
  const inRange = await makePlan(engine, request);
  return inRange
    .flatMap(({ planned }) => planned)
    .filter((planned) => wanted.has(nameOf(planned)))
    .map(({ dataset, interval }) => ({ dataset, start: interval.start }));
}

function nameOf({
  dataset,
  interval,
}: {
  readonly dataset: string;
  readonly interval: { readonly start: number };
}): string {
  return `${dataset} ${interval.start}`;
}
