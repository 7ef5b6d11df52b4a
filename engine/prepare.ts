/** One interval up to the door of the database: extract, decode, transform, check. What comes out is ready to load, or says why not. */
import { link, copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Decode, rawColumns, type UndecodableRow } from '../core/decode.ts';
import { durationMs } from '../core/duration.ts';
import { asFault, Fault } from '../core/errors.ts';
import { formatInterval } from '../core/interval.ts';
import type { Pipeline } from '../core/pipeline.ts';
import type { LedgerEntry } from '../loaders/postgres/ledger.ts';
import { recordArtifact } from '../loaders/postgres/ledger.ts';
import { decode } from '../loaders/source/decode/index.ts';
import { extract } from '../loaders/source/extract.ts';
import { type ArtifactReport, type Outcome, SAMPLE_LIMIT } from '../reports/model.ts';
import { type CheckOutcome, coverageByDay, type DayCount, runChecks } from '../transforms/checks.ts';
import { importParquet } from '../transforms/raw-parquet.ts';
import { importRaw } from '../transforms/raw.ts';
import { openSession, type Session } from '../transforms/session.ts';
import { transform, type TransformResult } from '../transforms/transform.ts';
import type { Definition } from './definition.ts';
import type { Engine } from './engine.ts';
import { overdueFrom, type Planned, purgedBefore } from './plan.ts';
import { Stopwatch } from './stopwatch.ts';

export interface Artifact extends ArtifactReport {
  /** Row of etl.artifact. */
  readonly id: string;
  readonly path: string;
  readonly fetchedAtMs: number;
}

/** Rows that are ready to load; the session holds them until it is closed. */
export interface Ready {
  readonly kind: 'ready';
  readonly artifact: Artifact;
  readonly session: Session;
  readonly result: TransformResult;
  readonly undecodable: readonly UndecodableRow[];
  readonly readRows: number;
  readonly checks: readonly CheckOutcome[];
  readonly coverage: readonly DayCount[];
  readonly timingsMs: Readonly<Record<string, number>>;
}

/** A file came and cannot be loaded. */
export interface Faulty extends Pick<Ready, 'artifact' | 'timingsMs'> {
  readonly kind: 'faulty';
  readonly fault: Fault;
}

/** Nothing to load. */
export interface Settled {
  readonly kind: 'settled';
  readonly outcome: Exclude<Outcome, 'loaded' | 'blocked' | 'failed' | 'busy'>;
  readonly artifact: ArtifactReport | null;
  /** Why, for `not configured`. */
  readonly note: string | null;
  readonly timingsMs: Readonly<Record<string, number>>;
}

export interface PrepareJob {
  readonly definition: Definition;
  readonly planned: Planned;
  readonly ledger: LedgerEntry | undefined;
  readonly runId: string;
  /** Folder of this interval alone; DuckDB may touch nothing else. */
  readonly folder: string;
}

/** @throws Fault of kind request, file, format, definition or database: the interval failed before there was a file */
export async function prepare(engine: Engine, job: PrepareJob): Promise<Ready | Settled | Faulty> {
  const watch = new Stopwatch(engine.clock);
  const found = job.planned.action === 'replay' ? await fromLanding(engine, job) : await fromPublisher(engine, job);
  watch.lap('extract');
  if (found.kind === 'settled') return { ...found, timingsMs: watch.laps };
  await engine.reached?.('landed', job.planned.dataset, job.planned.label);
  const { artifact } = found;
  return process(engine, job, artifact, watch).catch((error: unknown): Faulty => {
    watch.lap('failed');
    return {
      kind: 'faulty',
      artifact,
      fault: sessionFault(error, job.definition.pipeline, artifact),
      timingsMs: watch.laps,
    };
  });
}

type Found = { readonly kind: 'found'; readonly artifact: Artifact } | Omit<Settled, 'timingsMs'>;

async function fromLanding(engine: Engine, { definition, ledger, planned }: PrepareJob): Promise<Found> {
  if (ledger?.artifact == null) {
    throw new Fault({
      code: 'NOTHING_LANDED',
      kind: 'file',
      what: 'landing has no file of this interval',
      where: `${planned.dataset} ${planned.label}`,
      consequence: 'it was not replayed',
      next: `penstock run ${planned.dataset}`,
    });
  }
  if (planned.reason === 'stale' && ledger.status === 'loaded' && ledger.definitionHash === definition.hash) {
    // Another process was faster.
    return { kind: 'settled', outcome: 'unchanged', artifact: knownArtifact(engine, ledger.artifact), note: null };
  }
  await engine.landing.verify(ledger.artifact.sha256);
  return { kind: 'found', artifact: knownArtifact(engine, ledger.artifact) };
}

