/** State of the grid: what the operators report, stability metrics and recommendations. */
import { z } from 'zod';
import { endpoint, type Endpoint, everyPath } from '../api/endpoint.ts';
import { CSV_TYPE } from '../api/media.ts';
import { provenanceSchema, type Provenance } from '../api/provenance.ts';
import { limitWord, REGIONS } from '../api/query.ts';
import type { ApiDependencies } from '../dependencies.ts';

const record = z.object({
  id: z.string(),
  region: z.string(),
  demand_mw: z.number(),
  supply_mw: z.number(),
  reserve_margin: z.number().nullable(),
  frequency_hz: z.number().nullable(),
  voltage_kv: z.number().nullable(),
  congestion_index: z.number().nullable(),
  status: z.string().nullable(),
  captured_at: z.string(),
  data_source: z.string().nullable(),
});

// grain: one row per region and instant. reads: public.grid_status. params: $1 region, $2 rows.
const STATUS = `
  with newest as (
    select * from public.grid_status where region = $1 order by captured_at desc limit $2
  )
  select coalesce((select json_agg(json_build_object(
      'id', id, 'region', region, 'demand_mw', demand_mw, 'supply_mw', supply_mw, 'reserve_margin', reserve_margin, 'frequency_hz', frequency_hz,
      'voltage_kv', voltage_kv, 'congestion_index', congestion_index, 'status', status, 'captured_at', captured_at, 'data_source', data_source)
      order by captured_at desc) from newest), '[]') as records,
    public.provenance_of_loads((select array_agg(load_id) from newest), (select max(captured_at) from newest)) as provenance`;

export function gridEndpoints({ reads }: ApiDependencies): Endpoint[] {
  return [
    endpoint({
      name: 'api-v2-grid-status',
      method: 'get',
      paths: everyPath('api-v2-grid-status', '/api/grid/status'),
      tag: 'Grid',
      summary: 'Demand, supply and reserve of a region, newest first',
      limit: 'read',
      query: z.object({ region: z.enum(REGIONS).default('Ontario'), limit: limitWord(24, 1_000) }),
      answer: z.object({ region: z.string(), records: z.array(record), provenance: provenanceSchema }),
      media: [CSV_TYPE],
      cache: { seconds: 30, tables: ['public.grid_status'] },
      handle: async ({ query: { region, limit } }) => {
        const [row] = await reads.query<{ records: z.input<typeof record>[]; provenance: Provenance }>(STATUS, [
          region,
          limit,
        ]);
        const { records = [], provenance } = row ?? {};
        return { body: { region, records, provenance: provenance as Provenance } };
      },
    }),
  ];
}
