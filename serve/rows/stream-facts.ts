/** What is the same for many pages of a stream: its manifest, its provenance, about how many rows it has. Kept for moments, and until a load says otherwise. */
import type { Clock, Database, Notices } from '../../core/effects.ts';
import { STREAM_KEYS, type StreamKey } from '../../core/flags.ts';
import type { Provenance } from '../api/provenance.ts';
import { STREAMS } from './streams.ts';

export interface Manifest {
  readonly dataset: string;
  readonly version: string;
  readonly fields: readonly string[];
  readonly page_size_default: number;
  readonly max_page_size: number;
  readonly notes: string | null;
  readonly title: string;
  readonly provider: string;
  readonly region: string | null;
  readonly license: string;
  readonly source_url: string;
  readonly update_frequency: string;
  readonly stale_after_hours: number | null;
  readonly enabled: boolean;
  readonly provenance_type: string;
}

export interface StreamFacts {
  /** Null: the reference data are not loaded. */
  readonly manifest: Manifest | null;
  readonly provenance: Provenance;
  /** By PostgreSQL's statistics; null: nobody has counted yet. */
  readonly totalEstimate: number | null;
}

export interface StreamFactsReader {
  read(stream: StreamKey): Promise<StreamFacts>;
}

// grain: one row. reads: public.stream_manifest, what stream_provenance reads, pg_class. params: $1 stream, $2 its table.
const FACTS = `
  select (select to_jsonb(m) - array['stream_key', 'health_key', 'created_at', 'load_id'] from public.stream_manifest m where m.stream_key = $1) as manifest,
    public.stream_provenance($1) as provenance,
    (select c.reltuples >= 0 from pg_class c where c.oid = to_regclass($2)) as counted`;

/** The age of the newest row is judged anew after this time. */
const KEPT_MS = 10_000;

export function createStreamFacts(reads: Database, notices: Notices, clock: Pick<Clock, 'now'>): StreamFactsReader {
  const held = new Map<StreamKey, { readonly at: number; readonly facts: Promise<StreamFacts> }>();
  notices.listen('penstock_load', (payload) => {
    for (const stream of STREAM_KEYS)
      if (payload.includes(`"${STREAMS[stream].table}"`) || payload.includes('"public.stream_manifest"'))
        held.delete(stream);
  });
  notices.restored(() => held.clear());
  return {
    read: (stream) => {
      const kept = held.get(stream);
      // Without word from the database a load would not be noticed.
      if (kept !== undefined && notices.connected && clock.now() - kept.at < KEPT_MS) return kept.facts;
      const next = { at: clock.now(), facts: readFacts(reads, stream) };
      held.set(stream, next);
      next.facts.catch(() => {
        if (held.get(stream) === next) held.delete(stream);
      });
      return next.facts;
    },
  };
}

async function readFacts(reads: Database, stream: StreamKey): Promise<StreamFacts> {
  const { table, view } = STREAMS[stream];
  const [row] = await reads.query<{ manifest: Manifest | null; provenance: Provenance; counted: boolean | null }>(
    FACTS,
    [stream, table],
  );
  if (row === undefined) throw new Error('the question for the facts of a stream gave no row');
  return {
    manifest: row.manifest,
    provenance: row.provenance,
    totalEstimate: row.counted === true ? await estimate(reads, view) : null,
  };
}

/** What the planner expects of the whole view: its statistics know how many rows of the table the view leaves out. */
async function estimate(reads: Database, view: string): Promise<number | null> {
  const [row] = await reads.query<{ 'QUERY PLAN': readonly { readonly Plan: { readonly 'Plan Rows': number } }[] }>(
    `explain (format json) select from public.${view}`,
  );
  return row?.['QUERY PLAN'][0]?.Plan['Plan Rows'] ?? null;
}
