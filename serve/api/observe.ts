/** What becomes of each call: somebody may count it, somebody may write it down. */
export interface Answered {
  /** Name of the endpoint. */
  readonly name: string;
  readonly method: string;
  readonly status: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** Code of the fault; null where there was none. */
  readonly code: string | null;
  readonly cached: boolean;
}

/** Returns at once and never throws. */
export type Observer = (answered: Answered) => void;
