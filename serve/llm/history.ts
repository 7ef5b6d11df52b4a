/** Earlier calls. Texts are other people's words, so they need the key of the service; without it a client sees when it asked what, and how it ended. */
import { z } from 'zod';
import type { Database } from '../../core/effects.ts';
import type { Client } from '../api/client.ts';

export const historyItem = z.object({
  id: z.string(),
  created_at: z.string(),
  type: z.string().openapi({ description: 'Endpoint that was called.' }),
  dataset_path: z.string().nullable(),
  status_code: z.number().int(),
  error_code: z.string().nullable(),
  duration_ms: z.number().int().nullable(),
  cached: z.boolean(),
  prompt: z.string().nullable().openapi({ description: 'With the key of the service only.' }),
  response_summary: z.string().nullable().openapi({ description: 'With the key of the service only.' }),
  model: z.string().nullable(),
  prompt_version: z.string().nullable(),
  cost_usd: z.number().nullable(),
});

export interface HistoryFilter {
  readonly datasetPath: string | null;
  readonly type: string | null;
  readonly limit: number;
}

// grain: one row per call. reads: public.llm_call_log. params: $1 path, $2 endpoint, $3 rows, $4 whether texts may be seen, $5 address, $6 hash of the key.
const CALLS = `
  select id::text, to_json(created_at) #>> '{}' as created_at, endpoint as type,
    case when $4 or status_code = 200 then dataset_path end as dataset_path, status_code, error_code, duration_ms,
    coalesce((meta ->> 'cached')::boolean, false) as cached, case when $4 then prompt end as prompt,
    case when $4 then response_summary end as response_summary, model, prompt_version, case when $4 then cost_usd::float8 end as cost_usd
  from public.llm_call_log
  where ($1::text is null or dataset_path = $1) and ($2::text is null or endpoint = $2)
    and ($4::boolean or client_hash = etl.hash_client($5, $6))
  order by ts desc, id desc limit $3`;

export async function callHistory(
  service: Database,
  { datasetPath, type, limit }: HistoryFilter,
  client: Client,
  mayReadTexts: boolean,
): Promise<z.input<typeof historyItem>[]> {
  return service.query(CALLS, [datasetPath, type, limit, mayReadTexts, client.address, client.keyHash]);
}
