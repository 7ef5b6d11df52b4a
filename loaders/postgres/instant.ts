/** Instants between the engine (milliseconds since the epoch, ±Infinity) and PostgreSQL's `timestamptz` text. */

/** @returns ISO 8601 in UTC, or `infinity` / `-infinity` */
export function toPg(instant: number): string {
  if (instant === Infinity) return 'infinity';
  return instant === -Infinity ? '-infinity' : new Date(instant).toISOString();
}

/** Reads `timestamptz::text` of a session in UTC. */
export function fromPg(text: string): number {
  if (text === 'infinity') return Infinity;
  if (text === '-infinity') return -Infinity;
  return Date.parse(text.replace(' ', 'T').replace(/([+-]\d{2})$/, '$1:00'));
}
