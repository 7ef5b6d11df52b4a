/**
 * Loads one interval in one transaction: rows, history, ledger, quarantine, check results and health become visible together or
 * not at all. Append copies straight into the table; merge goes through a staging table and closes versions that changed.
 */
import type { Table } from '../../core/contract.ts';
import type { Database } from '../../core/effects.ts';
import { Fault } from '../../core/errors.ts';
import type { Interval } from '../../core/interval.ts';
import { type CheckRow, recordChecks } from './check-results.ts';
import { copyColumns } from './copy/column.ts';
import { copyInto } from './copy/copy-into.ts';
import type { CopySource } from './copy/encode.ts';
import type { Connection } from './database.ts';
import { recordSuccess, type Source } from './health.ts';
import { fromPg, toPg } from './instant.ts';
import { type Kept, KEPT_CHECK, readKept } from './kept-edits.ts';
import { mergeSql, type MergeSql } from './merge.ts';
import { type RefusedRow, replaceQuarantine } from './quarantine.ts';
import { changedCells, type RevisedRow, type Revision } from './revision.ts';

export interface LoadRequest {
  readonly source: Source;
  readonly table: Table;
  readonly interval: Interval;
  readonly runId: string;
  readonly artifactId: string;
  readonly definitionHash: string;
  /** Typed rows in the order of the key; columns in the order of the contract. */
  readonly rows: CopySource;
  readonly typedRows: number;
  /** The rows are what was so at `interval`, each with a time of its own: they are matched by key, and nothing is withdrawn. */
  readonly snapshot: boolean;
  readonly readRows: number;
  readonly refusedRows: number;
  readonly refused: AsyncIterable<readonly RefusedRow[]>;
  /** Keys of refused rows: their earlier versions stay. null: nothing may be withdrawn (files are not complete, or a key was unreadable). */
  readonly heldKeys: readonly Readonly<Record<string, string>>[] | null;
  readonly checks: readonly CheckRow[];
  /** When the publisher was asked for these bytes, milliseconds since the epoch; of a replay, when they were fetched. */
  readonly checkedAt: number;
  /** This run has no failed interval of the dataset so far. */
  readonly clean: boolean;
  readonly sampleLimit: number;
  /** Steps that the publisher's calendar asks for, and those that have a row; null where the data have no fixed grid. */
  readonly stepsExpected: number | null;
  readonly stepsPresent: number | null;
  /** Column of the file → filled cells. */
  readonly shape: Readonly<Record<string, number>>;
  /** Called inside the transaction at named points; tests interrupt here. */
  readonly reached?: (point: LoadPoint) => Promise<void>;
}

export type LoadPoint = 'copied' | 'before commit';

export interface LoadResult {
  readonly loadId: string;
  readonly strategy: 'append' | 'merge';
  readonly inserted: number;
  readonly revised: number;
  readonly withdrawn: number;
  readonly unchanged: number;
  readonly revisions: readonly Revision[];
  /** What people wrote by hand and the load left alone; null for a table that nobody edits. */
  readonly kept: Kept | null;
  readonly quarantined: readonly { readonly id: string; readonly row: RefusedRow }[];
}

/** @throws Fault of kind `database` or `format`; the transaction is rolled back then and nothing is visible */
export async function loadInterval(connection: Connection, request: LoadRequest): Promise<LoadResult> {
  return connection.transaction(async (tx) => {
    await lockTable(tx, request.table.name);
    await assertLease(tx, request);
    const sql = mergeSql(request.table, await historyColumns(tx, request.table), request.snapshot);
    // A row that was deleted by hand must not come back, and only the merge looks.
    const strategy =
      request.snapshot || sql.kept !== null || (await isThere(tx, sql.anyRow, scope(request).slice(0, 2)))
        ? 'merge'
        : 'append';
    const nothing = request.typedRows === 0 && !request.snapshot;
    if (nothing && (await isThere(tx, sql.ownRow, scope(request)))) throw emptyFault(request);
    const loadId = await insertLoad(tx, request, strategy);
    // Tells the trigger of tables that people edit that this is no edit.
    await tx.query(`select set_config('penstock.load_id', $1, true)`, [loadId]);
    const moved =
      strategy === 'append'
        ? await append(connection, loadId, request)
        : await merge(connection, tx, sql, loadId, request);
    await request.reached?.('copied');
    const quarantined = await replaceQuarantine(tx, quarantineScope(request), request.refused, request.sampleLimit);
    await finishLoad(tx, loadId, request, moved);
    await recordChecks(tx, { ...request, checks: [...request.checks, ...keptCheck(moved.kept)] }, loadId);
    await recordLoaded(tx, loadId, request);
    await recordSuccess(tx, request.source, request.checkedAt, {
      clean: request.clean,
      coveredUntil: await newestRow(tx, sql, request),
      notes: 'loaded',
    });
    await tx.query(`select pg_notify('penstock_load', $1)`, [
      JSON.stringify({ table: request.table.name, loadId, dataset: request.source.dataset }),
    ]);
    await request.reached?.('before commit');
    return { loadId, strategy, ...moved, quarantined };
  });
}

