/** A server with a gateway over a database that holds some hours of demand, and a fake model behind it. */
import type { LlmSettings } from '../../serve/llm/settings.ts';
import { readPrompts } from '../../serve/llm/prompt-files.ts';
import { promptsFolder } from '../../serve/llm/shipped.ts';
import { createUpstream } from '../../loaders/llm/openai.ts';
import type { Pool } from '../../loaders/postgres/database.ts';
import { ask, type Reply } from '../serve/support.ts';
import { type ApiOptions, type RunningApi, startApi } from '../support/api.ts';
import type { FakeUpstream } from '../support/fake-upstream.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';

export const KEY = 'a-secret-key-of-the-upstream';
export const SECRET = 'a-secret-of-tests-that-is-long-enough';
export const DATASET = 'kaggle/ontario_demand';

export const SETTINGS: LlmSettings = {
  model: 'fake-1',
  perMinute: 1_000,
  cacheMs: 0,
  idleMs: 10_000,
  totalMs: 20_000,
  maxTokens: 500,
  prices: { 'fake-1': { in: 1, out: 5 } },
  monthlyUsd: null,
};

export const GOOD = JSON.stringify({
  tl_dr: 'These are generated samples. Demand rises from 12,000 MW to 14,000 MW.',
  trends: ['Demand rises by 2,000 MW in 48 hours.'],
  classroom_activity: 'Draw the curve.',
  sources: ['ontario-demand/hours'],
});

/** 72 hours of demand by a load of samples, and all shipped prompts approved. */
export async function llmDatabase(): Promise<FreshDatabase> {
  const db = await freshDatabase();
  await seed(db.pool);
  return db;
}

export async function seed(pool: Pool): Promise<void> {
  await pool.query(
    `insert into etl.run (run_id, command, source, started_at, host, process_id, version) values ('s', 'test', 'samples', now(), 'h', 1, '0')`,
  );
  await pool.query(
    `insert into public.source_health (source_name, score, freshness) values ('ieso/ieso-demand', 52.7, 'stale'), ('statcan/statcan-provincial-generation', 100, 'stale')`,
  );
  await pool.query(
    `insert into etl.artifact (dataset, interval_start, sha256, url, bytes, fetched_at, source, run_id)
     select d, 'epoch', repeat('0', 64), 'https://example.org/' || d, 1, now(), 'samples', 's' from unnest(array['ieso-demand', 'statcan-provincial-generation']) d`,
  );
  await pool.query(
    `insert into etl.load (run_id, dataset, table_name, interval_start, interval_end, artifact_id, definition_hash, strategy, known_at)
     select 's', a.dataset, case a.dataset when 'ieso-demand' then 'public.ontario_hourly_demand' else 'public.provincial_generation' end,
       'epoch', now(), a.artifact_id, 'x', 'merge', now() from etl.artifact a`,
  );
  await pool.query(
    `insert into public.ontario_hourly_demand (hour, ontario_demand_mw, market_demand_mw, load_id)
     select h, 12000 + 2000 * extract(epoch from h - '2025-12-29T05:00Z') / 259200, 15000, (select load_id from etl.load where dataset = 'ieso-demand')
     from generate_series('2025-12-29T05:00Z'::timestamptz, '2026-01-01T04:00Z', interval '1 hour') h`,
  );
  await pool.query(
    `insert into public.provincial_generation (period, date, province_code, province, producer, generation_type, generation_gwh, megawatt_hours, source, load_id)
     select 'month', d::date, 'ON', 'Ontario', 'electric utilities', t, mwh / 1000.0, mwh, 'statcan', (select load_id from etl.load where dataset like 'statcan%')
     from generate_series('2022-10-01'::date, '2022-11-01', interval '1 month') d,
       (values ('nuclear steam turbine', 600), ('hydraulic turbine', 300), ('wind power turbine', 100)) k (t, mwh)`,
  );
  for (const { key, version, hash } of await readPrompts(promptsFolder()))
    await pool.query(
      `insert into public.llm_prompts (prompt_key, version, template_hash, status, approved_by, approved_at) values ($1, $2, $3, 'approved', 'ada', now())`,
      [key, version, hash],
    );
}

export interface GatewayOptions extends Partial<Omit<ApiOptions, 'url' | 'api'>> {
  readonly llm?: Partial<LlmSettings>;
  readonly api?: ApiOptions['api'];
}

export async function startGateway(
  db: FreshDatabase,
  fake: FakeUpstream | string,
  { llm, api, ...options }: GatewayOptions = {},
): Promise<RunningApi> {
  return startApi({
    url: db.url,
    ...options,
    settings: { jwtSecret: SECRET, addressHeader: 'x-real-ip', ...options.settings },
    api: {
      llm: {
        upstream: createUpstream({
          baseUrl: typeof fake === 'string' ? fake : fake.baseUrl,
          apiKey: KEY,
          userAgent: 'test',
          bytesMax: 20_000,
        }),
        settings: { ...SETTINGS, ...llm },
        prompts: await readPrompts(promptsFolder()),
      },
      ...api,
    },
  });
}

export async function post(
  api: RunningApi,
  endpoint: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
  base: string = '/llm/',
): Promise<Reply> {
  return ask(api.url, `${base}${endpoint}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

export interface LoggedCall {
  readonly id: string;
  readonly endpoint: string;
  readonly status_code: number;
  readonly error_code: string | null;
  readonly prompt: string | null;
  readonly response_summary: string | null;
  readonly prompt_key: string | null;
  readonly prompt_version: string | null;
  readonly model: string | null;
  readonly cost_usd: number | null;
  readonly token_cost: string | null;
  readonly client_hash: string | null;
  readonly user_id: string | null;
  readonly dataset_path: string | null;
  readonly panel_id: string | null;
  readonly duration_ms: number | null;
  readonly provenance: unknown;
  readonly redaction_summary: Record<string, number> | null;
  readonly meta: Record<string, unknown>;
}

/** What `work` wrote into the log, oldest first. */
export async function callsOf(db: FreshDatabase, work: () => Promise<unknown>): Promise<LoggedCall[]> {
  const before = await db.pool.query<{ id: string }>('select id from public.llm_call_log');
  await work();
  return db.pool.query<LoggedCall>(
    `select c.*, cost_usd::float8 as cost_usd from public.llm_call_log c where not id = any($1::uuid[]) order by ts + duration_ms * interval '1 ms', (meta ->> 'attempt')::int nulls last`,
    [before.map(({ id }) => id)],
  );
}
