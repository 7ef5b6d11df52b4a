/** ISO 8601 durations of fixed length: weeks, days of 24 hours, hours, minutes, seconds. */

const PATTERN = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;
const UNITS_MS = [7 * 86_400_000, 86_400_000, 3_600_000, 60_000, 1_000] as const;

/** Milliseconds of `PT90M`, `P35D` …; null where the text is no such duration (months and years have no fixed length). */
export function parseDuration(text: string): number | null {
  const match = PATTERN.exec(text);
  if (match === null || text.endsWith('T') || text === 'P') return null;
  return UNITS_MS.reduce((sum, unit, i) => sum + Number(match[i + 1] ?? 0) * unit, 0);
}

/** Milliseconds of a duration that validation has accepted. @throws RangeError for any other text */
export function durationMs(text: string): number {
  const ms = parseDuration(text);
  if (ms === null) throw new RangeError(`${text} is not an ISO 8601 duration`);
  return ms;
}

/** `35 days`, `90 minutes`: the largest unit that divides it. */
export function formatDuration(ms: number): string {
  for (const [unit, name] of [
    [86_400_000, 'day'],
    [3_600_000, 'hour'],
    [60_000, 'minute'],
    [1_000, 'second'],
  ] as const) {
    if (ms >= unit && ms % unit === 0) return `${ms / unit} ${name}${ms === unit ? '' : 's'}`;
  }
  return `${ms} ms`;
}
