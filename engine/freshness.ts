/** Freshness: the newest covered instant against what the publisher's calendar says should be there by now; when somebody last asked does not matter. */
import { durationMs } from '../core/duration.ts';
import { formatInstant } from '../core/interval.ts';
import { extent, partitionAt } from '../core/partitions.ts';
import type { Pipeline } from '../core/pipeline.ts';
import type { Freshness } from '../reports/model.ts';

type Calendar = Pick<Pipeline, 'partitions' | 'publishes' | 'checks'>;

/** Instants in milliseconds since the epoch. @param coveredUntil start of the newest row; null when nothing is loaded or rows have no instant */
export function freshnessOf(pipeline: Calendar, coveredUntil: number | null, now: number): Freshness {
  const text = (instant: number | null): string | null => (instant === null ? null : formatInstant(instant));
  const since = staleSince(pipeline, coveredUntil, now);
  const ended = extent(pipeline.partitions).end <= now;
  return {
    state: coveredUntil === null ? 'unknown' : ended ? 'ended' : since === null ? 'fresh' : 'stale',
    coveredUntil: text(coveredUntil),
    expectedUntil: text(expectedUntil(pipeline, now)),
    staleSince: text(since),
  };
}

/** The instant at which the newest row became older than the definition allows; null while it is fresh, and for a dataset that the publisher has ended. */
export function staleSince(
  { partitions, publishes }: Pick<Pipeline, 'partitions' | 'publishes'>,
  coveredUntil: number | null,
  now: number,
): number | null {
  if (coveredUntil === null || extent(partitions).end <= now) return null;
  const since = coveredUntil + durationMs(publishes.staleAfter);
  return since < now ? since : null;
}

/**
 * Start of the newest row that should be there by now: the last step that the publisher's newest issue must hold. null where nobody can say:
 * whole files and snapshots have no calendar, and without a `complete` check the step of the data is not known.
 */
export function expectedUntil({ partitions, publishes, checks }: Calendar, now: number): number | null {
  const step = checks.flatMap((check) => (check.kind === 'complete' ? durationMs(check.step) : []))[0];
  if (partitions.kind !== 'calendar' || step === undefined) return null;
  const span = extent(partitions);
  // What ended this long ago has been published; after the dataset's end that is all of it.
  const published = Math.min(now - durationMs(publishes.delay), span.end);
  if (published <= span.start) return null;
  // A file is issued every so often on the publisher's clock, and holds what had ended by then.
  const file = partitionAt(partitions, published);
  const issued = floor(published, file.start, durationMs(publishes.every));
  const newest = floor(issued, file.start, step) - step;
  return newest < span.start ? null : newest;
}

/** The last multiple of `step` from `origin` that is not after `instant`. */
function floor(instant: number, origin: number, step: number): number {
  return origin + Math.floor((instant - origin) / step) * step;
}
