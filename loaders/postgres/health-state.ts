/** What follows from the facts about a source: its status, its notes with the next step, and a publisher's state from those of its datasets. */
import { fromPg } from './instant.ts';

export type Status = 'healthy' | 'degraded' | 'failing' | 'unknown' | 'not configured';
export type FreshnessState = 'fresh' | 'stale' | 'ended' | 'unknown';

/** Failures in a row from which a source is `failing` instead of `degraded`. */
const FAILING_FROM = 3;

/** A publisher's status is that of its worst dataset. Nobody measured is worse than healthy: unchecked is never green. */
const STATUS_WORST_FIRST: readonly Status[] = ['failing', 'degraded', 'not configured', 'unknown', 'healthy'];
const FRESHNESS_WORST_FIRST: readonly FreshnessState[] = ['stale', 'unknown', 'fresh', 'ended'];

/** Instants in milliseconds since the epoch. */
export interface SourceFacts {
  readonly lastSuccess: number | null;
  readonly lastFailure: number | null;
  /** Failed runs in a row; of more than one interval, until all of them are loaded. */
  readonly failures: number;
  /** Start of the newest row. */
  readonly coveredUntil: number | null;
  readonly keyMissing: boolean;
  /** It was answered, and there is not one row: a zero that nobody should take for health. */
  readonly empty: boolean;
  readonly freshness: FreshnessState;
  readonly staleSince: number | null;
  readonly score: number | null;
  readonly openFindings: number;
  readonly answer: string | null;
  readonly next: string | null;
}

/** A row of `source_health`, with its notes in parts. */
export interface SourceState extends Omit<SourceFacts, 'keyMissing' | 'empty' | 'answer'> {
  readonly name: string;
  readonly status: Status;
  /** What is to be known about it. */
  readonly said: string;
  /** The command to type next; null while nothing is to be done. */
  readonly next: string | null;
}

/**
 * Findings do not change the status: it says whether the data come and are fresh, the score says how good they are. Else every dataset with a
 * gap of ten years ago would be degraded for good, and nobody would look when it breaks.
 */
export function statusOf(facts: Omit<SourceFacts, 'answer' | 'next'>): Status {
  if (facts.keyMissing) return 'not configured';
  if (facts.failures >= FAILING_FROM) return 'failing';
  if (facts.failures > 0 || facts.freshness === 'stale') return 'degraded';
  return facts.lastSuccess === null || facts.empty ? 'unknown' : 'healthy';
}

export function stateOf(publisher: string, dataset: string, facts: SourceFacts): SourceState {
  const { keyMissing, empty, answer, next, ...rest } = facts;
  const status = statusOf(facts);
  const stale = status !== 'not configured' && facts.freshness === 'stale' && facts.staleSince !== null;
  const parts = [
    ...(status === 'unknown' ? ['no data yet'] : answer === null ? [] : [answer]),
    ...(stale ? [staleWords(facts.staleSince ?? 0, facts.coveredUntil)] : []),
    ...(facts.openFindings > 0 ? [findingWords(facts.openFindings)] : []),
  ];
  const asks = status === 'failing' || status === 'degraded' || status === 'unknown';
  return {
    ...rest,
    name: `${publisher}/${dataset}`,
    status,
    said: parts.join('; '),
    next:
      (status === 'healthy' ? null : next) ??
      (asks ? runCommand(dataset) : facts.openFindings > 0 ? findingsCommand(dataset) : null),
  };
}

/** `<what is to be known>; next: <command>`. */
export function notesOf({ said, next }: Pick<SourceState, 'said' | 'next'>): string {
  return next === null ? said : `${said}; next: ${next}`;
}

/** A publisher's row: the worst, oldest and lowest of its datasets. */
export function rollUp(publisher: string, datasets: readonly SourceState[]): SourceState {
  const worst = <T>(order: readonly T[], of: (one: SourceState) => T): T | undefined =>
    order.find((word) => datasets.some((one) => of(one) === word));
  const status = worst(STATUS_WORST_FIRST, (one) => one.status) ?? 'unknown';
  const first = datasets.find((one) => one.status === status);
  const others = datasets.filter((one) => one.status !== 'healthy' && one !== first).map((one) => idOf(one));
  const findings = datasets.reduce((sum, one) => sum + one.openFindings, 0);
  return {
    name: publisher,
    status,
    lastSuccess: most(datasets.map((one) => one.lastSuccess)),
    lastFailure: most(datasets.map((one) => one.lastFailure)),
    failures: datasets.reduce((highest, one) => Math.max(highest, one.failures), 0),
    coveredUntil: least(datasets.map((one) => one.coveredUntil)),
    freshness: worst(FRESHNESS_WORST_FIRST, (one) => one.freshness) ?? 'unknown',
    staleSince: least(datasets.map((one) => one.staleSince)),
    score: least(datasets.map((one) => one.score)),
    openFindings: findings,
    said:
      status === 'healthy' || first === undefined
        ? ['all datasets are healthy', ...(findings > 0 ? [findingWords(findings)] : [])].join('; ')
        : [
            `${idOf(first)}: ${first.said}`,
            ...(others.length > 0 ? [`not healthy either: ${listed(others)}`] : []),
          ].join('; '),
    next: status === 'healthy' ? (findings > 0 ? findingsCommand(null) : null) : (first?.next ?? null),
  };
}

/** Milliseconds of PostgreSQL's text; null stays null. */
export function instantOrNull(text: string | null): number | null {
  return text === null ? null : fromPg(text);
}

function idOf({ name }: SourceState): string {
  return name.slice(name.indexOf('/') + 1);
}

function staleWords(since: number, coveredUntil: number | null): string {
  const newest = coveredUntil === null ? '' : `, the newest row is of ${shown(coveredUntil)}`;
  return `stale since ${shown(since)}${newest}`;
}

function findingWords(count: number): string {
  return `${count} open ${count === 1 ? 'finding' : 'findings'}`;
}

function runCommand(dataset: string): string {
  return `npm run pipeline -- run ${dataset}`;
}

function findingsCommand(dataset: string | null): string {
  return `npm run pipeline -- review list${dataset === null ? '' : ` ${dataset}`}`;
}

const LISTED = 5;

function listed(words: readonly string[]): string {
  const rest = words.length - LISTED;
  return `${words.slice(0, LISTED).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/** `2025-05-01T05:00Z`. */
function shown(instant: number): string {
  return new Date(instant).toISOString().replace(/(?::00)?\.000Z$/, 'Z');
}

function known(values: readonly (number | null)[]): number[] {
  return values.filter((value) => value !== null);
}

function most(values: readonly (number | null)[]): number | null {
  const all = known(values);
  return all.length === 0 ? null : Math.max(...all);
}

function least(values: readonly (number | null)[]): number | null {
  const all = known(values);
  return all.length === 0 ? null : Math.min(...all);
}
