/** How old and how good the data of each source are, for metrics. */
import type { Database } from '../../core/effects.ts';

export interface SourceFigures {
  /** `ieso`, or `ieso/ieso-demand`. */
  readonly source: string;
  /** null: it has no row. */
  readonly age_seconds: number | null;
  /** null: nobody could judge it. */
  readonly is_stale: boolean | null;
  readonly judged_age_seconds: number;
  readonly open_findings: number;
}

// grain: one row per publisher and per dataset. reads: public.source_quality, public.source_status. params: none.
const SOURCES = `
  select q.source_name as source, extract(epoch from now() - s.covered_until)::float8 as age_seconds,
    case q.freshness when 'stale' then true when 'unknown' then null else false end as is_stale,
    extract(epoch from now() - q.judged_at)::float8 as judged_age_seconds, q.open_findings
  from public.source_quality q join public.source_status s using (source_name)
  order by q.source_name`;

/** null: the database did not answer. */
export async function readSources(reads: Database): Promise<readonly SourceFigures[] | null> {
  try {
    return await reads.query<SourceFigures>(SOURCES);
  } catch {
    return null;
  }
}
