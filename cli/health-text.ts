/** Source health with what the table cannot know: datasets that were never asked, and those that nobody asks any more. */
import { durationMs, formatDuration } from '../core/duration.ts';
import { formatInstant } from '../core/interval.ts';
import { extent } from '../core/partitions.ts';
import type { Pipeline } from '../core/pipeline.ts';
import { staleSince } from '../engine/stale.ts';
import type { HealthRow } from '../loaders/postgres/health.ts';
import { fromPg } from '../loaders/postgres/instant.ts';
import { renderTable } from './table.ts';

export interface SourceState {
  /** `ieso/ieso-demand`, or `ieso` for the publisher. */
  readonly source: string;
  readonly status: HealthRow['status'] | 'late';
  readonly lastSuccess: string | null;
  readonly lastFailure: string | null;
  readonly consecutiveFailures: number;
  readonly coveredUntil: string | null;
  readonly notes: string | null;
}

const NEVER: Omit<HealthRow, 'source_name'> = {
  status: 'unknown',
  last_success: null,
  last_failure: null,
  consecutive_failures: 0,
  covered_until: null,
  notes: 'never asked; next: penstock run',
};

/** A key that is not set is a choice, not a fault. */
export function isFinding({ status }: SourceState): boolean {
  return status !== 'healthy' && status !== 'not configured';
}

/** The table's rows, with a row for each dataset that has none, in the order of their names. */
export function judgedHealth(pipelines: readonly Pipeline[], rows: readonly HealthRow[], now: number): SourceState[] {
  const datasets = new Map(pipelines.map((pipeline) => [`${pipeline.publisher}/${pipeline.id}`, pipeline]));
  const known = new Set(rows.map(({ source_name }) => source_name));
  const absent = [...datasets.keys()]
    .filter((name) => !known.has(name))
    .map((name): HealthRow => ({ source_name: name, ...NEVER }));
  return [...rows, ...absent]
    .sort((a, b) => (a.source_name < b.source_name ? -1 : 1))
    .map((row) => ({
      source: row.source_name,
      ...judged(datasets.get(row.source_name), row, now),
      lastSuccess: utc(row.last_success),
      lastFailure: utc(row.last_failure),
      consecutiveFailures: row.consecutive_failures,
      coveredUntil: utc(row.covered_until),
    }));
}

function judged(pipeline: Pipeline | undefined, row: HealthRow, now: number): Pick<SourceState, 'status' | 'notes'> {
  const late = lateness(pipeline, row, now);
  if (late !== null) return { status: 'late', notes: late };
  // What the end of the last run has noted about freshness is said again in today's words.
  const answers = row.status === 'healthy' || (row.notes?.startsWith('stale since ') ?? false);
  const stale = answers ? staleness(pipeline, row, now) : null;
  return stale === null ? { status: row.status, notes: row.notes } : { status: 'degraded', notes: stale };
}

/** Why a healthy dataset is late; null for others, and for a dataset that the publisher has ended. */
function lateness(pipeline: Pipeline | undefined, row: HealthRow, now: number): string | null {
  if (pipeline === undefined || row.status !== 'healthy' || row.last_success === null) return null;
  const { every, delay, revises } = pipeline.publishes;
  const ended = extent(pipeline.partitions).end + durationMs(delay) + (revises === undefined ? 0 : durationMs(revises));
  const allowed = durationMs(every) + durationMs(delay);
  if (ended < now || now - fromPg(row.last_success) <= allowed) return null;
  return `no answer since ${utc(row.last_success)}, allowed are ${formatDuration(allowed)}; next: penstock run ${pipeline.id}`;
}

/** The publisher answers, and its newest data are older than the definition allows; null while they are fresh. */
function staleness(pipeline: Pipeline | undefined, row: HealthRow, now: number): string | null {
  if (pipeline === undefined || row.covered_until === null) return null;
  const since = staleSince(pipeline, fromPg(row.covered_until), now);
  if (since === null) return null;
  const allowed = formatDuration(durationMs(pipeline.publishes.staleAfter));
  return `stale since ${formatInstant(since)}: the newest row is of ${utc(row.covered_until)}, allowed are ${allowed}`;
}

export function healthText(sources: readonly SourceState[]): string {
  return renderTable(
    [
      { name: 'source' },
      { name: 'status' },
      { name: 'last success' },
      { name: 'failures', right: true },
      { name: 'covered until' },
      { name: 'notes' },
    ],
    sources.map(({ source, status, lastSuccess, consecutiveFailures, coveredUntil, notes }) => [
      source,
      status,
      lastSuccess ?? 'never',
      String(consecutiveFailures),
      coveredUntil ?? '',
      notes ?? '',
    ]),
    160,
  );
}

/** `2025-05-01T05:00Z` of PostgreSQL's text in UTC. */
function utc(text: string | null): string | null {
  return text === null ? null : formatInstant(Math.floor(fromPg(text) / 1000) * 1000);
}
