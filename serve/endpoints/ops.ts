/** Operations: their health, the heartbeat of jobs that run elsewhere, and the manifest of all streams. */
import { z } from 'zod';
import { endpoint, type Endpoint, everyPath } from '../api/endpoint.ts';
import { ownProvenance, provenanceSchema } from '../api/provenance.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { opsHealth, opsHealthSchema } from './ops-health.ts';
import { streamCatalogEndpoint } from './stream-catalog.ts';

const line = (max: number): z.ZodString =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[^\0]*$/, 'holds a NUL');
const instant = z.iso.datetime({ offset: true }).refine((text) => Number(text.slice(0, 4)) >= 1900, 'is long ago');

/** What jsonb can hold, and not what the engine marks its own runs with. */
const metadata = z
  .record(z.string(), z.unknown())
  .refine((given) => !('backend' in given), 'may not have the key backend, by which runs of the engine are known')
  .refine((given) => !/\\u(0000|d[89a-f])/i.test(JSON.stringify(given)), 'holds characters that the database cannot');

const heartbeat = z
  .strictObject({
    run_type: z.enum(['ingestion', 'forecast', 'purge', 'maintenance', 'retrain', 'other']),
    status: z.enum(['running', 'success', 'failure']),
    job_name: line(200).optional(),
    started_at: instant.optional().openapi({ description: 'Default: now.' }),
    completed_at: instant.optional().openapi({ description: 'Default: now, unless it is running.' }),
    duration_ms: z.number().int().min(0).max(2_147_483_647).optional(),
    error_message: line(2_000).optional(),
    metadata: metadata.optional(),
  })
  .refine(({ status, completed_at }) => status !== 'running' || completed_at === undefined, {
    message: 'what is running has no completed_at',
    path: ['completed_at'],
  })
  .refine(({ started_at, completed_at }) => isInOrder(started_at, completed_at), {
    message: 'is before started_at',
    path: ['completed_at'],
  });

function isInOrder(started: string | undefined, completed: string | undefined): boolean {
  return started === undefined || completed === undefined || Date.parse(started) <= Date.parse(completed);
}

// grain: one row. reads: nothing; writes public.ops_runs. params: the parts of a heartbeat.
const WRITE = `
  insert into public.ops_runs (run_type, status, job_name, started_at, completed_at, duration_ms, error_message, metadata)
  values ($1, $2, $3, coalesce($4::timestamptz, $5::timestamptz, now()), case when $2 <> 'running' then coalesce($5::timestamptz, greatest(now(), $4::timestamptz)) end, $6, $7,
    coalesce($8::jsonb, '{}') || '{"via": "ops-heartbeat"}')
  returning id`;

export function opsEndpoints(api: ApiDependencies): Endpoint[] {
  return [
    endpoint({
      name: 'ops-health',
      method: 'get',
      paths: everyPath('ops-health', '/api/ops-health', '/api/ops/health'),
      tag: 'Operations',
      summary: 'Figures of the last day of runs, calls and data; null where nobody measured',
      limit: 'read',
      answer: opsHealthSchema,
      cache: { seconds: 15, tables: ['public.ontario_hourly_demand'] },
      handle: async () => ({ body: await opsHealth(api) }),
    }),
    endpoint({
      name: 'ops-heartbeat',
      method: 'post',
      paths: everyPath('ops-heartbeat', '/api/ops-heartbeat', '/api/ops/heartbeat'),
      tag: 'Operations',
      summary: 'Writes down a run of a job that is not the engine’s',
      limit: 'write',
      needs: 'service',
      body: heartbeat,
      answer: z.object({ ok: z.literal(true), id: z.string(), provenance: provenanceSchema }),
      handle: async ({ body }) => {
        const [row] = await api.service.query<{ id: string }>(WRITE, [
          body.run_type,
          body.status,
          body.job_name ?? null,
          body.started_at ?? null,
          body.completed_at ?? null,
          body.duration_ms ?? null,
          body.error_message ?? null,
          body.metadata === undefined ? null : JSON.stringify(body.metadata),
        ]);
        if (row === undefined) throw new Error('no row was written');
        return { body: { ok: true as const, id: row.id, provenance: ownProvenance('ops-heartbeat', api.clock.now()) } };
      },
    }),
    streamCatalogEndpoint(api),
  ];
}
