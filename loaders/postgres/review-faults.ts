/** What a person may type about a finding, and what is said when it cannot be used. */
import { closest, distance } from 'fastest-levenshtein';
import type { Decision } from '../../core/review.ts';
import { Fault } from '../../core/errors.ts';

const LIMITS = { by: 100, owner: 100, note: 4_000 } as const;
export const PREFIX_MIN = 6;

export interface CleanDecision {
  readonly action: Decision['action'];
  readonly by: string;
  readonly until: number | null;
  readonly note: string | null;
  /** undefined: as it is; null: nobody. */
  readonly owner: string | null | undefined;
  readonly seenRows: number | undefined;
}

/** @throws Fault `REVIEW_REFUSED` */
export function cleanDecision(decision: Decision, now: number): CleanDecision {
  const { action, seenRows } = decision;
  const by = clean('by', decision.by);
  const note = clean('note', decision.note ?? '');
  const owner = decision.owner === undefined ? undefined : clean('owner', decision.owner) || null;
  if (by === '') throw refused('it is not said who decides', 'name yourself: --by ada');
  if (action !== 'approve' && note === '')
    throw refused(
      `${action === 'reject' ? 'a finding is sent back' : 'a note is left'} without a word`,
      'write a note',
    );
  if (decision.until !== undefined && action !== 'approve')
    throw refused('a date goes with an approval only', 'leave the date out');
  return {
    action,
    by,
    until: decision.until === undefined ? null : untilOf(decision.until, now),
    note: note === '' ? null : note,
    owner,
    seenRows,
  };
}

function clean(name: keyof typeof LIMITS, text: string): string {
  const trimmed = text.replaceAll('\r\n', '\n').trim();
  if (trimmed.length > LIMITS[name])
    throw refused(
      `${name} has ${trimmed.length} characters, at most ${LIMITS[name]} are kept`,
      'say it in fewer words, or point to where it is written',
    );
  // Lines are welcome in a note; what moves a cursor or hides text is not.
  const allowed =
    name === 'note' ? /[^\P{Cc}\n\t]|[\p{Cs}\u202a-\u202e\u2066-\u2069]/u : /[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u;
  if (allowed.test(trimmed)) throw refused(`${name} holds a control character`, 'write plain text');
  return trimmed;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/** A day begins at midnight UTC. */
function untilOf(text: string, now: number): number {
  const trimmed = text.trim();
  const day = DAY.test(trimmed);
  const at = day || INSTANT.test(trimmed) ? Date.parse(day ? `${trimmed}T00:00Z` : trimmed) : Number.NaN;
  // Date.parse lets 2025-02-30 pass as 2 March.
  const real = !Number.isNaN(at) && (!day || new Date(at).toISOString().startsWith(trimmed));
  if (!real) {
    throw refused(
      `${JSON.stringify(trimmed.slice(0, 40))} is no date`,
      'write a day (2026-12-01) or an instant with its offset (2026-12-01T05:00Z)',
    );
  }
  if (at <= now)
    throw refused(`${trimmed} has passed`, 'give a date to come, or leave it out to accept the finding for good');
  return at;
}

export function refused(what: string, next: string): Fault {
  return new Fault({ code: 'REVIEW_REFUSED', kind: 'usage', what, consequence: 'nothing was decided', next });
}

export function changedFault(fingerprint: string, seen: number, now: number): Fault {
  return new Fault({
    code: 'REVIEW_CHANGED',
    kind: 'usage',
    what: `finding ${fingerprint} has ${now} rows by now, not ${seen}`,
    consequence: 'nothing was decided',
    next: 'look at it again, then decide',
  });
}

/** @param near fingerprints that may have been meant */
export function unknownFault(word: string, near: readonly string[]): Fault {
  const shown = JSON.stringify(word.slice(0, 40));
  const written = /^[0-9a-f]{6,16}$/i.test(word);
  const guess =
    near.length === 0
      ? null
      : closest(
          word,
          near.map((one) => one.slice(0, Math.max(word.length, PREFIX_MIN))),
        );
  const meant = near.find((one) => guess !== null && one.startsWith(guess));
  const hint = guess !== null && meant !== undefined && distance(word, guess) <= 3 ? `; did you mean ${meant}?` : '';
  return new Fault({
    code: 'REVIEW_UNKNOWN',
    kind: 'usage',
    what: written
      ? `there is no finding ${shown}${hint}`
      : `${shown} is no fingerprint: it has 16 hex digits, of which at least ${PREFIX_MIN} are given${hint}`,
    consequence: 'nothing was shown or decided',
    next: 'penstock review list --state all shows the fingerprints',
  });
}

export function ambiguousFault(word: string, matches: readonly string[]): Fault {
  return new Fault({
    code: 'REVIEW_AMBIGUOUS',
    kind: 'usage',
    what: `several findings begin with ${word}: ${matches.slice(0, 5).join(', ')}${matches.length > 5 ? ' …' : ''}`,
    consequence: 'nothing was shown or decided',
    next: 'give more digits',
  });
}
