/** Leaves a model alone that fails again and again: after several failures in a row nothing is asked for a while, then one call tries it. */
import type { Clock } from '../../core/effects.ts';
import { upstreamDown } from './faults.ts';

const FAILURES = 5;
const OPEN_MS = 30_000;

export interface Breaker {
  /** @throws Problem `LLM_UPSTREAM_DOWN` */
  enter(): void;
  succeeded(): void;
  failed(): void;
  /** The caller has gone: nothing was learned of the model. */
  abandoned(): void;
}

export function createBreaker(clock: Pick<Clock, 'now'>): Breaker {
  let failures = 0;
  let closedAgainAt = 0;
  let trying = false;
  return {
    enter: () => {
      if (failures < FAILURES) return;
      const left = closedAgainAt - clock.now();
      if (left > 0 || trying) throw upstreamDown(Math.max(1, Math.ceil(left / 1_000)));
      trying = true;
    },
    succeeded: () => {
      failures = 0;
      trying = false;
    },
    failed: () => {
      failures += 1;
      trying = false;
      if (failures >= FAILURES) closedAgainAt = clock.now() + OPEN_MS;
    },
    abandoned: () => {
      trying = false;
    },
  };
}
