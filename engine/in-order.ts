/** Runs datasets side by side, each after those that it names in `after`. */
import PQueue from 'p-queue';
import type { DatasetPlan } from './make-plan.ts';

/**
 * A dataset that is named and is not among `plans` is not waited for. One that fails does not hold up those behind it: they may have rows that
 * do not need it, and rows that do are found when they are loaded.
 * @returns what `work` gives, in the order of `plans`
 */
export async function inOrder<Plan extends DatasetPlan, Done>(
  plans: readonly Plan[],
  concurrency: number,
  work: (plan: Plan) => Promise<Done>,
): Promise<Done[]> {
  const queue = new PQueue({ concurrency });
  const byId = new Map(plans.map((plan) => [idOf(plan), plan]));
  const begun = new Map<string, Promise<Done>>();
  /** @param waiting ids that wait for this one; the catalog refuses circles, and here one is cut */
  function begin(plan: Plan, waiting: readonly string[]): Promise<Done> {
    const id = idOf(plan);
    const known = begun.get(id);
    if (known !== undefined) return known;
    const before = (plan.definition.pipeline.after ?? []).flatMap((name) => {
      const earlier = byId.get(name);
      return earlier === undefined || name === id || waiting.includes(name) ? [] : [begin(earlier, [...waiting, id])];
    });
    const done = Promise.allSettled(before).then(() => queue.add(() => work(plan), { throwOnTimeout: true }));
    begun.set(id, done);
    return done;
  }
  return Promise.all(plans.map((plan) => begin(plan, [])));
}

function idOf({ definition }: DatasetPlan): string {
  return definition.pipeline.id;
}
