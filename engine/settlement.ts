/** What a run does to the findings of a dataset: opens, sees again, reopens, fixes; and who is told. A pure function. */
import type { NewAlert } from '../loaders/postgres/alerts.ts';
import { placeOfSubject } from '../core/review.ts';
import type { Review, Settlement } from '../loaders/postgres/review.ts';
import { reviewCommand, reviewListCommand } from '../reports/next-step.ts';
import { count, counted, instant } from '../reports/words.ts';
import type { Evidence } from './evidence.ts';
import type { Incident } from './incidents.ts';

export type Change = 'new' | 'reopened' | 'fixed';

export interface Settled extends Settlement {
  /** All findings that are not fixed, and those that this run fixed. */
  readonly all: readonly Review[];
  /** Fingerprint → what became of it; absent where nothing did. */
  readonly changes: ReadonlyMap<string, Change>;
}

export interface SettlementInput {
  readonly dataset: string;
  readonly runId: string;
  readonly now: number;
  readonly reviews: readonly Review[];
  readonly incidents: readonly Incident[];
  readonly evidence: readonly Evidence[];
  readonly stable: (name: string) => string;
  /** Whether the definition still has a check of that stable name; null where this run cannot tell. */
  readonly exists: ((stable: string) => boolean) | null;
  /** One interval stands for all of them. */
  readonly snapshot: boolean;
}

/** More alerts of a run and dataset are summed up in one. */
export const ALERTS_MAX = 20;

export function settlementOf(input: SettlementInput): Settled {
  const { reviews, incidents, dataset, runId } = input;
  const changes = new Map<string, Change>();
  const added: Review[] = [];
  const changed: Review[] = [];
  const alerts: NewAlert[] = [];
  const byFingerprint = new Map(reviews.map((review) => [review.fingerprint, review]));
  const tell = (review: Review, kind: NewAlert['kind'], from: string | null): void => {
    if (review.severity !== 'info') alerts.push(alertOf(dataset, runId, review, kind, from));
  };
  for (const incident of incidents) {
    const before = byFingerprint.get(incident.fingerprint);
    if (before === undefined) {
      const review = opened(incident, input.now);
      added.push(review);
      changes.set(review.fingerprint, 'new');
      tell(review, 'finding opened', null);
      continue;
    }
    const review = seenAgain(before, incident, input.now);
    changed.push(review);
    if (review.state === before.state) continue;
    changes.set(review.fingerprint, 'reopened');
    tell(review, 'finding reopened', before.state);
  }
  const found = new Set(incidents.map(({ fingerprint }) => fingerprint));
  const fix = fixer(input);
  for (const before of reviews) {
    if (found.has(before.fingerprint) || (before.state !== 'open' && before.state !== 'acknowledged')) continue;
    const why = fix(before);
    if (why === null) continue;
    const review: Review = {
      ...before,
      state: 'fixed',
      acknowledgedUntil: null,
      decidedRows: null,
      note: why.note,
    };
    changed.push(review);
    changes.set(review.fingerprint, 'fixed');
    if (!why.goesOn) tell(review, 'finding fixed', before.state);
  }
  const after = new Map([...reviews, ...changed, ...added].map((review) => [review.fingerprint, review]));
  return { added, changed, alerts: summed(dataset, runId, alerts), all: [...after.values()], changes };
}

function opened({ whole: _whole, ...incident }: Incident, now: number): Review {
  return {
    ...incident,
    state: 'open',
    acknowledgedUntil: null,
    decidedRows: null,
    owner: null,
    note: null,
    firstSeenAt: now,
    lastSeenAt: now,
  };
}

function seenAgain(before: Review, { whole: _whole, ...incident }: Incident, now: number): Review {
  const seen = { ...before, ...incident, lastSeenAt: Math.max(before.lastSeenAt, now) };
  const why = reopens(before, incident.rows, now);
  return why === null ? seen : { ...seen, state: 'open', acknowledgedUntil: null, decidedRows: null, note: why };
}

