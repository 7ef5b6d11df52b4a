/** Health of a stream, out of what loads have written down: what nobody measured is null, and this process remembers nothing. */
import { z } from 'zod';
import { STREAM_KEYS, type StreamKey } from '../../core/flags.ts';
import { streamHealthKey } from '../../core/streams.ts';
import { endpoint, type Endpoint, everyPath } from '../api/endpoint.ts';
import { type Provenance, provenanceSchema } from '../api/provenance.ts';
import type { ApiDependencies } from '../dependencies.ts';

export const STREAM_STATUS = ['healthy', 'degraded', 'error', 'unknown'] as const;
export type StreamStatus = (typeof STREAM_STATUS)[number];

const METHOD =
  'status: of the last load, at most degraded for samples and where nobody has looked since the newest row went stale; ' +
  'errorRatePercent and uptime: of the runs that began in the last 24 hours and had the dataset that feeds the stream';

export const streamHealthSchema = z
  .object({
    service: z.string(),
    status: z.enum(STREAM_STATUS).openapi({ description: 'unknown: nothing was ever loaded.' }),
    lastSuccessfulFetch: z.string().nullable().openapi({ description: 'When rows of the stream were last in place.' }),
    errorCount: z.number().int().nullable().openapi({ description: 'Failures since the last success.' }),
    errorRatePercent: z.number().nullable().openapi({ description: 'Of the runs of the last 24 hours. Unit: %.' }),
    uptime: z.number().nullable().openapi({ description: 'Runs of the last 24 hours that did not fail. Unit: %.' }),
    timestamp: z.string().openapi({ description: 'When this was asked.' }),
    provenance: provenanceSchema,
  })
  .openapi('StreamHealth');

export type StreamHealth = z.input<typeof streamHealthSchema>;

// grain: one row per asked stream. reads: public.stream_health, public.stream_manifest, public.ops_runs. params: $1 streams, $2 their keys in stream_health.
const HEALTH = `
  select w.stream, s.status, s.last_success, s.error_count, r.runs, r.failed, public.stream_provenance(w.stream) as provenance,
    coalesce(s.updated_at < now() - make_interval(hours => coalesce(m.stale_after_hours, 24)), false) as judged_long_ago
  from unnest($1::text[], $2::text[]) w (stream, health_key)
  left join public.stream_health s on s.stream_key = w.health_key
  left join public.stream_manifest m on m.stream_key = w.stream
  left join lateral (
    select count(*)::int as runs,
      -- A run that was killed has no end, and nobody knows what it did.
      (count(*) filter (where o.completed_at is null or o.metadata -> 'failed_datasets' ? (s.metadata ->> 'dataset')))::int as failed
    from public.ops_runs o
    where o.run_type = 'ingestion' and o.status <> 'running' and o.created_at > now() - interval '24 hours'
      and o.metadata -> 'datasets' ? (s.metadata ->> 'dataset')
  ) r on true`;

interface HealthRow {
  readonly stream: StreamKey;
  readonly status: 'healthy' | 'degraded' | 'error' | null;
  readonly last_success: Date | null;
  readonly error_count: number | null;
  readonly runs: number;
  readonly failed: number;
  readonly provenance: Provenance;
  readonly judged_long_ago: boolean;
}

export async function streamHealth(api: ApiDependencies, stream: StreamKey): Promise<StreamHealth> {
  const health = (await streamsHealth(api, [stream])).get(stream);
  if (health === undefined) throw new Error('the question for the health of a stream gave no row');
  return health;
}

/** All of them in one statement. */
export async function streamsHealth(
  { service, clock }: ApiDependencies,
  streams: readonly StreamKey[] = STREAM_KEYS,
): Promise<ReadonlyMap<StreamKey, StreamHealth>> {
  const rows = await service.query<HealthRow>(HEALTH, [streams, streams.map(streamHealthKey)]);
  const timestamp = new Date(clock.now()).toISOString();
  return new Map(rows.map((row) => [row.stream, healthOf(row, timestamp)]));
}

function healthOf(row: HealthRow, timestamp: string): StreamHealth {
  const failedPercent = row.runs === 0 ? null : Math.round((10_000 * row.failed) / row.runs) / 100;
  return {
    service: `stream-${row.stream}`,
    status: statusOf(row),
    lastSuccessfulFetch: row.last_success?.toISOString() ?? null,
    errorCount: row.error_count,
    errorRatePercent: failedPercent,
    uptime: failedPercent === null ? null : Math.round(100 * (100 - failedPercent)) / 100,
    timestamp,
    provenance: { ...row.provenance, calculation_method: METHOD },
  };
}

/** A load knows how fresh it was; only a reader knows that nobody has come since. */
function statusOf({ status, provenance, judged_long_ago }: HealthRow): StreamStatus {
  if (status !== 'healthy') return status ?? 'unknown';
  const isOld = provenance.freshness_status === 'stale' && judged_long_ago;
  return provenance.is_fallback || isOld ? 'degraded' : 'healthy';
}

/** `/stream-ontario-demand/health` and its likes. */
export function streamHealthEndpoints(api: ApiDependencies): Endpoint[] {
  return STREAM_KEYS.map((stream) =>
    endpoint({
      name: `stream-${stream}-health`,
      method: 'get',
      paths: everyPath(`stream-${stream}/health`, `/api/stream-${stream}/health`),
      tag: 'Health',
      summary: `Health of the stream ${stream}`,
      limit: 'read',
      answer: streamHealthSchema,
      handle: async () => ({ body: await streamHealth(api, stream) }),
    }),
  );
}
