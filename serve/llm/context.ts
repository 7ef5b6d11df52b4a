/** What a model is given of the data: rows of the public tables as anybody may read them, each part with an id to cite and with its provenance. */
import { createHash } from 'node:crypto';
import type { Database } from '../../core/effects.ts';
import type { Provenance } from '../api/provenance.ts';
import type { DatasetSpec } from './datasets.ts';
import { dataUnknown } from './faults.ts';

export interface Source {
  readonly id: string;
  readonly title: string;
  readonly rows: readonly object[];
  readonly provenance: Provenance;
}

export interface DataContext {
  readonly dataset: string;
  readonly title: string;
  /** At least one, each with rows. */
  readonly sources: readonly [Source, ...Source[]];
  /** Of all rows together. */
  readonly provenance: Provenance;
  /** SHA-256 of all of it: another one is another answer. */
  readonly version: string;
  /** 0 to 1; null: not measured. */
  readonly qualityScore: number | null;
}

interface SectionRow {
  readonly rows: readonly object[];
  readonly loads: readonly string[] | null;
  readonly newest: string | null;
}

// grain: one row. reads: etl.load through the function. params: $1 loads, $2 instant of the newest row, $3 what was done with them.
const PROVENANCE = `select public.provenance_of_loads($1::bigint[], $2::timestamptz, null, $3) as provenance`;

// grain: one row per dataset that feeds it. reads: public.source_quality. params: $1 ids of datasets.
const QUALITY = `
  select dataset, freshness, stale_since, score::float8 as score, open_findings, judged_at::text as judged_at
  from public.source_quality where dataset = any($1::text[]) order by dataset`;

interface QualityRow {
  readonly score: number | null;
  readonly judged_at: string;
}

const METHOD = 'text by a language model, from the rows of the sources that it names';

/** @throws Problem `DATA_UNKNOWN` where there is no row */
export async function loadContext(
  reads: Database,
  spec: DatasetSpec,
  days: number,
  withQuality: boolean,
): Promise<DataContext> {
  const sources: Source[] = [];
  const loads = new Set<string>();
  const newest: string[] = [];
  for (const { id, title, sql } of spec.sections) {
    const [row] = await reads.query<SectionRow>(sql, [days]);
    if (row === undefined || row.rows.length === 0) continue;
    for (const load of row.loads ?? []) loads.add(load);
    if (row.newest !== null) newest.push(row.newest);
    sources.push({
      id: `${spec.key}/${id}`,
      title,
      rows: row.rows,
      provenance: await provenanceOf(reads, row.loads ?? [], row.newest),
    });
  }
  const quality = await reads.query<QualityRow>(QUALITY, [spec.feeds]);
  const scores = quality.flatMap(({ score }) => (score === null ? [] : [score]));
  if (withQuality && quality.length > 0) sources.push(qualitySource(spec, quality));
  const [first, ...rest] = sources;
  if (first === undefined || loads.size === 0) throw dataUnknown(spec.key, 'there is no row of it yet');
  const provenance = await provenanceOf(reads, [...loads], newest.sort()[0] ?? null, METHOD);
  return {
    dataset: spec.key,
    title: spec.title,
    sources: [first, ...rest],
    provenance,
    version: createHash('sha256').update(JSON.stringify(sources)).digest('hex'),
    qualityScore: scores.length === 0 ? null : Math.min(...scores) / 100,
  };
}

async function provenanceOf(
  reads: Database,
  loads: readonly string[],
  newest: string | null,
  method: string | null = null,
): Promise<Provenance> {
  const [row] = await reads.query<{ provenance: Provenance }>(PROVENANCE, [loads, newest, method]);
  if (row === undefined) throw new Error('provenance_of_loads gave no row');
  return row.provenance;
}

function qualitySource(spec: DatasetSpec, rows: readonly QualityRow[]): Source {
  return {
    id: `${spec.key}/quality`,
    title: 'What the checks of this server measured: freshness, score 0 to 100, open findings',
    rows,
    provenance: {
      source: 'penstock',
      last_updated: rows.map(({ judged_at }) => judged_at).sort()[0] ?? null,
      freshness_status: 'live',
      is_fallback: false,
    },
  };
}

const EXCERPT_MAX = 200;

/** A source as an answer shows it. */
export function cited({ id, title, rows, provenance }: Source): {
  id: string;
  title: string;
  source: string | null;
  last_updated: string | null;
  freshness_status: string;
  is_fallback: boolean;
  excerpt: string;
} {
  const { source, last_updated, freshness_status, is_fallback } = provenance;
  const excerpt = JSON.stringify(rows.slice(-2));
  return { id, title, source, last_updated, freshness_status, is_fallback, excerpt: excerpt.slice(0, EXCERPT_MAX) };
}
