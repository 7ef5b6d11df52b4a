/** What an audit of a database speaks of: the catalog as plain objects, findings about them, and the report that every renderer reads. */

/**
 * `table`, `column`, `index` …; one word per kind of object that the audit can read. `opening` is a way in from outside of our schemas. `unreadable` stands for whatever else the database
 * has: it is never passed over.
 */
export const OBJECT_KINDS = [
  'database',
  'schema',
  'extension',
  'role',
  'enum',
  'domain',
  'composite type',
  'sequence',
  'table',
  'column',
  'constraint',
  'index',
  'view',
  'materialized view',
  'function',
  'aggregate',
  'trigger',
  'event trigger',
  'rule',
  'policy',
  'statistics',
  'publication',
  'default privileges',
  'migration',
  'opening',
  'unreadable',
] as const;
export type ObjectKind = (typeof OBJECT_KINDS)[number];

export interface CatalogObject {
  readonly kind: ObjectKind;
  /** Unique within its kind, as PostgreSQL would write it: `public.weather_data`, `public.weather_data.station_id`, `public.as_of(anyelement, timestamp with time zone)`. */
  readonly name: string;
  /** The table, view or schema that it belongs to, by `kind name`; null at the top. A child of a missing parent is not a finding of its own. */
  readonly parent: string | null;
  /** Attribute → canonical text; the same meaning gives the same text on every server of the same major version. */
  readonly attributes: Readonly<Record<string, string>>;
  /** How the server itself writes it, where it does: for the repair, not compared. */
  readonly ddl?: string;
  /** Of a view: its definition after the server has read its own text, where that differs. The same view. */
  readonly reprinted?: string;
}

/** Objects by `kind name`. */
export interface Catalog {
  /** `server_version_num / 10000`. */
  readonly major: number;
  readonly objects: ReadonlyMap<string, CatalogObject>;
}

/**
 * `edited`: a file was changed after it was applied. `pending`: a migration that is not applied yet would make it so. `drifted`: it was applied and then
 * changed by hand. `unknown`: nobody here made it.
 */
export const VERDICTS = ['edited', 'pending', 'drifted', 'unknown'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** By consequence. `fail`: loads or readers break, or somebody may do what they must not. `warn`: slower or weaker. `info`: words. */
export const SEVERITIES = ['fail', 'warn', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

export interface Finding {
  readonly verdict: Verdict;
  readonly severity: Severity;
  readonly kind: ObjectKind;
  readonly name: string;
  /** `missing`, `extra`, or the attribute that differs. */
  readonly difference: string;
  /** null: should not be there. */
  readonly expected: string | null;
  /** null: is not there. */
  readonly actual: string | null;
  /** One sentence: what goes wrong because of it. */
  readonly consequence: string;
  /** DDL that would mend it, to be read by a person; printed, never run. null where the audit cannot write it: `next` says what to do. */
  readonly repair: string | null;
  readonly next: string;
  /** Of a pending migration what it would make, change or remove, a short line each; empty for every other finding. */
  readonly objects: readonly string[];
}

export interface MigrationState {
  readonly version: string;
  readonly file: string;
  readonly state: 'applied' | 'pending' | 'edited' | 'foreign';
}

export interface AuditReport {
  readonly version: 1;
  /** Host, port and database, no secrets. */
  readonly database: string;
  readonly server: string;
  /** ISO 8601, UTC. */
  readonly checkedAt: string;
  readonly durationMs: number;
  /** Where the expected catalog came from: `embedded PostgreSQL 18.4`, `shadow server …`. */
  readonly expectedFrom: string;
  /** Objects that were compared, by kind: an audit that looked at nothing proves nothing. */
  readonly looked: Readonly<Partial<Record<ObjectKind, number>>>;
  /** Every file of the folder and every version in the database, oldest first. */
  readonly migrations: readonly MigrationState[];
  /** Worst first, then by name. */
  readonly findings: readonly Finding[];
  /** Repair DDL of all findings in an order that works, with a lock timeout in front; empty when there is none. For people to read and run. */
  readonly repair: string;
  /** What was not judged, and why. */
  readonly notes: readonly string[];
}
