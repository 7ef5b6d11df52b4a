/** A page of any public series, as it is now or as it was known at an instant, with where its rows are from. */
import type { Database } from '../../core/effects.ts';
import { openCursor, type Question, sealCursor } from '../api/cursor.ts';
import { MadeJson, type Reply } from '../api/endpoint.ts';
import { jsonRows } from '../api/json-rows.ts';
import type { Provenance } from '../api/provenance.ts';
import { queryInvalid } from '../faults.ts';
import type { Series, SeriesCatalog } from './catalog.ts';
import { newestInstant, readRows, type TextRow } from './page.ts';
import { STREAMS } from './streams.ts';

export interface HistoryAsk {
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly offset?: number | undefined;
  readonly order: 'asc' | 'desc';
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly as_of?: string | undefined;
}

export interface HistoryPages {
  readonly reads: Database;
  readonly catalog: SeriesCatalog;
  readonly cursorKey: string;
}

/** @throws Fault `DATA_UNKNOWN`, `CURSOR_INVALID`, `HTTP_QUERY_INVALID` */
export async function historyPage(
  { reads, catalog, cursorKey }: HistoryPages,
  dataset: string,
  ask: HistoryAsk,
): Promise<Reply<never>> {
  const series = await catalog.find(dataset);
  requireAnswerable(series, ask);
  const { limit, order, from, to, as_of: asOf, offset = 0 } = ask;
  const { source } = series;
  const question: Question = {
    rows: `history ${series.name}`,
    key: source.key.map(({ name, type }) => `${name} ${type}`),
    order,
    filters: { from: from ?? null, to: to ?? null, as_of: asOf ?? null },
  };
  const start = openCursor(cursorKey, question, ask.cursor ?? null);
  const page = await readRows(reads, source, { limit, order, from, to, asOf, offset, after: start?.key });
  const { rows, hasMore, lastKey } = page;
  const provenance = await provenanceOf(reads, series, rows);
  const walked = start?.walked ?? offset;
  const next =
    hasMore && lastKey !== null
      ? sealCursor(cursorKey, question, { key: lastKey, walked: walked + rows.length })
      : null;
  const table = { name: series.name.replaceAll('-', '_'), columns: source.columns, rows };
  const rest = JSON.stringify({
    next_cursor: next,
    metadata: {
      dataset: series.name,
      table: series.table,
      order,
      asOf: asOf ?? null,
      limit,
      offset: walked,
      returned: rows.length,
      hasMore,
      usingSampleData: provenance.is_fallback,
    },
    provenance,
  });
  return {
    body: new MadeJson(`{"rows":[${jsonRows(table).join(',')}],${rest.slice(1)}`, provenance),
    rows: table,
    headers: { 'Cache-Control': 'public, max-age=60', ...(next !== null && { 'x-next-cursor': next }) },
  };
}

/** @throws Fault `HTTP_QUERY_INVALID` */
export function requireAnswerable(
  { name, source, stream, table }: Series,
  { from, to, as_of }: Pick<HistoryAsk, 'from' | 'to' | 'as_of'>,
): void {
  if (stream !== null && as_of !== undefined)
    throw queryInvalid(
      `the stream ${name} has no earlier versions, the table behind it has`,
      `ask for ${table} with as_of`,
    );
  if (source.time === null && (from !== undefined || to !== undefined))
    throw queryInvalid(`the rows of ${name} have no time`, 'leave from and to out');
}

// grain: one row. reads: etl.load and what belongs to it, by the function. params: $1 loads, $2 newest instant, $3 stream or null.
const PROVENANCE = `select public.provenance_of_loads($1::bigint[], $2::timestamptz, $3) as provenance`;

// grain: one row. reads: what stream_provenance reads. params: $1 stream.
const STREAM_PROVENANCE = `select public.stream_provenance($1) as provenance`;

/** Of the rows themselves where they name their loads, else of the whole stream. */
async function provenanceOf(reads: Database, series: Series, rows: readonly TextRow[]): Promise<Provenance> {
  const { source, stream, table } = series;
  const column = stream === null ? 'load_id' : 'version';
  const named = source.columns.some(({ name }) => name === column);
  const loads = [...new Set(rows.flatMap((row) => row[column] ?? []))];
  const [answer] =
    named || stream === null
      ? await reads.query<{ provenance: Provenance }>(PROVENANCE, [
          loads,
          newestInstant(source, rows),
          stream ?? streamOfTable(table),
        ])
      : await reads.query<{ provenance: Provenance }>(STREAM_PROVENANCE, [stream]);
  if (answer === undefined) throw new Error('the question for provenance gave no row');
  return answer.provenance;
}

/** Rows of a stream grow stale after the stream's own time. */
function streamOfTable(table: string): string | null {
  return Object.values(STREAMS).find((shape) => shape.table === `public.${table}`)?.stream ?? null;
}
