/** A page of a stream, and the rows since an instant: the same rows in two frames. */
import { z } from 'zod';
import type { Database } from '../../core/effects.ts';
import type { StreamKey } from '../../core/flags.ts';
import { openCursor, type Question, sealCursor } from '../api/cursor.ts';
import { MadeJson, type Reply } from '../api/endpoint.ts';
import { jsonRows } from '../api/json-rows.ts';
import { provenanceSchema } from '../api/provenance.ts';
import { streamSource } from './catalog.ts';
import type { LoadSources } from './load-sources.ts';
import { readRows } from './page.ts';
import type { RowSource } from './select.ts';
import type { StreamFacts, StreamFactsReader } from './stream-facts.ts';
import { rowSchema, STREAMS } from './streams.ts';

/** Where no manifest is loaded; the constraints of stream_manifest allow no more. */
export const PAGE_SIZE = 100;
export const PAGE_SIZE_MAX = 1_000;

export interface StreamAsk {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
  readonly offset?: number | undefined;
  readonly order: 'asc' | 'desc';
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Asks for the frame of a snapshot. */
  readonly since?: string | undefined;
}

export const metadataSchema = z
  .object({
    streamKey: z.string(),
    limit: z.number().int(),
    offset: z.number().int().openapi({ description: 'Rows of the walk before this page.' }),
    returned: z.number().int(),
    totalEstimate: z
      .number()
      .int()
      .nullable()
      .openapi({ description: 'About how many rows the whole stream has; null: not known, or only a part was asked.' }),
    hasMore: z.boolean(),
    usingSampleData: z.boolean(),
  })
  .openapi('StreamMetadata');

const nextCursor = z.string().nullable().openapi({ description: 'null: this page is the last.' });

export function pageSchema(stream: StreamKey): z.ZodObject {
  return z.object({
    rows: z.array(rowSchema(STREAMS[stream])),
    metadata: metadataSchema,
    next_cursor: nextCursor,
    provenance: provenanceSchema,
  });
}

export function snapshotSchema(stream: StreamKey): z.ZodObject {
  return pageSchema(stream).extend({
    dataset: z.string(),
    requested_since: z.string(),
    count: z.number().int().openapi({ description: 'Rows of this page.' }),
  });
}

export interface StreamPages {
  readonly reads: Database;
  readonly facts: StreamFactsReader;
  readonly sources: LoadSources;
  readonly cursorKey: string;
}

/** @throws Fault `CURSOR_INVALID` */
export async function streamPage(
  { reads, facts, sources, cursorKey }: StreamPages,
  stream: StreamKey,
  ask: StreamAsk,
): Promise<Reply<never>> {
  const source = streamSource(stream);
  const { order, since, from = since, to, offset = 0 } = ask;
  const question = questionOf(stream, source, ask);
  const start = openCursor(cursorKey, question, ask.cursor ?? null);
  const known = await facts.read(stream);
  const limit = pageSize(ask, known);
  const { rows, hasMore, lastKey } = await readRows(reads, sources, source, {
    limit,
    order,
    from,
    to,
    offset,
    after: start?.key,
  });
  const walked = start?.walked ?? offset;
  const next =
    hasMore && lastKey !== null
      ? sealCursor(cursorKey, question, { key: lastKey, walked: walked + rows.length })
      : null;
  const { provenance } = known;
  const metadata: z.input<typeof metadataSchema> = {
    streamKey: stream,
    limit,
    offset: walked,
    returned: rows.length,
    totalEstimate: from === undefined && to === undefined ? known.totalEstimate : null,
    hasMore,
    usingSampleData: provenance.is_fallback,
  };
  const rest = JSON.stringify({
    ...(since !== undefined && {
      dataset: known.manifest?.dataset ?? stream,
      requested_since: since,
      count: rows.length,
    }),
    metadata,
    next_cursor: next,
    provenance,
  });
  const table = { name: STREAMS[stream].view, columns: source.columns, rows };
  return {
    body: new MadeJson(`{"rows":[${jsonRows(table).join(',')}],${rest.slice(1)}`, provenance),
    rows: table,
    ...(next !== null && { headers: { 'x-next-cursor': next } }),
  };
}

function questionOf(stream: StreamKey, { key }: RowSource, { order, from, to, since }: StreamAsk): Question {
  return {
    rows: `stream ${stream}`,
    key: key.map(({ name, type }) => `${name} ${type}`),
    order,
    filters: { from: from ?? null, to: to ?? null, since: since ?? null },
  };
}

/** Who asks for all since an instant wants as many as there may be. */
function pageSize({ limit, since }: StreamAsk, { manifest }: StreamFacts): number {
  const max = manifest?.max_page_size ?? PAGE_SIZE_MAX;
  return Math.min(limit ?? (since === undefined ? (manifest?.page_size_default ?? PAGE_SIZE) : max), max);
}
