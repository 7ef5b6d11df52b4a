/** Health of operations, out of what runs, calls and loads have written. Without data a figure is null and its goal unknown; none has an end stop. */
import { z } from 'zod';
import { type Freshness, type Provenance, provenanceSchema } from '../api/provenance.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { STREAM_STATUS, type StreamHealth, streamsHealth } from './stream-health.ts';

const METHOD =
  'of the last 24 hours: ingestion_uptime_percent and forecast_job_success_rate are 100 × succeeded / ended runs of ops_runs; avg_job_latency_ms the mean ' +
  'of their durations; error_rate_percent 100 × answers from 500 up / all answers of edge_invocation_log, each counted 1 / sample_rate times; ' +
  'data_freshness_minutes: since the end of the newest measured hour of Ontario’s demand';

const percent = z.number().nullable();
const goal = z.enum(['met', 'missed', 'unknown']);

export const streamSummarySchema = z.object({
  healthy: z.number().int(),
  degraded: z.number().int(),
  error: z.number().int(),
  unknown: z.number().int(),
  total: z.number().int(),
});

export type StreamSummary = z.input<typeof streamSummarySchema>;

export const opsHealthSchema = z
  .object({
    ingestion_uptime_percent: percent,
    forecast_job_success_rate: percent.openapi({ description: 'Unit: %. null: no forecast was made.' }),
    avg_job_latency_ms: z.number().nullable(),
    data_freshness_minutes: z.number().nullable(),
    error_rate_percent: percent,
    last_heartbeat_at: z.string().nullable().openapi({ description: 'End of the newest run that is no purge.' }),
    last_purge_run: z.string().nullable(),
    last_24h_jobs: z.number().int().openapi({ description: 'Runs that ended, well or not.' }),
    slo_status: z
      .object({ ingestion: goal, forecast: goal, latency: goal, freshness: goal })
      .openapi({ description: 'Ingestion at least 99 %, forecast 98 %, latency at most 500 ms, freshness 15 min.' }),
    stream_summary: streamSummarySchema,
    provenance: provenanceSchema,
  })
  .openapi('OpsHealth');

// grain: one row. reads: public.ops_runs, public.edge_invocation_log, public.ontario_hourly_demand. params: none.
const FIGURES = `
  with runs as materialized (
    select run_type, status, duration_ms from public.ops_runs where created_at > now() - interval '24 hours' and status <> 'running'
  ), calls as materialized (
    select status, case when jsonb_typeof(metadata -> 'sample_rate') = 'number' then 1 / nullif((metadata ->> 'sample_rate')::numeric, 0) else 1 end as times
    from public.edge_invocation_log where started_at > now() - interval '24 hours'
  )
  select
    (select 100.0 * count(*) filter (where status = 'success') / nullif(count(*), 0) from runs where run_type = 'ingestion')::float8 as ingestion,
    (select 100.0 * count(*) filter (where status = 'success') / nullif(count(*), 0) from runs where run_type = 'forecast')::float8 as forecast,
    (select avg(duration_ms) from runs)::float8 as latency_ms,
    (select count(*) from runs)::int as jobs,
    (select 100.0 * coalesce(sum(times) filter (where status = 'error'), 0) / sum(times) from calls)::float8 as errors,
    (select extract(epoch from now() - (max(hour) + interval '1 hour')) / 60 from public.ontario_hourly_demand where ontario_demand_mw is not null)::float8
      as freshness_minutes,
    (select max(completed_at) from public.ops_runs where run_type <> 'purge') as heartbeat,
    (select max(completed_at) from public.ops_runs where run_type = 'purge' and status = 'success') as purge,
    coalesce(public.database_content() = 'samples', false) as is_sample`;

interface FiguresRow {
  readonly ingestion: number | null;
  readonly forecast: number | null;
  readonly latency_ms: number | null;
  readonly jobs: number;
  readonly errors: number | null;
  readonly freshness_minutes: number | null;
  readonly heartbeat: Date | null;
  readonly purge: Date | null;
  readonly is_sample: boolean;
}

export async function opsHealth(api: ApiDependencies): Promise<z.input<typeof opsHealthSchema>> {
  const [[row], streams] = await Promise.all([api.service.query<FiguresRow>(FIGURES), streamsHealth(api)]);
  if (row === undefined) throw new Error('the question for figures gave no row');
  return {
    ingestion_uptime_percent: rounded(row.ingestion),
    forecast_job_success_rate: rounded(row.forecast),
    avg_job_latency_ms: rounded(row.latency_ms),
    data_freshness_minutes: rounded(row.freshness_minutes),
    error_rate_percent: rounded(row.errors),
    last_heartbeat_at: row.heartbeat?.toISOString() ?? null,
    last_purge_run: row.purge?.toISOString() ?? null,
    last_24h_jobs: row.jobs,
    slo_status: {
      ingestion: goalOf(row.ingestion, (value) => value >= 99),
      forecast: goalOf(row.forecast, (value) => value >= 98),
      latency: goalOf(row.latency_ms, (value) => value <= 500),
      freshness: goalOf(row.freshness_minutes, (value) => value <= 15),
    },
    stream_summary: summaryOf(streams.values()),
    provenance: opsProvenance(row, api.clock.now()),
  };
}

export function summaryOf(streams: Iterable<Pick<StreamHealth, 'status'>>): StreamSummary {
  const all = [...streams];
  const count = (status: (typeof STREAM_STATUS)[number]): number => all.filter((one) => one.status === status).length;
  return {
    healthy: count('healthy'),
    degraded: count('degraded'),
    error: count('error'),
    unknown: count('unknown'),
    total: all.length,
  };
}

/** Hours after which the front end calls figures of operations stale. */
const STALE_AFTER_MS = 3_600_000;

function opsProvenance({ heartbeat, is_sample }: FiguresRow, now: number): Provenance {
  const freshness = (): Freshness => {
    if (heartbeat === null) return 'unknown';
    if (is_sample) return 'demo';
    return now - heartbeat.getTime() > STALE_AFTER_MS ? 'stale' : 'live';
  };
  const freshness_status = freshness();
  return {
    source: heartbeat === null ? null : `${is_sample ? 'sample:' : ''}penstock operations`,
    last_updated: heartbeat?.toISOString() ?? null,
    freshness_status,
    is_fallback: freshness_status === 'demo',
    calculation_method: METHOD,
  };
}

function goalOf(value: number | null, isMet: (value: number) => boolean): z.input<typeof goal> {
  if (value === null) return 'unknown';
  return isMet(value) ? 'met' : 'missed';
}

function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 100) / 100;
}
