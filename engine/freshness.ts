/** Freshness: the newest covered instant against what the publisher's calendar says should be there by now. */
import { extent } from '../core/partitions.ts';
import { formatInstant } from '../core/interval.ts';
import type { Pipeline } from '../core/pipeline.ts';
import type { Freshness } from '../reports/model.ts';
import { staleSince } from './stale.ts';

export function freshnessOf(pipeline: Pipeline, coveredUntil: number | null, now: number): Freshness {
  const since = staleSince(pipeline, coveredUntil, now);
  return {
    state:
      coveredUntil === null
        ? 'unknown'
        : extent(pipeline.partitions).end <= now
          ? 'ended'
          : since === null
            ? 'fresh'
            : 'stale',
    coveredUntil: coveredUntil === null ? null : formatInstant(coveredUntil),
    expectedUntil: null,
    staleSince: since === null ? null : formatInstant(since),
  };
}
