/** Hours of Alberta with AESO's labels, and made-up prices and loads for them. Its own clock changes, so that a fault in ours would show. */
import { drift, noise } from './shapes.ts';

const HOUR_MS = 3_600_000;

export interface AlbertaHour {
  /** Start, milliseconds since the epoch. */
  readonly instant: number;
  /** `11/02/2025 02*` */
  readonly label: string;
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** Hours that the Mountain clock is behind UTC, 2025 and 2026. */
function behindUtc(instant: number): number {
  const isStandard =
    iso(instant) < '2025-03-09T09' || (iso(instant) >= '2025-11-02T08' && iso(instant) < '2026-03-08T09');
  return isStandard ? 7 : 6;
}

/** What the Mountain clock shows, or one that is `hours` behind UTC: `2025-11-02 01:00`. */
export function clock(instant: number, hours: number = behindUtc(instant)): string {
  return iso(instant - hours * HOUR_MS)
    .slice(0, 16)
    .replace('T', ' ');
}

/** All hours of [first, last), each an ISO instant. */
export function hoursBetween(first: string, last: string): AlbertaHour[] {
  const hours: AlbertaHour[] = [];
  for (let instant = Date.parse(first); instant < Date.parse(last); instant += HOUR_MS) {
    const [date = '', time = ''] = clock(instant).split(' ');
    // The clock skips the hour before 03:00 in spring, so that the row which begins at 01:00 is hour ending 03.
    const ending = iso(instant) === '2025-03-09T08:00:00.000Z' ? 3 : Number(time.slice(0, 2)) + 1;
    const again = clock(instant - HOUR_MS) === clock(instant) ? '*' : '';
    const [year, month, day] = date.split('-');
    hours.push({ instant, label: `${month}/${day}/${year} ${String(ending).padStart(2, '0')}${again}` });
  }
  return hours;
}

/** Alberta Internal Load, whole MW. */
export function loadAt(instant: number): number {
  const ordinal = instant / HOUR_MS;
  const hour = (Math.floor(ordinal) + 17) % 24;
  const daily = hour < 6 ? -700 : hour < 17 ? 150 : hour < 21 ? 600 : -100;
  return Math.round(9_900 + daily + 250 * drift(71, ordinal, 40) + 60 * noise(72, Math.floor(ordinal)));
}

/** Price, CAD/MWh with cents. */
export function priceAt(instant: number): string {
  const ordinal = Math.floor(instant / 60_000);
  const scarce = noise(73, ordinal) > 0.97 ? 400 : 0;
  return (28 + scarce + 40 * noise(74, ordinal)).toFixed(2);
}