/** Stores what a blocking check found, what was refused and the reason, without loading a row. */
export async function recordBlocked(
  db: Database,
  request: Pick<LoadRequest, 'source' | 'interval' | 'runId' | 'artifactId' | 'refused' | 'checks' | 'sampleLimit'>,
): Promise<LoadResult['quarantined']> {
  return db.transaction(async (tx) => {
    const quarantined = await replaceQuarantine(tx, quarantineScope(request), request.refused, request.sampleLimit);
    await recordChecks(tx, request, null);
    return quarantined;
  });
}

interface Moved {
  readonly inserted: number;
  readonly revised: number;
  readonly withdrawn: number;
  readonly unchanged: number;
  readonly revisions: readonly Revision[];
  readonly kept: Kept | null;
}

/** Stored with the load, so that a run which finds nothing new still tells of it. */
function keptCheck(kept: Kept | null): CheckRow[] {
  if (kept === null) return [];
  const { rows: failingRows, edits: samples, shown: sql } = kept;
  return [
    { name: KEPT_CHECK, severity: 'info', result: failingRows > 0 ? 'found' : 'passed', failingRows, samples, sql },
  ];
}

async function append(connection: Connection, loadId: string, request: LoadRequest): Promise<Moved> {
  const inserted = await copy(connection, request.table.name, loadId, request);
  return { inserted, revised: 0, withdrawn: 0, unchanged: 0, revisions: [], kept: null };
}

async function merge(
  connection: Connection,
  tx: Database,
  sql: MergeSql,
  loadId: string,
  request: LoadRequest,
): Promise<Moved> {
  const { interval, source, heldKeys, table } = request;
  await tx.query(sql.createStage);
  const staged = await copy(connection, sql.stage, loadId, request);
  await tx.query(`analyze ${sql.stage}`);
  const ofSnapshot = request.snapshot ? [source.dataset, toPg(interval.start)] : [];
  const samples = await tx.query<RevisedRow>(sql.sampleRevisions, [request.sampleLimit, ...ofSnapshot]);
  const withdrawn =
    heldKeys === null || request.snapshot
      ? 0
      : await count(tx, sql.closeWithdrawn, [
          loadId,
          toPg(interval.start),
          toPg(interval.end),
          source.dataset,
          JSON.stringify(heldKeys),
        ]);
  // After the withdrawal: a row may take over what is unique of one that is gone.
  const revised = await count(tx, sql.closeRevised, [loadId, ...ofSnapshot]);
  const added = await count(tx, sql.insertNew, []);
  // A revised row is written over where people edit, and comes with the new ones elsewhere.
  const inserted = sql.kept === null ? added - revised : added;
  const kept = sql.kept === null ? null : await readKept(tx, sql.kept, table, heldKeys);
  return {
    inserted,
    revised,
    withdrawn,
    unchanged: staged - inserted - revised - (kept?.changed ?? 0) - (kept?.deleted ?? 0),
    revisions: samples.flatMap((row) => changedCells(table, row)).slice(0, request.sampleLimit),
    kept,
  };
}

async function copy(connection: Connection, target: string, loadId: string, request: LoadRequest): Promise<number> {
  const { rows } = await copyInto(
    connection.client,
    { table: target, columns: copyColumns(request.table), constants: [{ name: 'load_id', value: BigInt(loadId) }] },
    request.rows,
  );
  if (rows === request.typedRows) return rows;
  throw new Fault({
    code: 'LOAD_ROW_COUNT',
    kind: 'database',
    what: `${rows} rows were copied where ${request.typedRows} had been checked`,
    where: where(request),
    consequence: 'the interval was rolled back, nothing of it was loaded',
    next: 'report this with the artifact, it is a fault of penstock itself',
  });
}

/** One writer per table; readers are not hindered. */
async function lockTable(tx: Database, table: string): Promise<void> {
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`penstock.table.${table}`]);
}

/** The lease may have been taken over while this process was stopped; its load would then come too late. A key share lock lets the lease be renewed meanwhile. */
async function assertLease(tx: Database, request: LoadRequest): Promise<void> {
  const held = await tx.query(
    'select from etl.lease where dataset = $1 and interval_start = $2 and run_id = $3 for key share',
    [request.source.dataset, toPg(request.interval.start), request.runId],
  );
  if (held.length === 1) return;
  throw new Fault({
    code: 'LEASE_LOST',
    kind: 'database',
    what: 'another process has taken this interval over',
    where: where(request),
    consequence: 'nothing of it was loaded by this run',
    next: 'let the other run finish, then: penstock plan',
  });
}

