/** Made-up but plausible hourly shapes for the samples. Only sums and products, so every machine gets the same digits. */

/** A day relative to its mean, hours ending 1 to 24. */
const LOAD_SHAPE = [
  0.86, 0.83, 0.81, 0.81, 0.83, 0.88, 0.96, 1.02, 1.04, 1.04, 1.04, 1.04, 1.03, 1.03, 1.03, 1.05, 1.1, 1.16, 1.17, 1.14,
  1.1, 1.05, 0.98, 0.91,
] as const;
const SUN_SHAPE = [
  0, 0, 0, 0, 0, 0.01, 0.08, 0.24, 0.45, 0.66, 0.82, 0.93, 0.97, 0.95, 0.87, 0.74, 0.56, 0.35, 0.15, 0.03, 0, 0, 0, 0,
] as const;
/** Mean of each month, MW; the middle of the month has it, days between are interpolated. */
const MONTH_MEAN = [
  17_100, 16_800, 15_500, 14_100, 13_700, 15_300, 17_000, 16_400, 14_500, 14_000, 15_100, 16_400,
] as const;

const DAY_MS = 86_400_000;

/** One hour on the publisher's clock (UTC−5 all year). */
export interface Hour {
  /** `YYYY-MM-DD` */
  readonly day: string;
  /** 1–24 */
  readonly hourEnding: number;
  /** Hours since 1970-01-01 on that clock; seeds the noise. */
  readonly ordinal: number;
  /** 0 is Sunday. */
  readonly weekday: number;
}

/** All hours of the days from `first` to `last`, both included, as `YYYY-MM-DD`. */
export function hoursOf(first: string, last: string): Hour[] {
  const hours: Hour[] = [];
  for (let at = Date.parse(first); at <= Date.parse(last); at += DAY_MS) {
    const day = new Date(at).toISOString().slice(0, 10);
    for (let hourEnding = 1; hourEnding <= 24; hourEnding++) {
      hours.push({ day, hourEnding, ordinal: at / 3_600_000 + hourEnding - 1, weekday: new Date(at).getUTCDay() });
    }
  }
  return hours;
}

/** A number in [0, 1) that depends on the seed and the ordinal only (mulberry32). */
export function noise(seed: number, ordinal: number): number {
  let a = (Math.imul(seed, 0x9e3779b1) + Math.imul(ordinal, 0x85ebca6b) + 0x6d2b79f5) | 0;
  a = Math.imul(a ^ (a >>> 15), a | 1);
  a ^= a + Math.imul(a ^ (a >>> 7), a | 61);
  return ((a ^ (a >>> 14)) >>> 0) / 4_294_967_296;
}

/** Noise in [-1, 1) that drifts over `hours` hours instead of jumping. */
export function drift(seed: number, ordinal: number, hours: number): number {
  const step = Math.floor(ordinal / hours);
  const part = ordinal / hours - step;
  return 2 * (noise(seed, step) * (1 - part) + noise(seed, step + 1) * part) - 1;
}

/** Demand inside Ontario, MW. */
export function ontarioDemand(hour: Hour): number {
  const weekend = hour.weekday === 0 || hour.weekday === 6 ? 0.93 : 1;
  const weather = 1 + 0.06 * drift(11, hour.ordinal, 60) + 0.008 * (noise(12, hour.ordinal) - 0.5);
  return Math.round(monthMean(hour.day) * shape(LOAD_SHAPE, hour) * weekend * weather);
}

/** Ontario demand plus exports, MW. */
export function marketDemand(hour: Hour): number {
  return ontarioDemand(hour) + Math.round(2_300 + 1_100 * drift(13, hour.ordinal, 9));
}

/** Share of the midday sun of a clear day, 0 to 1. */
export function sun(hour: Hour): number {
  return shape(SUN_SHAPE, hour) * (0.75 + 0.25 * drift(14, hour.ordinal, 5));
}

/** Hourly energy price, CAD/MWh: follows demand, sometimes below zero. */
export function price(hour: Hour): number {
  const pressure = (ontarioDemand(hour) - 13_500) / 100;
  return (
    Math.round((18 + pressure + 22 * drift(15, hour.ordinal, 7) + 6 * (noise(16, hour.ordinal) - 0.5)) * 100) / 100
  );
}

function monthMean(day: string): number {
  const [month, date] = [Number(day.slice(5, 7)) - 1, Number(day.slice(8, 10))];
  const along = (date - 15) / 30;
  const other = MONTH_MEAN[(month + (along < 0 ? 11 : 1)) % 12] ?? 0;
  return (MONTH_MEAN[month] ?? 0) * (1 - Math.abs(along)) + other * Math.abs(along);
}

function shape(values: readonly number[], hour: Hour): number {
  return values[hour.hourEnding - 1] ?? 0;
}
