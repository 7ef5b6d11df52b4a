/** A page of any public series, as it is now or as it was known at an instant, with where its rows are from. */
import type { Database } from '../../core/effects.ts';
import { openCursor, type Question, sealCursor } from '../api/cursor.ts';
import { MadeJson, type Reply } from '../api/endpoint.ts';
import { jsonRows } from '../api/json-rows.ts';
import { queryInvalid } from '../faults.ts';
import type { Series, SeriesCatalog } from './catalog.ts';
import { pageProvenance } from './history-provenance.ts';
import type { LoadSources } from './load-sources.ts';
import { readRows } from './page.ts';

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
  readonly sources: LoadSources;
  readonly cursorKey: string;
}

/** @throws Fault `DATA_UNKNOWN`, `CURSOR_INVALID`, `HTTP_QUERY_INVALID` */
export async function historyPage(
  { reads, catalog, sources, cursorKey }: HistoryPages,
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
  const page = await readRows(reads, sources, source, { limit, order, from, to, asOf, offset, after: start?.key });
  const { rows, hasMore, lastKey } = page;
  const provenance = await pageProvenance(reads, series, rows);
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
