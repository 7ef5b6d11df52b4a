/** State of the grid: what the operators report, stability metrics and recommendations. */
import { z } from 'zod';
import { endpoint, type Endpoint, everyPath } from '../api/endpoint.ts';
import { CSV_TYPE } from '../api/media.ts';
import { provenanceSchema, type Provenance } from '../api/provenance.ts';
import { limitWord, REGIONS } from '../api/query.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { NOT_MEASURED, notMeasured } from './not-measured.ts';
import { panelList, readPanel } from './panel-list.ts';

const region = z.enum(REGIONS).default('Ontario');

const record = z.object({
  id: z.string().nullable(),
  region: z.string(),
  demand_mw: z.number(),
  supply_mw: z.number(),
  reserve_margin: z.number().nullable().openapi({ description: 'Fraction of demand.' }),
  frequency_hz: z.number().nullable(),
  voltage_kv: z.number().nullable(),
  congestion_index: z.number().nullable(),
  status: z.enum(['stable', 'warning', 'critical']).nullable(),
  captured_at: z.string(),
  data_source: z.string().nullable().openapi({
    description: 'The report that measured it, after sample: where it is none; edit, adopted; null: nobody knows.',
  }),
});

// As in public.stream_aeso_grid_data: a row whose load is not known has no source that anybody could check.
const DATA_SOURCE = `case
  when starts_with(public.load_source(t.load_id), 'sample:') then 'sample:' || t.data_source
  when public.load_source(t.load_id) in ('edit', 'adopted') then public.load_source(t.load_id)
  when public.load_source(t.load_id) is not null then t.data_source end`;

// grain: one row per region and instant. reads: public.grid_status. params: $1 region, $2 rows.
const STATUS = panelList({
  name: 'grid-status',
  table: 'public.grid_status',
  columns: [
    { name: 'id', type: 'uuid' },
    { name: 'region', type: 'text' },
    { name: 'demand_mw', type: 'numeric' },
    { name: 'supply_mw', type: 'numeric' },
    { name: 'reserve_margin', type: 'numeric' },
    { name: 'frequency_hz', type: 'numeric' },
    { name: 'voltage_kv', type: 'numeric' },
    { name: 'congestion_index', type: 'numeric' },
    { name: 'status', type: 'text' },
    { name: 'captured_at', type: 'timestamptz' },
    { name: 'data_source', type: 'text', as: DATA_SOURCE },
  ],
  where: 'region = $1',
  order: 'captured_at desc',
  instant: 'captured_at',
  limit: '$2',
});

const stability = z.object({
  region: z.string(),
  frequency_stability: z.number().nullable().openapi({ description: 'null: no source publishes frequency.' }),
  voltage_stability: z.number().nullable().openapi({ description: 'null: no source publishes voltage.' }),
  congestion_index: z.number().nullable().openapi({ description: 'Share of congestion in the price.' }),
  reserve_margin: z.number().nullable().openapi({ description: 'Fraction of demand.' }),
  last_updated: z.string(),
  provenance: provenanceSchema,
});

// grain: one row per region that was measured. reads: public.grid_stability_metrics, and the rows that it is made of. params: $1 region.
const STABILITY = `
  select m.region, m.frequency_stability::float8, m.voltage_stability::float8, m.congestion_index::float8, m.reserve_margin::float8, m.last_updated,
    public.provenance_of_loads(
      array[
        (select g.load_id from public.grid_status g where g.region = m.region order by g.captured_at desc limit 1),
        case when m.congestion_index is not null then (select p.load_id from public.ontario_realtime_prices p order by p.interval_start desc limit 1) end
      ], m.last_updated, null, 'congestion_index: |congestion part| / |price| of the newest real-time price, whichever instant that is') as provenance
  from public.grid_stability_metrics m where m.region = $1`;

interface StabilityRow {
  readonly region: string;
  readonly frequency_stability: number | null;
  readonly voltage_stability: number | null;
  readonly congestion_index: number | null;
  readonly reserve_margin: number | null;
  readonly last_updated: Date;
  readonly provenance: Provenance;
}

