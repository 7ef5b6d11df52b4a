/** The manifest of all streams: a list of them, or everything that is known of each with its health. */
import { z } from 'zod';
import { STREAM_KEYS, type StreamKey } from '../../core/flags.ts';
import { endpoint, type Endpoint, everyPath } from '../api/endpoint.ts';
import { provenanceSchema, type Provenance } from '../api/provenance.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { streamSummarySchema, summaryOf } from './ops-health.ts';
import { streamHealthSchema, streamsHealth } from './stream-health.ts';

const stream = z.object({
  stream_key: z.string(),
  dataset: z.string(),
  version: z.string(),
  title: z.string(),
  provider: z.string(),
  region: z.string().nullable(),
  fields: z.array(z.string()),
  page_size_default: z.number().int(),
  max_page_size: z.number().int(),
  license: z.string(),
  source_url: z.string(),
  update_frequency: z.string(),
  stale_after_hours: z.number().int().nullable(),
  notes: z.string().nullable(),
});

const list = z.object({ streams: z.array(stream), provenance: provenanceSchema });
const full = z.object({
  system: z.object({
    content: z.enum(['samples', 'real']).nullable().openapi({ description: 'null: nothing was loaded yet.' }),
    stream_summary: streamSummarySchema,
    version: z.string(),
    timestamp: z.string(),
  }),
  datasets: z.record(z.string(), stream.extend({ health: streamHealthSchema })),
  metadata: z.object({ count: z.number().int(), not_described: z.array(z.string()) }),
  provenance: provenanceSchema,
});

// grain: one row. reads: public.stream_manifest. params: none.
const STREAMS = `
  select coalesce(json_agg(json_build_object(
      'stream_key', m.stream_key, 'dataset', m.dataset, 'version', m.version, 'title', m.title, 'provider', m.provider, 'region', m.region,
      'fields', m.fields, 'page_size_default', m.page_size_default, 'max_page_size', m.max_page_size, 'license', m.license, 'source_url', m.source_url,
      'update_frequency', m.update_frequency, 'stale_after_hours', m.stale_after_hours, 'notes', m.notes) order by m.stream_key), '[]') as streams,
    public.provenance_of_loads(array_agg(distinct m.load_id), max(m.created_at)) as provenance, public.database_content() as content
  from public.stream_manifest m`;

interface StreamsRow {
  readonly streams: readonly z.input<typeof stream>[];
  readonly provenance: Provenance;
  readonly content: 'samples' | 'real' | null;
}

export function streamCatalogEndpoint(api: ApiDependencies): Endpoint {
  return endpoint({
    name: 'manifest',
    method: 'get',
    paths: everyPath('manifest', '/api/manifest'),
    tag: 'Streams',
    summary: 'All streams: a list, or with format=full or health=true what is known of each and how it is',
    limit: 'read',
    query: z.object({ health: z.enum(['true', 'false']).optional(), format: z.enum(['full', 'list']).optional() }),
    answer: z.union([full, list]),
    cache: { seconds: 15, tables: ['public.stream_manifest', 'public.stream_health'] },
    handle: async ({ query: { health, format } }) => {
      const [row] = await api.reads.query<StreamsRow>(STREAMS);
      if (row === undefined) throw new Error('the question for streams gave no row');
      if (format !== 'full' && health !== 'true')
        return { body: { streams: [...row.streams], provenance: row.provenance } };
      return { body: await fullManifest(api, row) };
    },
  });
}

async function fullManifest(
  api: ApiDependencies,
  { streams, provenance, content }: StreamsRow,
): Promise<z.input<typeof full>> {
  const health = await streamsHealth(api);
  const described = new Map(streams.map((one) => [one.stream_key, one]));
  const datasets = STREAM_KEYS.flatMap((key: StreamKey) => {
    const [words, state] = [described.get(key), health.get(key)];
    return words === undefined || state === undefined ? [] : [[key, { ...words, health: state }] as const];
  });
  return {
    system: {
      content,
      stream_summary: summaryOf(health.values()),
      version: api.version,
      timestamp: new Date(api.clock.now()).toISOString(),
    },
    datasets: Object.fromEntries(datasets),
    metadata: { count: datasets.length, not_described: STREAM_KEYS.filter((key) => !described.has(key)) },
    provenance,
  };
}