/** Why it is open again; null where what was decided still holds. */
function reopens({ state, rows, decidedRows, acknowledgedUntil }: Review, now: number, at: number): string | null {
  if (state === 'open') return null;
  if (state === 'fixed') return 'found again';
  const decided = decidedRows ?? rows;
  if (now > decided) return `grew from ${counted(decided, 'row')} to ${count(now)} since it was ${state}`;
  if (acknowledgedUntil === null || acknowledgedUntil > at) return null;
  return `was acknowledged until ${instant(new Date(acknowledgedUntil).toISOString())} and is still there`;
}

interface Fix {
  readonly note: string;
  /** The fault is not over: another finding stands for it now. */
  readonly goesOn: boolean;
}

/** Why an open finding that was not found is fixed; null where nobody looked. */
function fixer(input: SettlementInput): (review: Review) => Fix | null {
  const { evidence, incidents, stable, exists, snapshot, runId } = input;
  const looks = new Map<number, Evidence[]>();
  for (const one of evidence) looks.set(one.start, [...(looks.get(one.start) ?? []), one]);
  const ordered = incidents.toSorted((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
  const newest = snapshot ? (evidence[0]?.start ?? null) : null;
  return (review) => {
    const name = stable(review.checkName);
    const failure = review.severity === 'failure';
    if (!failure && exists?.(name) === false)
      return { note: 'the definition has no such check any more', goesOn: false };
    const start = newest ?? review.intervalStart;
    const ran = (start === null ? [] : (looks.get(start) ?? [])).some((look) =>
      failure ? look.overcome || look.failure !== null : look.checks.some((check) => stable(check.name) === name),
    );
    if (!ran) return null;
    const successor = ordered.find((incident) => {
      if (incident.intervalStart !== start) return false;
      if (failure) return incident.severity === 'failure';
      return stable(incident.checkName) === name && (incident.whole || review.subject === placeOf(incident));
    });
    return successor === undefined
      ? { note: `not found any more by run ${runId}`, goesOn: false }
      : { note: `goes on as finding ${successor.fingerprint}`, goesOn: true };
  };
}

/** The subject of the interval as a whole. */
function placeOf({ subject, firstKey }: Incident): string {
  return firstKey === null ? subject : subject.slice(0, -(firstKey.length + 2));
}

const VERBS = { 'finding opened': 'opened', 'finding reopened': 'reopened', 'finding fixed': 'fixed' } as const;

function alertOf(
  dataset: string,
  runId: string,
  review: Review,
  kind: 'finding opened' | 'finding reopened' | 'finding fixed' | 'source changed',
  from: string | null,
): NewAlert {
  const verb = kind === 'source changed' ? kind : VERBS[kind];
  return {
    subject: review.fingerprint,
    kind,
    runId,
    payload: {
      text: `${dataset} ${placeOfSubject(review.subject)}: ${verb}, ${review.sentence}`,
      dataset,
      severity: review.severity,
      from,
      to: review.state,
      next: review.state === 'fixed' ? null : reviewCommand(review.fingerprint),
    },
  };
}

const SEVERITIES = ['failure', 'block', 'reject', 'warn', 'info'] as const;

/** A table that has gone fails thousands of intervals at once: nobody reads as many messages. */
function summed(dataset: string, runId: string, alerts: readonly NewAlert[]): NewAlert[] {
  if (alerts.length <= ALERTS_MAX) return [...alerts];
  const rank = ({ payload }: NewAlert): number => SEVERITIES.indexOf(payload.severity);
  // Of equals by their name: which are told must not hang on the order in which intervals were looked at.
  const ordered = alerts.toSorted((a, b) => rank(a) - rank(b) || (a.subject < b.subject ? -1 : 1));
  const told = ordered.slice(0, ALERTS_MAX - 1);
  const rest = ordered.slice(told.length);
  const [first] = rest;
  if (first === undefined) return told;
  const kinds = (Object.keys(VERBS) as (keyof typeof VERBS)[]).flatMap((kind) => {
    const n = rest.filter((alert) => alert.kind === kind).length;
    return n === 0 ? [] : [`${count(n)} ${VERBS[kind]}`];
  });
  const text = `${dataset}: ${counted(rest.length, 'more change')} of findings in run ${runId}: ${kinds.join(', ')}`;
  return [...told, { ...first, payload: { ...first.payload, text, next: reviewListCommand(dataset) } }];
}
