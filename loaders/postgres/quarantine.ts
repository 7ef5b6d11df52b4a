/** Rows that were not loaded: kept with the reason and the text as published until a later load of their interval settles them. */
import type { Database } from '../../core/effects.ts';
import { toPg } from './instant.ts';

export interface RefusedRow {
  readonly line: number;
  readonly rule: string;
  readonly reason: string;
  readonly key: string | null;
  /** As published. NUL characters are shown as \u0000, since text in Postgres cannot hold them. */
  readonly raw: string;
}

export interface QuarantineScope {
  readonly dataset: string;
  readonly start: number;
  readonly end: number;
  readonly artifactId: string;
  readonly runId: string;
}

const BATCH = 5_000;

/** Settles what earlier loads of the interval had refused and stores what this one refuses. @returns ids of the first rows, for samples */
export async function replaceQuarantine(
  db: Database,
  scope: QuarantineScope,
  rows: AsyncIterable<readonly RefusedRow[]>,
  sampleLimit: number,
): Promise<{ readonly id: string; readonly row: RefusedRow }[]> {
  await db.query(
    `update etl.quarantine set resolved_at = now(), resolution = 'run ' || $3 || ' read the interval again'
     where dataset = $1 and interval_start = $2 and resolved_at is null`,
    [scope.dataset, toPg(scope.start), scope.runId],
  );
  const samples: { id: string; row: RefusedRow }[] = [];
  for await (const batch of rows) {
    for (let i = 0; i < batch.length; i += BATCH) {
      const part = batch.slice(i, i + BATCH);
      const ids = await insert(db, scope, part);
      for (const [n, row] of part.entries()) {
        const id = ids[n];
        if (samples.length < sampleLimit && id !== undefined) samples.push({ id, row });
      }
    }
  }
  return samples;
}

async function insert(db: Database, scope: QuarantineScope, rows: readonly RefusedRow[]): Promise<string[]> {
  const clean = rows.map((row) => ({
    ...row,
    reason: visible(row.reason),
    key: row.key === null ? null : visible(row.key),
    raw: visible(row.raw),
  }));
  const inserted = await db.query<{ id: string }>(
    `insert into etl.quarantine (dataset, interval_start, interval_end, artifact_id, run_id, line, rule, reason, row_key, raw)
     select $1, $2, $3, $4, $5, line, rule, reason, key, raw
     from rows from (jsonb_to_recordset($6::jsonb) as (line bigint, rule text, reason text, key text, raw text))
       with ordinality as r(line, rule, reason, key, raw, n) order by n
     returning quarantine_id::text as id`,
    [scope.dataset, toPg(scope.start), toPg(scope.end), scope.artifactId, scope.runId, JSON.stringify(clean)],
  );
  return inserted.map(({ id }) => id);
}

function visible(text: string): string {
  return text
    .replaceAll('\0', String.raw`\u0000`)
    .replaceAll(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
}

export interface QuarantineRow {
  readonly quarantine_id: string;
  readonly dataset: string;
  readonly interval_start: string;
  readonly line: string;
  readonly rule: string;
  readonly reason: string;
  readonly row_key: string | null;
  readonly raw: string;
  readonly sha256: string;
  readonly url: string;
  readonly created_at: string;
  readonly resolved_at: string | null;
}

const SELECT = `select q.quarantine_id::text, q.dataset, q.interval_start::text, q.line::text, q.rule, q.reason, q.row_key, q.raw,
    a.sha256, a.url, q.created_at::text, q.resolved_at::text
  from etl.quarantine q join etl.artifact a using (artifact_id)`;

/** Open rows, newest interval first. */
export async function listQuarantine(
  db: Database,
  datasets: readonly string[],
  limit: number,
): Promise<QuarantineRow[]> {
  return db.query<QuarantineRow>(
    `${SELECT} where q.resolved_at is null and q.dataset = any ($1) order by q.dataset, q.interval_start desc, q.line limit $2`,
    [datasets, limit],
  );
}

/** @returns null for an id that does not exist */
export async function showQuarantine(db: Database, id: string): Promise<QuarantineRow | null> {
  const [row] = await db.query<QuarantineRow>(`${SELECT} where q.quarantine_id = $1::bigint`, [id]);
  return row ?? null;
}

export interface OpenInterval {
  readonly dataset: string;
  readonly interval_start: string;
  readonly rows: number;
}

/** Intervals with open rows, for `quarantine retry`. */
export async function openIntervals(db: Database, datasets: readonly string[]): Promise<OpenInterval[]> {
  return db.query<OpenInterval>(
    `select dataset, interval_start::text, count(*)::int as rows from etl.quarantine
     where resolved_at is null and dataset = any ($1) group by dataset, interval_start order by dataset, interval_start`,
    [datasets],
  );
}
