/** Checks counted by capability. */
import { type Check, type Outcome, worstOf } from './check.ts';

export interface CapabilitySummary {
  readonly capability: string;
  readonly checks: number;
  readonly failed: number;
  /** Not offered now: no failure of the run, and no ground to open a flag. */
  readonly off: number;
  readonly worst: Outcome;
  /** Milliseconds of the slowest answer; null where nothing was asked. */
  readonly slowestMs: number | null;
  /** Some checks passed only because the words of the command let them. */
  readonly allowed: boolean;
}

export function summaryOf(checks: readonly Check[]): CapabilitySummary[] {
  const names = [...new Set(checks.map(({ capability }) => capability))];
  return names.map((capability) => {
    const mine = checks.filter((check) => check.capability === capability);
    const count = (wanted: Outcome): number => mine.filter(({ outcome }) => outcome === wanted).length;
    const times = mine.flatMap(({ ms }) => (ms === null ? [] : [ms]));
    return {
      capability,
      checks: mine.length,
      failed: count('failed'),
      off: count('off'),
      worst: worstOf(mine.map(({ outcome }) => outcome)),
      slowestMs: times.length === 0 ? null : Math.max(...times),
      allowed: count('allowed') > 0,
    };
  });
}
