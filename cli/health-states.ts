/** The state of every source in today's words: what time alone has changed since the last run, and datasets that were never asked. */
import { closest } from 'fastest-levenshtein';
import { durationMs, formatDuration } from '../core/duration.ts';
import { Fault } from '../core/errors.ts';
import { formatInstant } from '../core/interval.ts';
import { extent } from '../core/partitions.ts';
import type { Pipeline } from '../core/pipeline.ts';
import { expectedUntil, freshnessOf, staleSince } from '../engine/freshness.ts';
import { factsOf, type HealthRow } from '../loaders/postgres/health.ts';
import { notesOf, rollUp, type SourceState as State, stateOf } from '../loaders/postgres/health-state.ts';

export interface SourceState {
  /** `ieso/ieso-demand`, or `ieso` for the publisher. */
  readonly source: string;
  readonly status: State['status'] | 'late';
  readonly score: number | null;
  readonly freshness: State['freshness'];
  /** Start of the newest row. */
  readonly coveredUntil: string | null;
  /** Start of the newest row that should be there by now; null where nobody can say. */
  readonly expectedUntil: string | null;
  readonly staleSince: string | null;
  readonly openFindings: number;
  readonly lastSuccess: string | null;
  readonly lastFailure: string | null;
  readonly consecutiveFailures: number;
  /** What is to be known, with the next step at its end. */
  readonly notes: string;
  /** The command to type next. */
  readonly next: string | null;
  /** The notes without the next step. */
  readonly said: string;
}

type Judged = Omit<State, 'status'> & { readonly status: SourceState['status']; readonly expected: number | null };

/** A key that is not set is a choice, not a fault. */
export function isFinding({ status }: Pick<SourceState, 'status'>): boolean {
  return status !== 'healthy' && status !== 'not configured';
}

/** The table's rows, with a row for each dataset that has none, in the order of their names: each publisher before its datasets. */
export function judgedHealth(pipelines: readonly Pipeline[], rows: readonly HealthRow[], now: number): SourceState[] {
  const known = new Map(pipelines.map((pipeline) => [`${pipeline.publisher}/${pipeline.id}`, pipeline]));
  const asked = rows.filter(({ source_name }) => source_name.includes('/'));
  const datasets = asked.map((row) => judged(known.get(row.source_name), row, now));
  const there = new Set(asked.map(({ source_name }) => source_name));
  const never = pipelines
    .filter(({ publisher, id }) => !there.has(`${publisher}/${id}`))
    .map((pipeline) => neverAsked(`${pipeline.publisher}/${pipeline.id}`, `run ${pipeline.id}`));
  const publishers = rows
    .filter(({ source_name }) => !source_name.includes('/'))
    .map(({ source_name }) => ofPublisher(source_name, datasets));
  return [...publishers, ...datasets, ...never].sort((a, b) => (a.name < b.name ? -1 : 1)).map(documentOf);
}

/** Only these publishers (with their datasets) and datasets; all where none is named. @throws Fault `UNKNOWN_SOURCE` */
export function onlySources(states: readonly SourceState[], words: readonly string[]): readonly SourceState[] {
  if (words.length === 0) return states;
  const names = ({ source }: SourceState): string[] => [source, ...source.split('/')];
  const all = new Set(states.flatMap(names));
  const strange = words.find((word) => !all.has(word));
  if (strange === undefined) return states.filter((state) => names(state).some((name) => words.includes(name)));
  throw new Fault({
    code: 'UNKNOWN_SOURCE',
    kind: 'usage',
    what: `there is no publisher or dataset ${JSON.stringify(strange.slice(0, 80))}; did you mean ${closest(strange, [...all])}?`,
    consequence: 'nothing was looked at',
    next: 'penstock health lists all',
  });
}

function judged(pipeline: Pipeline | undefined, row: HealthRow, now: number): Judged {
  const [publisher = '', id = ''] = row.source_name.split('/');
  const facts = factsOf(row);
  if (pipeline === undefined) return { ...stateOf(publisher, id, facts), expected: null };
  const { state: freshness } = freshnessOf(pipeline, facts.coveredUntil, now);
  const state = stateOf(publisher, id, {
    ...facts,
    freshness,
    staleSince: staleSince(pipeline, facts.coveredUntil, now),
  });
  const late = state.status === 'healthy' ? lateness(pipeline, state, now) : null;
  const expected = expectedUntil(pipeline, now);
  return late === null ? { ...state, expected } : { ...state, ...late, expected };
}

/** Nobody has asked for longer than the publisher needs for its next issue; null also for a dataset that the publisher has ended. */
function lateness(
  pipeline: Pipeline,
  { lastSuccess }: State,
  now: number,
): Pick<Judged, 'status' | 'said' | 'next'> | null {
  if (lastSuccess === null) return null;
  const { every, delay, revises } = pipeline.publishes;
  const ended = extent(pipeline.partitions).end + durationMs(delay) + (revises === undefined ? 0 : durationMs(revises));
  const allowed = durationMs(every) + durationMs(delay);
  if (ended < now || now - lastSuccess <= allowed) return null;
  return {
    status: 'late',
    said: `no answer since ${shown(lastSuccess)}, allowed are ${formatDuration(allowed)}`,
    next: `npm run pipeline -- run ${pipeline.id}`,
  };
}

/** The publisher's row is summed up anew, so that it cannot disagree with its datasets' as they are shown. */
function ofPublisher(name: string, datasets: readonly Judged[]): Judged {
  const own = datasets.filter((one) => one.name.startsWith(`${name}/`));
  if (own.length === 0) return neverAsked(name, 'run');
  const sum = rollUp(
    name,
    own.map((one) => ({ ...one, status: one.status === 'late' ? 'healthy' : one.status })),
  );
  const late = own.find(({ status }) => status === 'late');
  if (late === undefined || sum.status === 'failing' || sum.status === 'degraded') return { ...sum, expected: null };
  return {
    ...sum,
    status: 'late',
    said: `${late.name.slice(name.length + 1)}: ${late.said}`,
    next: late.next,
    expected: null,
  };
}

function neverAsked(name: string, command: string): Judged {
  return {
    name,
    status: 'unknown',
    lastSuccess: null,
    lastFailure: null,
    failures: 0,
    coveredUntil: null,
    freshness: 'unknown',
    staleSince: null,
    score: null,
    openFindings: 0,
    said: 'never asked',
    next: `npm run pipeline -- ${command}`,
    expected: null,
  };
}

function documentOf(state: Judged): SourceState {
  return {
    source: state.name,
    status: state.status,
    score: state.score,
    freshness: state.freshness,
    coveredUntil: shown(state.coveredUntil),
    expectedUntil: shown(state.expected),
    staleSince: shown(state.staleSince),
    openFindings: state.openFindings,
    lastSuccess: shown(state.lastSuccess),
    lastFailure: shown(state.lastFailure),
    consecutiveFailures: state.failures,
    notes: notesOf(state),
    next: state.next,
    said: state.said,
  };
}

/** `2025-05-01T05:00Z`; nobody needs parts of a second. */
function shown(instant: number | null): string | null {
  return instant === null ? null : formatInstant(Math.floor(instant / 1000) * 1000);
}
