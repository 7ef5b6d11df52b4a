/** What a verification says: one line per thing that was looked at. */

/**
 * `passed`, `failed`; `allowed`: would have failed, and the words of the command let it pass; `noted`: worth to know, no failure;
 * `off`: the server does not offer it now. `off` fails no run, and opens no flag.
 */
export type Outcome = 'passed' | 'failed' | 'allowed' | 'noted' | 'off';

export interface Why {
  /** One sentence: what is not as it should be. */
  readonly what: string;
  readonly expected: string;
  readonly got: string;
  readonly consequence: string;
  readonly next: string;
}

export interface Check {
  readonly capability: string;
  /** What was looked at, in a word or two: `status`, `shape`, `pages`. */
  readonly name: string;
  /** `GET /stream-ontario-demand?limit=5` */
  readonly where: string;
  readonly outcome: Outcome;
  /** null where it passed. */
  readonly why: Why | null;
  /** Milliseconds of the request behind it; null where there was none. */
  readonly ms: number | null;
}

/** Worst first. */
const ORDER: readonly Outcome[] = ['failed', 'off', 'allowed', 'noted', 'passed'];

export function worstOf(outcomes: readonly Outcome[]): Outcome {
  return ORDER.find((outcome) => outcomes.includes(outcome)) ?? 'passed';
}

/** Said of whatever fails because of the server itself. */
export function short(text: string, most: number = 200): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
}
