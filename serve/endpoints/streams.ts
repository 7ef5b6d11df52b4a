/** Rows of the five streams in pages: `/stream-ontario-demand` and its likes. */
import { z } from 'zod';
import { STREAM_KEYS, type StreamKey } from '../../core/flags.ts';
import { endpoint, type Endpoint } from '../api/endpoint.ts';
import { ARROW_TYPE, CSV_TYPE, NDJSON_TYPE } from '../api/media.ts';
import { type Provenance, provenanceSchema } from '../api/provenance.ts';
import { instantWord } from '../api/query.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { queryInvalid } from '../faults.ts';
import { createLoadSources } from '../rows/load-sources.ts';
import { createStreamFacts } from '../rows/stream-facts.ts';
import {
  PAGE_SIZE,
  PAGE_SIZE_MAX,
  pageSchema,
  snapshotSchema,
  streamPage,
  type StreamPages,
} from '../rows/stream-page.ts';
import { streamPaths } from '../rows/stream-paths.ts';
import { STREAMS } from '../rows/streams.ts';
import { pageSizeWord, pageWords, requireSense } from '../rows/words.ts';
import type { StreamHub } from '../sse/hub.ts';
import { streamHealth, streamHealthSchema } from './stream-health.ts';

const EVENTS_TYPE = 'text/event-stream';

const DESCRIPTION =
  'Pages walk the key of the rows, so that each row which was there at the start comes once while others arrive. since gives the frame of a snapshot: ' +
  'dataset, requested_since and count beside the rows. health gives the health of the stream instead. Accept: text/event-stream opens a stream of ' +
  'events. CSV has the exact values; a spreadsheet may take text that begins with = for a formula.';

export function streamEndpoints(api: ApiDependencies, hub: StreamHub): Endpoint[] {
  const pages: StreamPages = {
    reads: api.reads,
    facts: createStreamFacts(api.reads, api.notices, api.clock),
    sources: createLoadSources(),
    cursorKey: api.settings.cursorKey,
  };
  return [...STREAM_KEYS.map((stream) => streamEndpoint(api, hub, pages, stream)), aesoPost(api)];
}

function streamEndpoint(api: ApiDependencies, hub: StreamHub, pages: StreamPages, stream: StreamKey): Endpoint {
  return endpoint({
    name: `stream-${stream}`,
    method: 'get',
    paths: streamPaths('stream', stream),
    tag: 'Streams',
    summary: `Rows of ${stream}, oldest first`,
    description: DESCRIPTION,
    limit: 'read',
    query: z.object({
      limit: pageSizeWord(PAGE_SIZE, PAGE_SIZE_MAX),
      ...pageWords,
      since: instantWord('Rows from this instant on, as a snapshot. Not with from.'),
      health: z.string().optional().openapi({ description: 'Present: the health of the stream, and no rows.' }),
    }),
    answer: z.union([snapshotSchema(stream), pageSchema(stream), streamHealthSchema]),
    media: [EVENTS_TYPE, CSV_TYPE, NDJSON_TYPE, ARROW_TYPE],
    cache: { seconds: 30, tables: [STREAMS[stream].table, 'public.stream_manifest'] },
    handle: async (given) => {
      const { query, c } = given;
      if (/\btext\/event-stream\b/i.test(c.req.header('Accept') ?? '')) return hub.respond(stream, given);
      if (query.health !== undefined) return { body: await streamHealth(api, stream), keep: false };
      if (query.since !== undefined && query.from !== undefined)
        throw queryInvalid('since and from both say where the rows begin', 'send one of them');
      requireSense({ ...query, from: query.from ?? query.since });
      return streamPage(pages, stream, query);
    },
  });
}

// grain: one row. reads: public.stream_aeso_grid_data. params: none.
const AESO_HELD = `
  select count(*)::int as records, max(captured_at) as newest, public.stream_provenance('aeso-grid-data') as provenance
  from public.stream_aeso_grid_data`;

/** The front end's schedule posts here to have AESO asked. Loads ask AESO; this says what they brought. */
function aesoPost({ reads }: ApiDependencies): Endpoint {
  return endpoint({
    name: 'stream-aeso-grid-data',
    method: 'post',
    paths: streamPaths('stream', 'aeso-grid-data'),
    tag: 'Streams',
    summary: 'What the loads of AESO have brought so far; nothing is fetched',
    limit: 'read',
    answer: z.object({
      success: z.boolean().openapi({ description: 'Whether there are rows.' }),
      records: z.number().int().openapi({ description: 'Rows of the stream.' }),
      timestamp: z.string().nullable().openapi({ description: 'Instant of the newest row.' }),
      provenance: provenanceSchema,
    }),
    handle: async () => {
      const [row] = await reads.query<{ records: number; newest: Date | null; provenance: Provenance }>(AESO_HELD);
      if (row === undefined) throw new Error('a count gave no row');
      const { records, newest, provenance } = row;
      return { body: { success: records > 0, records, timestamp: newest?.toISOString() ?? null, provenance } };
    },
  });
}
