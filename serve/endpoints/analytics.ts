/** Analytics: overview of the country, metrics of a province, trends. The numbers are made in SQL, so that PostgREST gives the same ones. */
import { z } from 'zod';
import type { Database } from '../../core/effects.ts';
import { endpoint, type Endpoint, everyPath } from '../api/endpoint.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { sqlFault } from '../sql-fault.ts';
import { nationalOverview, PROVINCES, provincialMetrics, trends } from './analytics-shapes.ts';

/** What the newest months of generation are read from. */
const GENERATION = ['public.provincial_generation'];
const OVERVIEW = [...GENERATION, 'public.ontario_hourly_demand', 'public.alberta_supply_demand', 'public.weather_data'];
const METRICS = [...GENERATION, 'public.ontario_hourly_demand', 'public.grid_status', 'public.alberta_grid_prices'];
/** As long as a page is looked at; a load ends it earlier. */
const SECONDS = 60;

const windowDays = z
  .string()
  .regex(/^\d{1,6}$/, 'is a whole number of days from 1 to 3660')
  .default('30')
  .transform(Number)
  .openapi({
    type: 'integer',
    minimum: 1,
    maximum: 3_660,
    default: 30,
    description: 'As many whole months as it is long.',
  });

const timeframe = z
  .string()
  .regex(/^[^\0]{0,20}$/, 'is 1d to 366d')
  .default('30d')
  .openapi({ description: '1d to 366d.', pattern: '^[1-9][0-9]{0,2}d$' });

export function analyticsEndpoints({ reads }: ApiDependencies): Endpoint[] {
  const common = { method: 'get', tag: 'Analytics', limit: 'read' } as const;
  return [
    endpoint({
      ...common,
      name: 'api-v2-analytics-national-overview',
      paths: everyPath('api-v2-analytics-national-overview', '/api/analytics/national-overview'),
      summary: 'The newest of everything: demand, generation, Alberta, weather',
      answer: nationalOverview,
      cache: { seconds: SECONDS, tables: OVERVIEW },
      handle: async () => ({
        body: await valueOf<z.input<typeof nationalOverview>>(reads, 'select public.national_overview() as value'),
      }),
    }),
    endpoint({
      ...common,
      name: 'api-v2-analytics-provincial-metrics',
      paths: everyPath('api-v2-analytics-provincial-metrics', '/api/analytics/provincial-metrics'),
      summary: 'Generation of a province over its newest whole months, and its newest demand',
      query: z.object({ province: z.enum(PROVINCES), window_days: windowDays }),
      answer: provincialMetrics,
      cache: { seconds: SECONDS, tables: METRICS },
      handle: async ({ query: { province, window_days } }) => ({
        body: await valueOf<z.input<typeof provincialMetrics>>(
          reads,
          'select public.provincial_metrics($1, $2) as value',
          [province, window_days],
        ),
      }),
    }),
    endpoint({
      ...common,
      name: 'api-v2-analytics-trends',
      paths: everyPath('api-v2-analytics-trends', '/api/analytics/trends'),
      summary: 'Ontario’s demand by day and generation by month, over windows that end at the newest data',
      query: z.object({ timeframe }),
      answer: trends,
      cache: { seconds: SECONDS, tables: [...GENERATION, 'public.ontario_hourly_demand'] },
      handle: async ({ query }) => ({
        body: await valueOf<z.input<typeof trends>>(reads, 'select public.trends($1) as value', [query.timeframe]),
      }),
    }),
  ];
}

/** @throws Problem for what the function refuses */
async function valueOf<Value>(db: Database, statement: string, params: readonly unknown[] = []): Promise<Value> {
  try {
    const [row] = await db.query<{ value: Value }>(statement, params);
    if (row === undefined) throw new Error('a function gave no row');
    return row.value;
  } catch (error) {
    throw sqlFault(error);
  }
}