function knownArtifact(engine: Engine, known: NonNullable<LedgerEntry['artifact']>): Artifact {
  const { id, url, sha256, bytes, fetchedAt } = known;
  return {
    id,
    url,
    sha256,
    bytes,
    fetchedAt: new Date(fetchedAt).toISOString(),
    fetchedAtMs: fetchedAt,
    path: engine.landing.path(sha256),
  };
}

async function fromPublisher(engine: Engine, job: PrepareJob): Promise<Found> {
  const { definition, planned, ledger, runId } = job;
  const previous = ledger?.artifact ?? null;
  const answer = await extract(
    { pipeline: definition.pipeline, publisher: definition.publisher, interval: planned.interval, previous },
    { http: engine.http, landing: engine.landing, env: engine.env, needsKey: engine.source === 'live' },
  );
  // Same bytes under the same definition: what is in the database is what would be loaded.
  const settled = ledger?.status === 'loaded' && ledger.definitionHash === definition.hash;
  switch (answer.outcome) {
    case 'not recorded':
      return { kind: 'settled', outcome: 'not recorded', artifact: null, note: null };
    case 'not configured':
      return {
        kind: 'settled',
        outcome: 'not configured',
        artifact: null,
        note: `${answer.env} is not set: get one at ${answer.getOneAt}`,
      };
    case 'not found':
      return notFound(engine, job, answer.url, answer.status);
    case 'not modified': {
      const artifact = previous === null ? null : knownArtifact(engine, previous);
      if (settled || artifact === null) return { kind: 'settled', outcome: 'unchanged', artifact, note: null };
      return { kind: 'found', artifact };
    }
    case 'landed': {
      const { artifact, unchanged } = answer;
      const fetchedAt = new Date(artifact.fetchedAt).toISOString();
      const report = { url: artifact.url, sha256: artifact.sha256, bytes: artifact.bytes, fetchedAt };
      if (unchanged && settled) return { kind: 'settled', outcome: 'unchanged', artifact: report, note: null };
      const id = await recordArtifact(engine.pool, {
        ...artifact,
        dataset: planned.dataset,
        start: planned.interval.start,
        source: engine.source,
        runId,
      });
      return { kind: 'found', artifact: { ...report, id, path: artifact.path, fetchedAtMs: artifact.fetchedAt } };
    }
  }
}

function notFound(engine: Engine, { definition, planned }: PrepareJob, url: string, status: number): Found {
  const now = engine.clock.now();
  if (planned.interval.end < purgedBefore(definition.pipeline, now))
    return { kind: 'settled', outcome: 'purged', artifact: null, note: null };
  // A whole file and a snapshot have no end that could still come: they should always be there.
  const due =
    definition.pipeline.partitions.kind === 'calendar' ? overdueFrom(definition.pipeline, planned.interval) : null;
  if (due !== null && now < due) return { kind: 'settled', outcome: 'not published', artifact: null, note: null };
  throw new Fault({
    code: 'HTTP_NOT_FOUND',
    kind: 'request',
    what: `the publisher answers ${status}, though the file should ${due === null ? 'always be there' : `be there since ${new Date(due).toISOString()}`}`,
    where: url,
    consequence: `${planned.dataset} ${planned.label} was not loaded; what was loaded before stays`,
    next: `open the address in a browser; if the publisher moved it, mend extract.url, then: penstock run ${planned.dataset}`,
  });
}

