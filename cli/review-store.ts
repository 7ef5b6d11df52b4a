/** The store of findings as commands use it: health follows each decision, in its transaction. */
import type { Database } from '../core/effects.ts';
import type { ReviewStore } from '../core/review.ts';
import { healthSource } from '../engine/health-source.ts';
import { refreshSource } from '../loaders/postgres/health.ts';
import { reviewStore } from '../loaders/postgres/review-store.ts';
import type { Catalog } from '../pipelines/index.ts';
import { machineClock } from './clock.ts';

/**
 * Findings of datasets that the catalog does not have any more can be decided about, too; nobody's health depends on them.
 * @param catalog null: only to look
 */
export function openReviewStore(db: Database, catalog: Catalog | null): ReviewStore {
  if (catalog === null) return reviewStore(db, machineClock);
  const engine = { catalog, clock: machineClock };
  // The publisher's sum is locked: everybody takes the locks in the same order.
  const ordered = catalog.pipelines.toSorted((a, b) =>
    a.publisher < b.publisher ? -1 : Number(a.publisher > b.publisher),
  );
  return reviewStore(db, machineClock, async (tx, datasets) => {
    for (const pipeline of ordered.filter(({ id }) => datasets.includes(id)))
      await refreshSource(tx, healthSource(engine, pipeline, {}), machineClock.now());
  });
}
