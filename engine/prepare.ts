/** One interval up to the door of the database: extract, decode, transform, check. What comes out is ready to load, or says why not. */
import { mkdir } from 'node:fs/promises';
import type { Decode, UndecodableRow } from '../core/decode.ts';
import { durationMs } from '../core/duration.ts';
import { asFault, Fault } from '../core/errors.ts';
import { formatInterval } from '../core/interval.ts';
import type { Pipeline } from '../core/pipeline.ts';
import { editedSince } from '../loaders/postgres/kept-edits.ts';
import type { LedgerEntry } from '../loaders/postgres/ledger.ts';
import { extract } from '../loaders/source/extract.ts';
import type { HubCommits } from '../loaders/source/hub-commit.ts';
import { type ArtifactReport, type Outcome, SAMPLE_LIMIT } from '../reports/model.ts';
import { type CheckOutcome, coverageByDay, type DayCount, runChecks } from '../transforms/checks.ts';
import { openSession, type Session } from '../transforms/session.ts';
import { rawShape, type Shape } from '../transforms/shape.ts';
import { transform, type TransformResult } from '../transforms/transform.ts';
import { type Artifact, artifactReport, knownArtifact, previousFiles, rawTables, recordExtracted } from './artifact.ts';
import type { Definition } from './definition.ts';
import type { Engine } from './engine.ts';
import { importFiles } from './import-files.ts';
import { mayBePurgedBefore, overdueFrom, type Planned } from './plan.ts';
import { resolveReferences } from './resolve-references.ts';
import { Stopwatch } from './stopwatch.ts';

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
  readonly shape: Shape;
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
  /** What the Hub has said in this run. */
  readonly commits: HubCommits;
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

async function fromLanding(engine: Engine, job: PrepareJob): Promise<Found> {
  const { definition, ledger, planned } = job;
  if (ledger?.artifact == null) throw nothingLanded(planned, 'of this interval');
  if (planned.reason === 'stale' && ledger.status === 'loaded' && ledger.definitionHash === definition.hash) {
    // Another process was faster.
    const artifact = await knownArtifact(engine, ledger.artifact);
    return { kind: 'settled', outcome: 'unchanged', artifact, note: null };
  }
  const artifact = await knownArtifact(engine, ledger.artifact);
  const lacking = await lackingTables(engine, definition.pipeline, artifact);
  // A definition that has got a further input is stale, and landing cannot have that file yet.
  if (lacking.length > 0 && planned.reason === 'stale') return fromPublisher(engine, job);
  if (lacking.length > 0) throw nothingLanded(planned, `for ${lacking.join(', ')} of this interval`);
  for (const { sha256 } of artifact.files) await engine.landing.verify(sha256);
  return { kind: 'found', artifact };
}

async function lackingTables(engine: Engine, pipeline: Pipeline, { files }: Artifact): Promise<string[]> {
  const lacking: string[] = [];
  for (const table of rawTables(pipeline)) {
    const file = files.find((one) => one.table === table);
    // The main file's absence is told by its own fault, which names the path.
    if (file === undefined || (table !== 'raw' && !(await engine.landing.has(file.sha256)))) lacking.push(table);
  }
  return lacking;
}

function nothingLanded(planned: Planned, of: string): Fault {
  return new Fault({
    code: 'NOTHING_LANDED',
    kind: 'file',
    what: `landing has no file ${of}`,
    where: `${planned.dataset} ${planned.label}`,
    consequence: 'it was not replayed',
    next: `penstock run ${planned.dataset}`,
  });
}

async function fromPublisher(engine: Engine, job: PrepareJob): Promise<Found> {
  const { definition, planned, ledger, runId, commits } = job;
  const previous = await previousFiles(engine, planned, ledger);
  const answer = await extract(
    { pipeline: definition.pipeline, publisher: definition.publisher, interval: planned.interval, previous },
    { http: engine.http, landing: engine.landing, env: engine.env, needsKey: engine.source === 'live', commits },
  );
  // Same bytes under the same definition: what is in the database is what would be loaded, unless people edited it since.
  const settled =
    ledger?.status === 'loaded' &&
    ledger.definitionHash === definition.hash &&
    !(await editedSince(engine.pool, definition.pipeline.table, planned.dataset, planned.interval.start));
  switch (answer.outcome) {
    case 'not recorded':
      return { kind: 'settled', outcome: 'not recorded', artifact: null, note: null };
    case 'not configured':
      return { kind: 'settled', outcome: 'not configured', artifact: null, note: answer.note };
    case 'not found':
      return notFound(engine, job, answer.url, answer.status);
    case 'not modified': {
      const artifact = ledger?.artifact == null ? null : await knownArtifact(engine, ledger.artifact);
      if (settled || artifact === null) return { kind: 'settled', outcome: 'unchanged', artifact, note: null };
      return { kind: 'found', artifact };
    }
    case 'landed': {
      if (answer.unchanged && settled)
        return { kind: 'settled', outcome: 'unchanged', artifact: artifactReport(answer), note: null };
      return { kind: 'found', artifact: await recordExtracted(engine, planned, runId, answer) };
    }
  }
}

function notFound(engine: Engine, { definition, planned }: PrepareJob, url: string, status: number): Found {
  const now = engine.clock.now();
  if (planned.interval.end < mayBePurgedBefore(definition.pipeline, now))
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
    const { readRows, undecodable } = await importFiles(session, pipeline, artifact, folder);
    watch.lap('decode');
    await engine.reached?.('decoded', planned.dataset, planned.label);
    const transformed = await transform(session, {
      pipeline,
      interval: planned.interval,
      sql: definition.sql,
      checkSql: definition.checkSql,
    });
    const result = await resolveReferences(engine, session, pipeline, transformed);
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
    const shape = await rawShape(session);
    const checks = await runChecks(session, input);
    const coverage = await coverageByDay(session, input);
    watch.lap('check');
    return {
      kind: 'ready',
      artifact,
      session,
      result,
      undecodable,
      readRows,
      checks,
      coverage,
      shape,
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
    decodes(pipeline).some(({ format }) => format === 'parquet') &&
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

function decodes({ extract: { decode, inputs = {} } }: Pipeline): Decode[] {
  return [decode, ...Object.values(inputs).map((input) => input.decode)];
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
