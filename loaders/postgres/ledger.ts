/** The ledger: which intervals are loaded, from which artifact, under which definition; and the runs that did it. */
import type { FaultJson } from '../../core/errors.ts';
import type { Database, Validators } from '../../core/effects.ts';
import { fromPg, toPg } from './instant.ts';

export interface LedgerEntry {
  readonly dataset: string;
  /** Milliseconds since the epoch; ±Infinity for a whole file. */
  readonly start: number;
  readonly end: number;
  readonly status: 'loaded' | 'blocked' | 'failed';
  readonly definitionHash: string;
  /** When the publisher was last asked. */
  readonly checkedAt: number;
  readonly attempts: number;
  /** The newest that was landed, whatever became of it; null where none was. */
  readonly artifact: LedgerArtifact | null;
  /** There is a committed load of this interval, whatever the last outcome. */
  readonly everLoaded: boolean;
}

export interface LedgerArtifact {
  readonly id: string;
  readonly sha256: string;
  readonly url: string;
  readonly bytes: number;
  readonly fetchedAt: number;
  readonly validators: Validators;
  readonly contentType: string | null;
}

const SELECT = `select i.dataset, i.interval_start::text as start, i.interval_end::text as end, i.status, i.definition_hash,
    i.checked_at::text as checked_at, i.attempts, i.load_id is not null as ever_loaded,
    a.artifact_id::text as artifact_id, a.sha256, a.url, a.bytes::text as bytes, a.fetched_at::text as fetched_at, a.etag, a.last_modified, a.content_type
  from etl.interval i left join etl.artifact a using (artifact_id)`;

export async function readLedger(db: Database, datasets: readonly string[]): Promise<LedgerEntry[]> {
  const rows = await db.query<LedgerRow>(`${SELECT} where i.dataset = any ($1) order by i.dataset, i.interval_start`, [
    datasets,
  ]);
  return rows.map(entryOf);
}

/** One interval as it stands now: read again under its lease, since another process may have loaded it since the plan was made. */
export async function readInterval(db: Database, dataset: string, start: number): Promise<LedgerEntry | undefined> {
  const [row] = await db.query<LedgerRow>(`${SELECT} where i.dataset = $1 and i.interval_start = $2`, [
    dataset,
    toPg(start),
  ]);
  return row === undefined ? undefined : entryOf(row);
}

function entryOf(row: LedgerRow): LedgerEntry {
  return {
    dataset: row.dataset,
    start: fromPg(row.start),
    end: fromPg(row.end),
    status: row.status,
    definitionHash: row.definition_hash,
    checkedAt: fromPg(row.checked_at),
    attempts: row.attempts,
    everLoaded: row.ever_loaded,
    artifact: artifactOf(row),
  };
}

interface LedgerRow extends ArtifactRow {
  readonly dataset: string;
  readonly start: string;
  readonly end: string;
  readonly status: LedgerEntry['status'];
  readonly definition_hash: string;
  readonly checked_at: string;
  readonly attempts: number;
  readonly ever_loaded: boolean;
}

interface ArtifactRow {
  readonly artifact_id: string | null;
  readonly sha256: string;
  readonly url: string;
  readonly bytes: string;
  readonly fetched_at: string;
  readonly etag: string | null;
  readonly last_modified: string | null;
  readonly content_type: string | null;
}

/** Artifacts of one interval by their SHA-256: the files that a list of parts names. */
export async function readArtifacts(
  db: Database,
  dataset: string,
  start: number,
  hashes: readonly string[],
): Promise<ReadonlyMap<string, LedgerArtifact>> {
  const rows = await db.query<ArtifactRow>(
    `select artifact_id::text, sha256, url, bytes::text, fetched_at::text, etag, last_modified, content_type
     from etl.artifact where dataset = $1 and interval_start = $2 and sha256 = any ($3)`,
    [dataset, toPg(start), hashes],
  );
  return new Map(rows.flatMap((row) => artifactOf(row) ?? []).map((artifact) => [artifact.sha256, artifact]));
}

function artifactOf(row: ArtifactRow): LedgerArtifact | null {
  if (row.artifact_id === null) return null;
  return {
    id: row.artifact_id,
    sha256: row.sha256,
    url: row.url,
    bytes: Number(row.bytes),
    fetchedAt: fromPg(row.fetched_at),
    contentType: row.content_type,
    validators: {
      ...(row.etag === null ? {} : { etag: row.etag }),
      ...(row.last_modified === null ? {} : { lastModified: row.last_modified }),
    },
  };
}

