/** Whether the server can do its work: readiness with each of its parts, a summary that the front end polls, and health of the streams. */
import { z } from 'zod';
import { Fault } from '../../core/errors.ts';
import { readMigrations } from '../../sql/migration-files.ts';
import { endpoint, type Endpoint, everyPath } from '../api/endpoint.ts';
import { Problem } from '../api/problem.ts';
import { ownProvenance, provenanceSchema } from '../api/provenance.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { outsideFault, RETRY_AFTER } from '../faults.ts';
import type { StreamHub } from '../sse/hub.ts';
import { type StreamSummary, streamSummarySchema, summaryOf } from './ops-health.ts';
import { STREAM_STATUS, type StreamStatus, streamHealthEndpoints, streamsHealth } from './stream-health.ts';

const source = z.object({
  source_name: z.string(),
  freshness: z.string().openapi({ description: 'fresh, stale, ended or unknown, as of judged_at.' }),
  stale_since: z.string().nullable(),
  covered_until: z.string().nullable(),
  open_findings: z.number().int(),
  judged_at: z.string(),
});

const parts = z.object({
  database: z.object({ ok: z.boolean(), code: z.string().nullable() }),
  migrations: z.object({
    ok: z.boolean(),
    newest: z
      .string()
      .nullable()
      .openapi({ description: 'Version of the newest migration that this server ships with.' }),
    missing: z
      .array(z.string())
      .nullable()
      .openapi({ description: 'Versions that are not applied; null: nobody could ask.' }),
  }),
  notices: z.object({ ok: z.boolean() }).openapi({ description: 'Whether the server hears of loads.' }),
  freshness: z
    .array(source)
    .nullable()
    .openapi({ description: 'By publisher; null: nobody could ask. Old data do not make a server unready.' }),
});

type Parts = z.input<typeof parts>;

// grain: one row. reads: public.source_health, and the ledger of migrations through etl.missing_migrations. params: $1 versions of the files.
const STATE = `
  select etl.missing_migrations($1) as missing,
    (select coalesce(json_agg(json_build_object('source_name', h.source_name, 'freshness', h.freshness, 'stale_since', h.stale_since,
       'covered_until', h.covered_until, 'open_findings', h.open_findings, 'judged_at', h.updated_at) order by h.source_name), '[]')
     from public.source_health h where h.source_name !~ '/') as freshness`;

export function readinessEndpoints(api: ApiDependencies, _hub: StreamHub): Endpoint[] {
  const versions = shippedVersions();
  return [
    endpoint({
      name: 'ready',
      method: 'get',
      paths: everyPath('ready', '/api/ready'),
      tag: 'Health',
      summary:
        'Whether the server can do its work: database, migrations, word of loads; and how fresh each publisher is',
      limit: 'none',
      answer: z.object({ status: z.literal('ready'), parts, provenance: provenanceSchema }),
      refusals: {
        503: { when: 'Something that the server needs is missing; parts names it.', members: z.object({ parts }) },
      },
      handle: async () => {
        const state = await partsOf(api, await versions());
        const failed = Object.entries(state).flatMap(([name, part]) => (isBad(part) ? [name] : []));
        if (failed.length > 0) throw notReady(failed, state);
        const provenance = ownProvenance('penstock serve', api.clock.now());
        return { body: { status: 'ready' as const, parts: state, provenance } };
      },
    }),
    endpoint({
      name: 'api-health',
      method: 'get',
      paths: ['/api/health'],
      tag: 'Health',
      summary: 'Liveness and a summary of the streams, for a client that asks every half a minute',
      limit: 'none',
      answer: z.object({
        status: z.enum(STREAM_STATUS).openapi({ description: 'The worst of the streams that were ever fed.' }),
        version: z.string(),
        timestamp: z.string(),
        stream_summary: streamSummarySchema,
        provenance: provenanceSchema,
      }),
      cache: { seconds: 10, tables: [] },
      handle: async () => {
        const summary = summaryOf((await streamsHealth(api)).values());
        const now = api.clock.now();
        return {
          body: {
            status: worstOf(summary),
            version: api.version,
            timestamp: new Date(now).toISOString(),
            stream_summary: summary,
            provenance: ownProvenance('penstock serve', now),
          },
        };
      },
    }),
    ...streamHealthEndpoints(api),
  ];
}

function worstOf(summary: StreamSummary): StreamStatus {
  return (['error', 'degraded', 'healthy'] as const).find((word) => summary[word] > 0) ?? 'unknown';
}

/** Read once, when somebody first asks; a folder that could not be read is looked at again. */
function shippedVersions(): () => Promise<readonly string[]> {
  let known: Promise<readonly string[]> | undefined;
  return () => {
    known ??= readMigrations().then((files) => files.map(({ version }) => version));
    known.catch(() => (known = undefined));
    return known;
  };
}

async function partsOf({ service, notices }: ApiDependencies, versions: readonly string[]): Promise<Parts> {
  const newest = versions.at(-1) ?? null;
  try {
    const [row] = await service.query<{ missing: string[]; freshness: z.input<typeof source>[] }>(STATE, [versions]);
    const missing = row?.missing ?? null;
    return {
      database: { ok: true, code: null },
      migrations: { ok: missing?.length === 0, newest, missing },
      notices: { ok: notices.connected },
      freshness: row?.freshness ?? null,
    };
  } catch (error) {
    // Where the function is missing the database answers, and its migrations are not complete.
    const { fault } = outsideFault(error);
    const answers = fault.code === 'UNEXPECTED';
    return {
      database: { ok: answers, code: answers ? null : fault.code },
      migrations: { ok: false, newest, missing: null },
      notices: { ok: notices.connected },
      freshness: null,
    };
  }
}

function isBad(part: unknown): boolean {
  return typeof part === 'object' && part !== null && 'ok' in part && part.ok === false;
}

function notReady(failed: readonly string[], state: Parts): Problem {
  const fault = new Fault({
    code: 'SERVER_NOT_READY',
    kind: 'request',
    what: `the server cannot do its work: ${failed.join(', ')}`,
    consequence: 'other calls may fail',
    next:
      state.database.ok && !state.migrations.ok ? 'npm run pipeline -- db migrate' : `ask again in ${RETRY_AFTER} s`,
  });
  return new Problem(fault, { parts: state });
}
