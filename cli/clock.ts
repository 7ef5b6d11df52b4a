/** The machine's clock. */
import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../core/effects.ts';

export const machineClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    await setTimeout(ms, undefined, { ...(signal !== undefined && { signal }) });
  },
};
