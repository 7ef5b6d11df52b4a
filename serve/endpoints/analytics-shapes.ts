/** Shapes of what the functions of analytics give. A number that nobody knows is null; units are in the names. */
import { z } from 'zod';
import { provenanceSchema } from '../api/provenance.ts';

export const PROVINCES = ['AB', 'BC', 'MB', 'NB', 'NL', 'NS', 'NT', 'NU', 'ON', 'PE', 'QC', 'SK', 'YT'] as const;

const number = z.number().nullable();
const text = z.string().nullable();
const count = z.number().int();

export const nationalOverview = z.object({
  timestamp: z.string(),
  demand: z
    .object({ hour: z.string(), market_demand_mw: number, ontario_demand_mw: z.number() })
    .nullable()
    .openapi({ description: 'Newest measured hour of Ontario.' }),
  generation: z.object({
    total_generation_gwh: number,
    withheld_rows: count,
    by_province: z.array(z.object({ province: z.string(), generation_gwh: number, withheld_rows: count })),
    window_start: text,
    window_end: text.openapi({ description: 'Excluded.' }),
  }),
  alberta: z
    .looseObject({ timestamp: z.string(), total_gen_mw: number, total_demand_mw: number, pool_price_cad: number })
    .nullable()
    .openapi({ description: 'Newest row of alberta_supply_demand.' }),
  weather: z
    .array(
      z.object({
        timestamp: z.string(),
        station_id: z.string(),
        temperature_c: number,
        relative_humidity_percent: number,
        wind_speed_m_s: number,
        precipitation_mm: number,
      }),
    )
    .max(5),
  metadata: z.record(z.string(), z.unknown()),
  provenance: z.object({
    ontario_demand: provenanceSchema,
    generation: provenanceSchema,
    alberta: provenanceSchema,
    weather: provenanceSchema,
  }),
});

export const provincialMetrics = z.object({
  province: z.enum(PROVINCES),
  period: z.object({ window_days: count, months: count, start: text, end: text }),
  generation: z.object({
    total_gwh: number,
    by_source: z.record(z.string(), number),
    top_source: text,
    renewable_share_percent: number,
  }),
  latest_demand: z
    .object({ region: z.string(), observed_at: z.string(), period: z.string(), demand_mw: z.number(), source: text })
    .nullable(),
  metadata: z.record(z.string(), z.unknown()),
  provenance: provenanceSchema,
});

export const trends = z.object({
  timeframe: z.string(),
  window: z.object({
    start: text,
    end: text,
    days: count,
    months: count,
    generation_start: text,
    generation_end: text,
  }),
  ontario_demand: z.array(
    z.object({
      date: z.string(),
      hours: count,
      average_mw: z.number(),
      minimum_mw: z.number(),
      maximum_mw: z.number(),
      energy_gwh: z.number(),
    }),
  ),
  generation: z.array(z.object({ date: z.string(), total_gwh: number, provinces: count, withheld_rows: count })),
  metadata: z.looseObject({ completeness_pct: number, expected_hours: number, measured_hours: number }),
  provenance: z.object({ ontario_demand: provenanceSchema, generation: provenanceSchema }),
});