const recommendation = z.object({
  id: z.string(),
  region: z.string(),
  recommendation_type: z.enum(['demand_response', 'generation_adjustment', 'congestion_relief', 'voltage_control']),
  priority: z.enum(['low', 'medium', 'high', 'critical']),
  description: z.string(),
  expected_impact_percent: z.number().nullable(),
  implementation_time_minutes: z.number().int().nullable(),
  confidence: z.number().nullable().openapi({ description: '0 to 1.' }),
  generated_at: z.string(),
});

// grain: one row per recommendation. reads: public.grid_recommendations. params: $1 region, $2 rows.
const RECOMMENDATIONS = panelList({
  name: 'grid-recommendations',
  table: 'public.grid_recommendations',
  columns: [
    { name: 'id', type: 'uuid' },
    { name: 'region', type: 'text' },
    { name: 'recommendation_type', type: 'text' },
    { name: 'priority', type: 'text' },
    { name: 'description', type: 'text' },
    { name: 'expected_impact_percent', type: 'numeric' },
    { name: 'implementation_time_minutes', type: 'int4' },
    { name: 'confidence', type: 'numeric' },
    { name: 'generated_at', type: 'timestamptz' },
  ],
  where: 'region = $1',
  order: 'generated_at desc, id',
  instant: 'generated_at',
  limit: '$2',
});

export function gridEndpoints({ reads }: ApiDependencies): Endpoint[] {
  return [
    endpoint({
      name: 'api-v2-grid-status',
      method: 'get',
      paths: everyPath('api-v2-grid-status', '/api/grid/status'),
      tag: 'Grid',
      summary: 'Demand, supply and reserve of a region, newest first',
      limit: 'read',
      query: z.object({ region, limit: limitWord(24, 1_000) }),
      answer: z.object({ region: z.string(), records: z.array(record), provenance: provenanceSchema }),
      media: [CSV_TYPE],
      cache: { seconds: 30, tables: ['public.grid_status'] },
      handle: async ({ query }) => {
        const { records, provenance, rows } = await readPanel<z.input<typeof record>>(reads, STATUS, [
          query.region,
          query.limit,
        ]);
        return { body: { region: query.region, records, provenance }, rows };
      },
    }),
    endpoint({
      name: 'api-v2-grid-stability-metrics',
      method: 'get',
      paths: everyPath('api-v2-grid-stability-metrics', '/api/grid/stability-metrics'),
      tag: 'Grid',
      summary: 'Stability of the grid of a region, of its newest measurement',
      limit: 'read',
      query: z.object({ region }),
      answer: stability,
      refusals: NOT_MEASURED,
      cache: { seconds: 30, tables: ['public.grid_status', 'public.ontario_realtime_prices'] },
      handle: async ({ query }) => {
        const [row] = await reads.query<StabilityRow>(STABILITY, [query.region]);
        if (row === undefined)
          throw notMeasured(
            query.region,
            'stability metrics',
            'ask for Ontario or Alberta, whose operators publish them',
          );
        return { body: { ...row, last_updated: row.last_updated.toISOString() } };
      },
    }),
    endpoint({
      name: 'api-v2-grid-optimization-recommendations',
      method: 'get',
      paths: everyPath('api-v2-grid-optimization-recommendations', '/api/grid/optimization-recommendations'),
      tag: 'Grid',
      summary: 'What a study or an operator recommends for a region, newest first',
      limit: 'read',
      query: z.object({ region, limit: limitWord(10, 1_000) }),
      answer: z.object({ region: z.string(), recommendations: z.array(recommendation), provenance: provenanceSchema }),
      media: [CSV_TYPE],
      handle: async ({ query }) => {
        const { records, provenance, rows } = await readPanel<z.input<typeof recommendation>>(reads, RECOMMENDATIONS, [
          query.region,
          query.limit,
        ]);
        return { body: { region: query.region, recommendations: records, provenance }, rows };
      },
    }),
  ];
}
