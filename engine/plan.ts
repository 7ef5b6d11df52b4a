/**
 * The plan: which intervals to do, how and why. A pure function of definitions, ledger, landing and clock.
 *
 * wanted (the definition's calendar up to now) − done (the ledger) = missing; plus intervals whose bytes may have changed since they were
 * last asked for, plus intervals whose definition or SQL changed (replayed from landing).
 */
import { durationMs, formatDuration } from '../core/duration.ts';
import { formatInstant, type Interval, intersect, overlaps } from '../core/interval.ts';
import { ALL_TIME, partitionAt, partitionIntervals, partitionLabel } from '../core/partitions.ts';
import { isLocal } from '../core/local.ts';
import type { Pipeline } from '../core/pipeline.ts';
import { fillUrl } from '../core/url-template.ts';
import { parseDateOrInstant } from '../core/zone.ts';

export type Reason = 'missing' | 'possibly revised' | 'stale' | 'failed before' | 'asked for' | 'replay';

/** What the ledger knows of one interval. */
export interface Done {
  readonly start: number;
  readonly status: 'loaded' | 'blocked' | 'failed';
  readonly definitionHash: string;
  readonly checkedAt: number;
  readonly attempts: number;
  readonly everLoaded: boolean;
  /** SHA-256 of the last artifact; null where none was landed. */
  readonly sha256: string | null;
}

export interface Planned {
  readonly dataset: string;
  readonly interval: Interval;
  readonly label: string;
  readonly url: string;
  readonly reason: Reason;
  /** The reason as a sentence, with figures. */
  readonly because: string;
  /** `replay` re-runs what is in landing and asks nobody. */
  readonly action: 'fetch' | 'replay';
  readonly strategy: 'append' | 'merge';
}

export interface PlanInput {
  readonly pipeline: Pipeline;
  readonly definitionHash: string;
  readonly ledger: readonly Done[];
  /** Content that landing holds. */
  readonly landed: ReadonlySet<string>;
  readonly now: number;
  /** null: what is due. An interval runs whole if it overlaps the range. */
  readonly range: Interval | null;
  /** Everything that is in landing, whatever the ledger says. */
  readonly replay?: boolean;
  /** Of a run over recordings: whether the folder has an answer. What the publisher has purged may be recorded. */
  readonly recorded?: (url: string) => boolean;
}

export interface DatasetIntervals {
  readonly planned: readonly Planned[];
  /** Starts of intervals that would be asked for and are not recorded: known before any work is done, so they are only counted. */
  readonly notRecorded: readonly number[];
}

export function planDataset(input: PlanInput): DatasetIntervals {
  const { pipeline, range } = input;
  const { partitions, extract } = pipeline;
  const done = new Map(input.ledger.map((entry) => [entry.start, entry]));
  const planned: Planned[] = [];
  const notRecorded: number[] = [];
  for (const interval of candidates(input)) {
    const entry = done.get(interval.start);
    const verdict =
      input.replay === true
        ? replayOf(entry, input)
        : range === null
          ? due(interval, entry, input)
          : asked(entry, input);
    if (verdict === null) continue;
    const url = fillUrl(extract.url, partitions, interval);
    if (verdict.action === 'fetch' && !isAnswered(url, input)) {
      notRecorded.push(interval.start);
      continue;
    }
    planned.push({
      dataset: pipeline.id,
      interval,
      label: partitionLabel(partitions, interval),
      url,
      // The rows of a snapshot say themselves since when they hold: the same time may have come before.
      strategy: entry?.everLoaded === true || partitions.kind === 'snapshot' ? 'merge' : 'append',
      ...verdict,
    });
  }
  return { planned, notRecorded };
}

/** Which commit an address of the Hub stands for is only known when it has been asked. */
function isAnswered(url: string, { recorded }: PlanInput): boolean {
  return recorded === undefined || url.includes('{commit}') || recorded(url);
}

/** Intervals that may have something to do, in order. */
function candidates(input: PlanInput): Interval[] {
  const { pipeline, ledger, now, range } = input;
  const { partitions } = pipeline;
  if (partitions.kind === 'snapshot') {
    const earlier = ledger.map(({ start }) => ({ start, end: start + SNAPSHOT_MS }));
    if (input.replay === true) return earlier.filter((interval) => overlaps(interval, range ?? ALL_TIME));
    const [current] = partitionIntervals(partitions, ALL_TIME, now);
    if (current === undefined) return [];
    // Nobody can be asked about an earlier minute; a changed definition reads it from landing again.
    const changed = ledger.filter(
      (entry) => entry.definitionHash !== input.definitionHash && isLanded(entry, input) && entry.start < current.start,
    );
    return range === null ? [...changed.map(({ start }) => ({ start, end: start + SNAPSHOT_MS })), current] : [current];
  }
  const purged =
    range === null && input.replay !== true && input.recorded === undefined ? purgedBefore(pipeline, now) : -Infinity;
  if (partitions.kind === 'whole' || purged === -Infinity)
    return partitionIntervals(partitions, range ?? ALL_TIME, now);
  // An interval that ends just then is not purged. Years of files that the publisher has deleted are not worth a look, unless the ledger knows one of them.
  const kept = intersect(range ?? ALL_TIME, { start: purged - 1, end: Infinity });
  const first = kept === null ? [] : partitionIntervals(partitions, kept, now);
  const begin = first[0]?.start ?? Infinity;
  const old = ledger.filter(({ start }) => start < begin).map(({ start }) => partitionAt(partitions, start));
  return [...old, ...first];
}

/** The one interval of a snapshot is the minute in which it was asked for. */
const SNAPSHOT_MS = 60_000;

