/** What a client must know of a stream before it asks for rows: their keys, the size of pages, whose data they are. */
import { z } from 'zod';
import { Fault } from '../../core/errors.ts';
import { STREAM_KEYS, type StreamKey } from '../../core/flags.ts';
import { endpoint, type Endpoint } from '../api/endpoint.ts';
import { provenanceSchema } from '../api/provenance.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { createStreamFacts } from '../rows/stream-facts.ts';
import { streamPaths } from '../rows/stream-paths.ts';
import { STREAMS } from '../rows/streams.ts';

const manifestSchema = z
  .object({
    stream_key: z.string(),
    dataset: z.string(),
    version: z.string().openapi({ description: 'Of the shape of the rows: another one when fields change.' }),
    fields: z.array(z.string()).openapi({ description: 'Keys of the rows, in order.' }),
    page_size_default: z.number().int(),
    max_page_size: z.number().int(),
    notes: z.string().nullable(),
    title: z.string(),
    provider: z.string(),
    region: z.string().nullable(),
    license: z.string(),
    source_url: z.string(),
    update_frequency: z.string(),
    stale_after_hours: z.number().int().nullable(),
    enabled: z.boolean(),
    provenance_type: z.string(),
    provenance: provenanceSchema.openapi({ description: 'Of the rows of the stream, by the newest of them.' }),
  })
  .openapi('StreamManifest');

export function manifestEndpoints({ reads, notices, clock }: ApiDependencies): Endpoint[] {
  const facts = createStreamFacts(reads, notices, clock);
  return STREAM_KEYS.map((stream) =>
    endpoint({
      name: `manifest-${stream}`,
      method: 'get',
      paths: streamPaths('manifest', stream),
      tag: 'Streams',
      summary: `Manifest of ${stream}`,
      limit: 'read',
      answer: manifestSchema,
      refusals: { 404: { when: 'The manifest is not loaded.' } },
      cache: { seconds: 60, tables: ['public.stream_manifest', STREAMS[stream].table] },
      handle: async () => {
        const { manifest, provenance } = await facts.read(stream);
        if (manifest === null) throw notLoaded(stream);
        return { body: { stream_key: stream, ...manifest, fields: [...manifest.fields], provenance } };
      },
    }),
  );
}

function notLoaded(stream: StreamKey): Fault {
  return new Fault({
    code: 'DATA_UNKNOWN',
    kind: 'usage',
    what: `the database has no manifest of ${stream}`,
    consequence: 'nothing was shown',
    next: 'whoever runs this server loads it: penstock db seed',
  });
}
