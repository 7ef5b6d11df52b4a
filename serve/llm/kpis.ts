/** Key figures of the transition, computed from what is loaded: no model, and null where a withheld cell makes a share unknown. */
import { z } from 'zod';
import type { Database } from '../../core/effects.ts';
import { type Provenance, provenanceSchema } from '../api/provenance.ts';
import type { DatasetSpec } from './datasets.ts';
import { dataUnknown } from './faults.ts';

export const kpisResult = z.object({
  dataset: z.string(),
  timeframe: z.string().nullable(),
  kpis: z.object({
    total_mwh: z.number().nullable(),
    top_source: z.object({ type: z.string(), mwh: z.number() }).nullable(),
    renewable_share: z.number().nullable().openapi({ description: '0 to 1; null: a withheld cell makes it unknown.' }),
  }),
  sources: z.array(
    z.object({
      id: z.string(),
      last_updated: z.string().nullable(),
      excerpt: z.string(),
      snippets: z.array(z.object({ text: z.string(), context: z.string() })),
    }),
  ),
});

interface KpiRow {
  readonly total_mwh: number | null;
  readonly top_type: string | null;
  readonly top_mwh: number | null;
  readonly renewable_share: number | null;
  readonly window_start: string | null;
  readonly window_end: string | null;
  readonly rows: number;
  readonly withheld: number;
  readonly kinds: readonly { readonly type: string; readonly mwh: number | null }[];
  readonly provenance: Provenance;
}

/** From `rows` (type, mwh, at, version) and the kinds that count as renewable. */
const SUMMED = (renewable: string, method: string): string => `
  kinds as (
    select type, sum(mwh) as mwh, count(*) filter (where mwh is null) as withheld, count(*) as n from rows group by type
  ), total as (
    select sum(mwh) as mwh, sum(withheld) as withheld, sum(n) as n, sum(mwh) filter (where type in (${renewable})) as renewable from kinds
  )
  select t.mwh::float8 as total_mwh, top.type as top_type, top.mwh::float8 as top_mwh,
    case when t.mwh > 0 and t.withheld = 0 then round((coalesce(t.renewable, 0) / t.mwh)::numeric, 4)::float8 end as renewable_share,
    (select min(at)::text from rows) as window_start, (select max(at)::text from rows) as window_end,
    coalesce(t.n, 0)::int as rows, coalesce(t.withheld, 0)::int as withheld,
    coalesce((select json_agg(json_build_object('type', k.type, 'mwh', k.mwh::float8) order by k.mwh desc nulls last, k.type) from kinds k), '[]') as kinds,
    public.provenance_of_loads((select array_agg(distinct version::bigint) from rows), (select max(at)::timestamptz from rows), null, '${method}') as provenance
  from total t left join (select type, mwh from kinds where mwh is not null order by mwh desc, type limit 1) top on true`;

// grain: one row. reads: public.stream_provincial_generation. params: $1 days before the newest month.
const BY_MONTH = `
  with rows as (
    select generation_type as type, megawatt_hours as mwh, date as at, version from public.stream_provincial_generation
    where date > (select max(date) from public.stream_provincial_generation) - greatest(1, $1::int / 30) * interval '1 month'
  ), ${SUMMED(`'hydraulic turbine', 'wind power turbine', 'solar', 'tidal power turbine'`, 'sum of published monthly net generation; withheld cells are not in it')}`;

// grain: one row. reads: public.energy_observations. params: $1 days before the newest hour.
const BY_HOUR = `
  with newest as (select max(observed_at) as at from public.energy_observations where province = 'ON'), rows as (
    select source_type as type, generation_mw as mwh, observed_at as at, version from public.energy_observations, newest
    where province = 'ON' and observed_at > newest.at - $1::int * interval '1 day'
  ), ${SUMMED(`'HYDRO', 'WIND', 'SOLAR', 'BIOFUEL'`, 'sum of hourly averages in MW over one hour each')}`;

const QUERIES: Readonly<Record<string, string>> = {
  'provincial-generation': BY_MONTH,
  'ontario-generation-by-fuel': BY_HOUR,
};

export interface Kpis {
  readonly dataset: string;
  readonly result: z.input<typeof kpisResult>;
  readonly provenance: z.input<typeof provenanceSchema>;
}

/** @throws Problem `DATA_UNKNOWN` */
export async function transitionKpis(
  reads: Database,
  { key, title }: DatasetSpec,
  timeframe: string | null,
  days: number,
): Promise<Kpis> {
  const sql = QUERIES[key];
  if (sql === undefined)
    throw dataUnknown(key, `it has no generation by kind; ${Object.keys(QUERIES).join(' and ')} have`);
  const [row] = await reads.query<KpiRow>(sql, [days]);
  if (row === undefined || row.rows === 0) throw dataUnknown(key, 'there is no row of it yet');
  const { total_mwh, top_type, top_mwh, renewable_share, window_start, window_end, kinds, withheld, provenance } = row;
  const context = `${title}, ${window_start} to ${window_end}, ${row.rows} rows, ${withheld} of them withheld`;
  return {
    dataset: key,
    result: {
      dataset: key,
      timeframe,
      kpis: {
        total_mwh,
        top_source: top_type === null || top_mwh === null ? null : { type: top_type, mwh: top_mwh },
        renewable_share,
      },
      sources: [
        {
          id: key,
          last_updated: provenance.last_updated,
          excerpt: context,
          snippets: kinds.slice(0, 5).map(({ type, mwh }) => ({ text: `${type}: ${mwh ?? 'withheld'} MWh`, context })),
        },
      ],
    },
    provenance,
  };
}
