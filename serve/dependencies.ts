/** What the pages and the REST answers are given; nothing in this room opens a database, a socket to others or the environment. */
import type { Log } from '../core/effects.ts';
import type { ReviewStore } from '../core/review.ts';

export interface ServeDependencies {
  readonly review: ReviewStore;
  /** Folder of the reports: one folder per run, and `index.jsonl`. */
  readonly reportsDir: string;
  /** Ids, for the filter of findings. */
  readonly datasets: readonly string[];
  /** Writes need it; null: whoever reaches the server may write, which is why it then answers to local names alone. */
  readonly adminKey: string | null;
  readonly log: Log;
}