export interface RunRow {
  readonly runId: string;
  readonly command: string;
  readonly source: 'live' | 'recordings' | 'samples';
  readonly startedAt: number;
  readonly host: string;
  readonly processId: number;
  readonly version: string;
}

export async function startRun(db: Database, run: RunRow): Promise<void> {
  await db.query(
    `insert into etl.run (run_id, command, source, started_at, host, process_id, version) values ($1, $2, $3, $4, $5, $6, $7)`,
    [run.runId, run.command, run.source, toPg(run.startedAt), run.host, run.processId, run.version],
  );
}

export async function finishRun(
  db: Database,
  runId: string,
  finishedAt: number,
  exitCode: number,
  reportPath: string | null,
): Promise<void> {
  await db.query('update etl.run set finished_at = $2, exit_code = $3, report_path = $4 where run_id = $1', [
    runId,
    toPg(finishedAt),
    exitCode,
    reportPath,
  ]);
}

export interface NewArtifact {
  readonly dataset: string;
  readonly start: number;
  readonly sha256: string;
  readonly url: string;
  readonly bytes: number;
  readonly contentType: string | null;
  readonly validators: Validators;
  readonly fetchedAt: number;
  readonly source: 'live' | 'recordings' | 'samples';
  readonly runId: string;
}

/** Records what came; the same content for the same interval is one row, with the newest validators. @returns artifact_id */
export async function recordArtifact(db: Database, artifact: NewArtifact): Promise<string> {
  const [row] = await db.query<{ artifact_id: string }>(
    `insert into etl.artifact (dataset, interval_start, sha256, url, bytes, content_type, etag, last_modified, fetched_at, source, run_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
     on conflict (dataset, interval_start, sha256) do update set etag = excluded.etag, last_modified = excluded.last_modified
     returning artifact_id::text`,
    [
      artifact.dataset,
      toPg(artifact.start),
      artifact.sha256,
      artifact.url,
      artifact.bytes,
      artifact.contentType,
      artifact.validators.etag ?? null,
      artifact.validators.lastModified ?? null,
      toPg(artifact.fetchedAt),
      artifact.source,
      artifact.runId,
    ],
  );
  return row?.artifact_id ?? '';
}

/** Notes that the publisher was asked and had nothing new: one statement for all intervals of a dataset. */
export async function touchIntervals(
  db: Database,
  dataset: string,
  starts: readonly number[],
  checkedAt: number,
): Promise<void> {
  if (starts.length === 0) return;
  await db.query(
    'update etl.interval set checked_at = $3 where dataset = $1 and interval_start = any ($2::timestamptz[])',
    [dataset, starts.map(toPg), toPg(checkedAt)],
  );
}

export interface IntervalFailure {
  readonly dataset: string;
  readonly start: number;
  readonly end: number;
  readonly status: 'failed' | 'blocked';
  readonly definitionHash: string;
  readonly artifactId: string | null;
  readonly checkedAt: number;
  readonly error: FaultJson;
}

/** What the interval had loaded before stays known by its load. The artifact is the newest one, so that a replay reads what failed and not what it would have replaced. */
export async function recordFailure(db: Database, failure: IntervalFailure): Promise<void> {
  await db.query(
    `insert into etl.interval (dataset, interval_start, interval_end, status, definition_hash, artifact_id, attempts, checked_at, error)
     values ($1, $2, $3, $4, $5, $6, 1, $7, $8)
     on conflict (dataset, interval_start) do update set
       interval_end = excluded.interval_end, status = excluded.status, definition_hash = excluded.definition_hash,
       attempts = etl.interval.attempts + 1,
       artifact_id = coalesce(excluded.artifact_id, etl.interval.artifact_id),
       checked_at = excluded.checked_at, error = excluded.error`,
    [
      failure.dataset,
      toPg(failure.start),
      toPg(failure.end),
      failure.status,
      failure.definitionHash,
      failure.artifactId,
      toPg(failure.checkedAt),
      JSON.stringify(failure.error),
    ],
  );
}

/** Whether the database holds samples or real data; null when it holds nothing yet. */
export async function readContentKind(db: Database): Promise<'samples' | 'real' | null> {
  const [row] = await db.query<{ value: string }>(`select value from etl.setting where name = 'content'`);
  return row?.value === 'samples' || row?.value === 'real' ? row.value : null;
}

/** Settles what the database holds, once; the first writer wins. @returns what it holds now */
export async function claimContentKind(db: Database, kind: 'samples' | 'real'): Promise<'samples' | 'real'> {
  await db.query(`insert into etl.setting (name, value) values ('content', $1) on conflict (name) do nothing`, [kind]);
  return (await readContentKind(db)) ?? kind;
}
