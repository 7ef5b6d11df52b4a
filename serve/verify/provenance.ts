/** The provenance of an answer: is it there, does it contradict itself, how old are the data. */
import { FRESHNESS, type Freshness, weakest } from '../api/provenance.ts';

export interface Said {
  /** Under which name, where there are several. */
  readonly name: string | null;
  readonly source: unknown;
  readonly last_updated: unknown;
  readonly freshness_status: unknown;
  readonly is_fallback: unknown;
}

/** All provenance objects of a body; empty where there is none. */
export function provenancesOf(body: unknown): Said[] {
  if (typeof body !== 'object' || body === null || !('provenance' in body)) return [];
  return collected(body.provenance, null);
}

function collected(value: unknown, name: string | null): Said[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  if ('freshness_status' in value) return [{ ...(value as Omit<Said, 'name'>), name }];
  return Object.entries(value).flatMap(([key, part]) => collected(part, name === null ? key : `${name}.${key}`));
}

/** Sentences about what contradicts itself; empty: nothing does. */
export function contradictions(said: Said, nowMs: number): string[] {
  const { freshness_status: freshness, is_fallback: fallback, last_updated: at } = said;
  const faults: string[] = [];
  if (!FRESHNESS.some((word) => word === freshness)) faults.push(`freshness_status is ${JSON.stringify(freshness)}`);
  if (typeof fallback !== 'boolean') faults.push(`is_fallback is ${JSON.stringify(fallback)}`);
  else if (fallback !== (freshness === 'demo'))
    faults.push(`is_fallback is ${fallback} and freshness ${String(freshness)}`);
  if (at === null) {
    if (freshness === 'live' || freshness === 'stale') faults.push(`no last_updated, and yet ${freshness}`);
  } else if (typeof at !== 'string' || Number.isNaN(Date.parse(at)))
    faults.push(`last_updated is ${JSON.stringify(at)}`);
  else if (freshness === 'live' && Date.parse(at) > nowMs + AHEAD_MS)
    faults.push(`last_updated ${at} lies in the future, by more than the day-ahead market knows`);
  if (said.source === undefined) faults.push('there is no source');
  return faults.map((fault) => (said.name === null ? fault : `${said.name}: ${fault}`));
}

/** Day-ahead prices and forecasts are of days to come. */
const AHEAD_MS = 15 * 24 * 3_600_000;

export function freshnessOf(said: readonly Said[]): Freshness {
  if (said.length === 0) return 'unknown';
  return weakest(said.map(({ freshness_status }) => freshness_status as Freshness));
}

/** Milliseconds since the newest row; null where nobody says. */
export function ageOf(said: readonly Said[], nowMs: number): number | null {
  const instants = said.map(({ last_updated }) =>
    typeof last_updated === 'string' ? Date.parse(last_updated) : Number.NaN,
  );
  const newest = Math.max(...instants.filter((at) => !Number.isNaN(at)));
  return Number.isFinite(newest) ? nowMs - newest : null;
}