function isLanded({ sha256 }: Done, { landed }: PlanInput): boolean {
  return sha256 !== null && landed.has(sha256);
}

type Verdict = Pick<Planned, 'reason' | 'because' | 'action'>;

/**
 * Part of `every` after which the publisher is asked again. A tick of the schedule comes `every` after the tick before, but less than that after
 * its download: with the whole of it each second tick would find nothing due.
 */
const ASKED_AGAIN = 0.9;

function due(interval: Interval, entry: Done | undefined, input: PlanInput): Verdict | null {
  const { every, delay, revises } = input.pipeline.publishes;
  const everyMs = durationMs(every);
  const delayMs = durationMs(delay);
  const { now } = input;
  // What the publisher has purged cannot come any more; a range still asks for it.
  const purged = input.recorded === undefined ? purgedBefore(input.pipeline, now) : -Infinity;
  if (entry?.status !== 'loaded' && interval.end < purged) return null;
  // An earlier snapshot is a candidate only when it can be replayed.
  if (entry !== undefined && input.pipeline.partitions.kind === 'snapshot' && interval.end <= now)
    return stale(entry, input);
  if (entry === undefined) {
    // The first rows of a calendar interval appear one step and the delay after its start.
    if (
      Number.isFinite(interval.start) &&
      input.pipeline.partitions.kind === 'calendar' &&
      now < interval.start + everyMs + delayMs
    )
      return null;
    return { reason: 'missing', because: 'never loaded', action: 'fetch' };
  }
  if (entry.status !== 'loaded') return retry(entry);
  // The file itself and not what landing has of it: that may be an older version.
  const local = isLocal(input.pipeline.extract.url);
  if (entry.definitionHash !== input.definitionHash)
    return { ...stale(entry, input), ...(local && { because: CHANGED, action: 'fetch' }) };
  if (local)
    return { reason: 'possibly revised', because: 'a file of the project is read on every run', action: 'fetch' };
  const settledAt = interval.end + delayMs + (revises === undefined ? 0 : durationMs(revises));
  if (entry.checkedAt >= settledAt || now - entry.checkedAt < everyMs * ASKED_AGAIN) return null;
  const until =
    interval.end > now
      ? 'its end has not come yet'
      : `the publisher revises for ${formatDuration(settledAt - interval.end)} after its end`;
  return {
    reason: 'possibly revised',
    because: `last asked ${formatInstant(entry.checkedAt)}; ${until}`,
    action: 'fetch',
  };
}

function asked(entry: Done | undefined, input: PlanInput): Verdict {
  if (entry === undefined) return { reason: 'missing', because: 'never loaded', action: 'fetch' };
  if (entry.status !== 'loaded') return retry(entry);
  if (entry.definitionHash !== input.definitionHash) return { ...stale(entry, input), action: 'fetch' };
  return {
    reason: 'asked for',
    because: `in the range that was asked for; last asked ${formatInstant(entry.checkedAt)}`,
    action: 'fetch',
  };
}

function replayOf(entry: Done | undefined, input: PlanInput): Verdict | null {
  if (entry?.sha256 == null || !input.landed.has(entry.sha256)) return null;
  return { reason: 'replay', because: `from landing, content ${entry.sha256.slice(0, 12)}`, action: 'replay' };
}

function retry(entry: Done): Verdict {
  const times = entry.attempts === 1 ? 'once' : `${entry.attempts} times`;
  const what = entry.status === 'blocked' ? 'was stopped by a check' : 'failed';
  return {
    reason: 'failed before',
    because: `${what} ${times}, last ${formatInstant(entry.checkedAt)}`,
    action: 'fetch',
  };
}

const CHANGED = 'definition or SQL changed since it was loaded';

function stale(entry: Done, input: PlanInput): Verdict {
  const replayable = isLanded(entry, input);
  return {
    reason: 'stale',
    because: `${CHANGED}${replayable ? '' : ', and landing does not hold its file any more'}`,
    action: replayable ? 'replay' : 'fetch',
  };
}

/**
 * A half-open range from `--from` and `--to`: dates in the dataset's own zone or instants with an offset.
 * @returns null when neither is given; a sentence when a text is wrong
 */
export function parseRange(
  pipeline: Pipeline,
  from: string | undefined,
  to: string | undefined,
): Interval | null | string {
  if (from === undefined && to === undefined) return null;
  const { zone } = pipeline.partitions;
  const start = from === undefined ? -Infinity : parseDateOrInstant(from, zone);
  const end = to === undefined ? Infinity : parseDateOrInstant(to, zone);
  if (start === null)
    return `--from ${from} is neither a date (2025-05-01) nor an instant with offset (2025-05-01T05:00Z)`;
  if (end === null) return `--to ${to} is neither a date (2025-05-01) nor an instant with offset (2025-05-01T05:00Z)`;
  return end > start ? { start, end } : `--to ${to} is not after --from ${from}; ranges are half-open`;
}

/** When the publisher is late with an interval: from here on a 404 is a failure. */
export function overdueFrom(pipeline: Pipeline, interval: Interval): number {
  return interval.end + durationMs(pipeline.publishes.delay);
}

/** The publisher has purged what ended before this instant. */
export function purgedBefore(pipeline: Pipeline, now: number): number {
  const { retention } = pipeline.publishes;
  return retention === undefined ? -Infinity : now - durationMs(retention);
}

/** The publisher may have purged what ended before this instant. */
export function mayBePurgedBefore(pipeline: Pipeline, now: number): number {
  const { keptAtLeast } = pipeline.publishes;
  return keptAtLeast === undefined ? purgedBefore(pipeline, now) : now - durationMs(keptAtLeast);
}
