/** Milliseconds per stage, by the engine's clock. */
import type { Clock } from '../core/effects.ts';

export class Stopwatch {
  readonly laps: Record<string, number> = {};
  readonly #clock: Clock;
  #last: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#last = clock.now();
  }

  /** Books the time since the last lap to `stage`. */
  lap(stage: string): void {
    const now = this.#clock.now();
    this.laps[stage] = (this.laps[stage] ?? 0) + (now - this.#last);
    this.#last = now;
  }
}
