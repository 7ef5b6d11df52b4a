/** Whether a stream may be pushed: the state of its flag, asked of the database every few seconds at most. */
import type { Clock, Database } from '../../core/effects.ts';
import type { StreamKey } from '../../core/flags.ts';
import { flagRegistrar, type FlagState, readFlagStates } from '../flag-states.ts';

const KEPT_MS = 2_000;

export interface PushFlags {
  /** Why the stream is not pushed; null where it is. */
  closed(stream: StreamKey): Promise<string | null>;
}

export function createPushFlags(
  { reads, service }: { readonly reads: Database; readonly service: Database },
  clock: Pick<Clock, 'now'>,
): PushFlags {
  let kept: { readonly until: number; readonly states: Promise<readonly FlagState[]> } | null = null;
  const register = flagRegistrar(service);
  async function read(): Promise<readonly FlagState[]> {
    await register();
    return readFlagStates(reads);
  }
  function states(): Promise<readonly FlagState[]> {
    if (kept !== null && clock.now() < kept.until) return kept.states;
    const reading = { until: clock.now() + KEPT_MS, states: read() };
    kept = reading;
    reading.states.catch(() => {
      if (kept === reading) kept = null;
    });
    return reading.states;
  }
  return {
    closed: async (stream) => {
      const state = (await states()).find(({ capability }) => capability === `stream.${stream}`);
      if (state === undefined) return 'there is no flag for it';
      return state.effective ? null : (state.reason ?? 'nobody knows why');
    },
  };
}
