/** What the pages and the API are given; nothing in this room opens a database, a socket to others or the environment. */
import type { Context } from 'hono';
import type { Clock, Database, Log, Notices } from '../core/effects.ts';
import type { ReviewStore } from '../core/review.ts';
import type { Origins } from './api/cors.ts';
import type { Limits } from './api/limits.ts';
import type { LlmDependencies } from './llm/settings.ts';

export interface ServeDependencies {
  readonly review: ReviewStore;
  /** Folder of the reports: one folder per run, and `index.jsonl`. */
  readonly reportsDir: string;
  /** Ids, for the filter of findings. */
  readonly datasets: readonly string[];
  /** Writes need it; null: whoever reaches the server may write, which is why it then answers to local names alone. */
  readonly adminKey: string | null;
  readonly log: Log;
  /** Folder of swagger-ui-dist; without it there is no page that browses the API. */
  readonly swaggerDir?: string;
}

/** What the API needs beside that. */
export interface ApiDependencies {
  readonly version: string;
  readonly clock: Clock;
  /** Reads with the rights of `anon`, in sessions that cannot write. */
  readonly reads: Database;
  /** Works as `service_role`: what endpoints write, and what only the service may see. */
  readonly service: Database;
  readonly notices: Notices;
  readonly settings: ApiSettings;
  /** Absent or null: language models are off. */
  readonly llm?: LlmDependencies | null;
  /** Address of the other end of the connection; null where there is none. */
  readonly connectionAddress: (c: Context) => string | null;
}

/** Settled from the environment, once. */
export interface ApiSettings {
  readonly anonKeys: readonly string[];
  readonly jwtSecret: string | null;
  readonly origins: Origins;
  readonly limits: Limits;
  readonly addressHeader: string | null;
  /** Signs cursors; the same for all servers of a database. */
  readonly cursorKey: string;
}
