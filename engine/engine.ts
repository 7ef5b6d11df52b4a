/** What a run needs: definitions' folder, database, landing, network, clock. Opened once by the command line or by a test. */
import type { Clock, Http, LineageSink, Log, Poster } from '../core/effects.ts';
import type { Pool } from '../loaders/postgres/database.ts';
import type { Landing } from '../loaders/source/landing.ts';
import type { Catalog } from '../pipelines/index.ts';
import type { Outcome, SourceKind } from '../reports/model.ts';

/** Points at which a test may interrupt a run; nothing else uses them. */
export type Point = 'landed' | 'decoded' | 'mid copy' | 'copied' | 'before commit' | 'committed';

/** What a run tells while it goes on. */
export interface Progress {
  started(dataset: string, intervals: number): void;
  finished(dataset: string, label: string, outcome: Outcome, rows: number): void;
  done(): void;
}

export interface Engine {
  readonly catalog: Catalog;
  readonly pool: Pool;
  readonly http: Http;
  /** Absent where nobody is told. */
  readonly poster?: Poster;
  /** Absent where nobody wants events. */
  readonly lineage?: LineageSink;
  readonly landing: Landing;
  readonly clock: Clock;
  readonly log: Log;
  readonly progress: Progress;
  readonly source: SourceKind;
  /** Values of publishers' keys and of settings by variable name. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder of landing, reports and work files. */
  readonly dataDir: string;
  readonly host: string;
  readonly processId: number;
  /** Version of penstock, and of Node. */
  readonly version: string;
  readonly nodeVersion: string;
  readonly reached?: (point: Point, dataset: string, label: string) => Promise<void>;
}
