/** Half-open UTC intervals [start, end), in milliseconds since the epoch, and the algebra on them. */

export interface Interval {
  /** Inclusive, milliseconds since 1970-01-01T00:00Z. */
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

export function isEmpty(interval: Interval): boolean {
  return interval.end <= interval.start;
}

export function contains(interval: Interval, instant: number): boolean {
  return instant >= interval.start && instant < interval.end;
}

export function overlaps(a: Interval, b: Interval): boolean {
  return a.start < b.end && b.start < a.end;
}

export function intersect(a: Interval, b: Interval): Interval | null {
  const both = { start: Math.max(a.start, b.start), end: Math.min(a.end, b.end) };
  return isEmpty(both) ? null : both;
}

/** The same instants as sorted, disjoint, non-touching, non-empty intervals. */
export function normalise(intervals: readonly Interval[]): Interval[] {
  const sorted = intervals.filter((i) => !isEmpty(i)).sort((a, b) => a.start - b.start);
  const merged: { start: number; end: number }[] = [];
  for (const interval of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && interval.start <= last.end) last.end = Math.max(last.end, interval.end);
    else merged.push({ start: interval.start, end: interval.end });
  }
  return merged;
}

/** Instants of `wanted` that no interval of `done` covers. */
export function subtract(wanted: readonly Interval[], done: readonly Interval[]): Interval[] {
  const covered = normalise(done);
  const missing: Interval[] = [];
  for (const interval of normalise(wanted)) {
    let from = interval.start;
    for (const cover of covered) {
      if (cover.end <= from) continue;
      if (cover.start >= interval.end) break;
      if (cover.start > from) missing.push({ start: from, end: cover.start });
      from = Math.max(from, cover.end);
    }
    if (from < interval.end) missing.push({ start: from, end: interval.end });
  }
  return missing;
}

/** `2025-05-01T05:00Z`, seconds only where there are any. */
export function formatInstant(instant: number): string {
  if (instant === -Infinity) return 'the beginning';
  if (instant === Infinity) return 'the end';
  const iso = new Date(instant).toISOString();
  return iso.endsWith(':00.000Z') ? `${iso.slice(0, 16)}Z` : iso.replace('.000Z', 'Z');
}

/** `[2025-01-01T05:00Z, 2026-01-01T05:00Z)` */
export function formatInterval(interval: Interval): string {
  return `[${formatInstant(interval.start)}, ${formatInstant(interval.end)})`;
}
