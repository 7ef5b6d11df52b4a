/** Freshness: since when a dataset's newest row is older than its definition allows. */
import { durationMs } from '../core/duration.ts';
import { extent } from '../core/partitions.ts';
import type { Pipeline } from '../core/pipeline.ts';

/**
 * @param coveredUntil start of the newest row; null when nothing is loaded or the rows have no instant
 * @returns the instant at which it became stale; null while it is fresh, and for a dataset that the publisher has ended
 */
export function staleSince(
  { partitions, publishes }: Pick<Pipeline, 'partitions' | 'publishes'>,
  coveredUntil: number | null,
  now: number,
): number | null {
  if (coveredUntil === null || extent(partitions).end <= now) return null;
  const since = coveredUntil + durationMs(publishes.staleAfter);
  return since < now ? since : null;
}