async function process(engine: Engine, job: PrepareJob, artifact: Artifact, watch: Stopwatch): Promise<Ready> {
  const { definition, planned, folder } = job;
  const { pipeline } = definition;
  await mkdir(folder, { recursive: true });
  const session = await openSession({ folder });
  try {
    const { rows, undecodable } = await importArtifact(session, pipeline.extract.decode, artifact, folder);
    watch.lap('decode');
    await engine.reached?.('decoded', planned.dataset, planned.label);
    const result = await transform(session, {
      pipeline,
      interval: planned.interval,
      sql: definition.sql,
      checkSql: definition.checkSql,
    });
    watch.lap('transform');
    if (result.typed === 0 && result.rows + undecodable.length > 0)
      throw await nothingUsable(session, result, undecodable, artifact, job);
    const expectedUntil = artifact.fetchedAtMs - durationMs(pipeline.publishes.delay);
    const input = {
      pipeline,
      interval: planned.interval,
      expectedUntil,
      checkSql: definition.checkSql,
      sampleLimit: SAMPLE_LIMIT,
    };
    const checks = await runChecks(session, input);
    const coverage = await coverageByDay(session, input);
    watch.lap('check');
    return {
      kind: 'ready',
      artifact,
      session,
      result,
      undecodable,
      readRows: rows + undecodable.length,
      checks,
      coverage,
      timingsMs: watch.laps,
    };
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** DuckDB's own errors: no room to work in, or SQL that holds for most rows and breaks on one of this file. */
function sessionFault(error: unknown, pipeline: Pipeline, artifact: Artifact): Fault {
  if (error instanceof Fault || !(error instanceof Error)) return asFault(error, 'format');
  const message = (error.message.split('\n', 1)[0] ?? '').slice(0, 400);
  const consequence = 'nothing of this interval was loaded; what was loaded before stays';
  if (/^Out of Memory Error|No space left on device|ENOSPC/.test(message)) {
    const next = 'make room on the disk of --data-dir, then run again';
    return new Fault({
      code: 'WORK_NO_ROOM',
      kind: 'file',
      what: `there was no room to work on the file: ${message}`,
      where: artifact.url,
      consequence,
      next,
      cause: error,
    });
  }
  if (
    pipeline.extract.decode.format === 'parquet' &&
    /^(Invalid|Invalid Input|IO|Serialization|INTERNAL) Error: /.test(message)
  ) {
    const next = 'the file is cut off or damaged, so ask the publisher again later';
    return new Fault({
      code: 'FORMAT_PARQUET_BROKEN',
      kind: 'format',
      what: `the Parquet file cannot be read: ${message}`,
      where: artifact.url,
      consequence,
      next,
      cause: error,
    });
  }
  if (!/^[A-Z][A-Za-z ]+ Error: /.test(message)) return asFault(error, 'format');
  return new Fault({
    code: 'TRANSFORM_FAILED',
    kind: 'definition',
    what: message,
    where: `${pipeline.transform} on ${artifact.url}`,
    consequence,
    next: `let the SQL give text where a cell may be unreadable (the contract's cast then refuses that row alone), then: penstock run ${pipeline.id}`,
    cause: error,
  });
}

async function importArtifact(
  session: Session,
  spec: Decode,
  artifact: Artifact,
  folder: string,
): Promise<{ rows: number; undecodable: readonly UndecodableRow[] }> {
  const columns = rawColumns(spec);
  if (spec.format !== 'parquet') {
    const raw = await importRaw(session, 'raw', columns, decode(artifact.path, spec, { name: artifact.url }));
    if (raw.undecodableCount > raw.undecodable.length) throw tooManyBroken(raw.undecodableCount, artifact);
    return raw;
  }
  // DuckDB may read nothing outside the interval's own folder.
  const own = join(folder, 'artifact.parquet');
  await link(artifact.path, own).catch(() => copyFile(artifact.path, own));
  const { rows } = await importParquet(session, 'raw', columns, own, artifact.url);
  return { rows, undecodable: [] };
}

/** Thousands of lines that cannot be cut into cells are not bad rows, they are another format. */
function tooManyBroken(rows: number, artifact: Artifact): Fault {
  return new Fault({
    code: 'FORMAT_TOO_MANY_BROKEN_ROWS',
    kind: 'format',
    what: `${rows} rows cannot be cut into cells`,
    where: artifact.url,
    consequence: 'nothing of this interval was loaded; what was loaded before stays',
    next: `look at ${artifact.path}: has the publisher changed the format?`,
  });
}

/** Not one row fits: this is another report, another period or another format, not a file with bad rows. */
async function nothingUsable(
  session: Session,
  result: TransformResult,
  undecodable: readonly UndecodableRow[],
  artifact: Artifact,
  job: PrepareJob,
): Promise<Fault> {
  const [refused] = await session.rows<{ line: number; reason: string }>(
    'select _line as line, reason from refused order by _line limit 1',
  );
  const first = refused ?? undecodable[0];
  return new Fault({
    code: 'FORMAT_NO_USABLE_ROW',
    kind: 'format',
    what: `none of ${result.rows + undecodable.length} rows can be used; the first, in line ${first?.line}: ${first?.reason.slice(0, 400)}`,
    where: `${artifact.url}, ${formatInterval(job.planned.interval)}`,
    consequence: 'nothing of this interval was loaded; what was loaded before stays',
    next: `look at ${artifact.path}: is it the file of another report or period?`,
  });
}