/** Parameters of the statements about the rows of an interval. */
function scope({ interval, source }: LoadRequest): readonly [start: string, end: string, dataset: string] {
  return [toPg(interval.start), toPg(interval.end), source.dataset];
}

async function isThere(tx: Database, statement: string, params: readonly string[]): Promise<boolean> {
  const [row] = await tx.query<{ found: boolean }>(statement, params);
  return row?.found === true;
}

async function historyColumns(tx: Database, table: Table): Promise<string[]> {
  const rows = await tx.query<{ name: string }>(
    `select a.attname::text as name from pg_attribute a where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped order by a.attnum`,
    [table.name],
  );
  return rows.map(({ name }) => name);
}

async function insertLoad(tx: Database, request: LoadRequest, strategy: 'append' | 'merge'): Promise<string> {
  const [row] = await tx.query<{ load_id: string }>(
    `insert into etl.load (run_id, dataset, table_name, interval_start, interval_end, artifact_id, definition_hash, strategy, known_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, clock_timestamp()) returning load_id::text`,
    [
      request.runId,
      request.source.dataset,
      request.table.name,
      toPg(request.interval.start),
      toPg(request.interval.end),
      request.artifactId,
      request.definitionHash,
      strategy,
    ],
  );
  return row?.load_id ?? '';
}

async function finishLoad(tx: Database, loadId: string, request: LoadRequest, moved: Moved): Promise<void> {
  await tx.query(
    `update etl.load set rows_read = $2, rows_rejected = $3, rows_inserted = $4, rows_revised = $5, rows_withdrawn = $6, rows_unchanged = $7,
       steps_expected = $8, steps_present = $9, shape = $10
     where load_id = $1`,
    [
      loadId,
      request.readRows,
      request.refusedRows,
      moved.inserted,
      moved.revised,
      moved.withdrawn,
      moved.unchanged,
      request.stepsExpected,
      request.stepsPresent,
      JSON.stringify(request.shape),
    ],
  );
}

async function recordLoaded(tx: Database, loadId: string, request: LoadRequest): Promise<void> {
  await tx.query(
    `insert into etl.interval (dataset, interval_start, interval_end, status, definition_hash, artifact_id, load_id, attempts, checked_at, loaded_at)
     values ($1, $2, $3, 'loaded', $4, $5, $6, 0, $7, now())
     on conflict (dataset, interval_start) do update set
       interval_end = excluded.interval_end, status = 'loaded', definition_hash = excluded.definition_hash,
       artifact_id = excluded.artifact_id, load_id = excluded.load_id, attempts = 0,
       checked_at = case when etl.interval.status = 'loaded' then greatest(etl.interval.checked_at, excluded.checked_at) else excluded.checked_at end, loaded_at = excluded.loaded_at, error = null`,
    [
      request.source.dataset,
      toPg(request.interval.start),
      toPg(request.interval.end),
      request.definitionHash,
      request.artifactId,
      loadId,
      toPg(request.checkedAt),
    ],
  );
}

async function newestRow(tx: Database, sql: MergeSql, request: LoadRequest): Promise<number | null> {
  if (sql.newest === null) return null;
  const [row] = await tx.query<{ newest: string | null }>(sql.newest, scope(request));
  return row?.newest == null ? null : fromPg(row.newest);
}

async function count(tx: Database, statement: string, params: readonly unknown[]): Promise<number> {
  const [row] = await tx.query<{ n: number }>(statement, params);
  return row?.n ?? 0;
}

function quarantineScope(
  request: Pick<LoadRequest, 'source' | 'interval' | 'artifactId' | 'runId'>,
): Parameters<typeof replaceQuarantine>[1] {
  const { source, interval, artifactId, runId } = request;
  return { dataset: source.dataset, start: interval.start, end: interval.end, artifactId, runId };
}

/** A file without a usable row would withdraw everything that was loaded before: far more often a fault than the truth. */
function emptyFault(request: LoadRequest): Fault {
  return new Fault({
    code: 'FORMAT_ALL_ROWS_GONE',
    kind: 'format',
    what: `the newer file has no usable row (${request.readRows} read, ${request.refusedRows} refused) where rows were loaded before`,
    where: where(request),
    consequence: 'what was loaded before stays as it is',
    next: 'open the file (penstock report names it) and compare; if the publisher really withdrew everything, mend the definition',
  });
}

function where(request: Pick<LoadRequest, 'source' | 'interval'>): string {
  return `${request.source.dataset}, interval from ${toPg(request.interval.start)}`;
}
