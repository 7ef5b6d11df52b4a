/**
 * Who published the rows of a load, in a word. The views say it row by row, which costs more than all the rest of a page; a load never changes its
 * publisher, so that it is asked once for each load.
 */
import { LRUCache } from 'lru-cache';
import type { Database } from '../../core/effects.ts';
import type { TextRow } from './page.ts';

export interface LoadSources {
  /** Writes `source` into rows, by their `version`. */
  fill(db: Pick<Database, 'query'>, rows: readonly TextRow[]): Promise<void>;
}

const KEPT = 20_000;

// grain: one row per load. reads: etl.load and what belongs to it, by the function. params: $1 loads.
const SOURCES = `
  select v.version, public.load_source(v.version::bigint) as source from unnest($1::text[]) v (version)`;

export function createLoadSources(): LoadSources {
  const known = new LRUCache<string, string>({ max: KEPT });
  return {
    fill: async (db, rows) => {
      const here = new Map<string, string>();
      const missing = new Set<string>();
      for (const { version } of rows) {
        if (version === null || version === undefined || here.has(version) || missing.has(version)) continue;
        const source = known.get(version);
        if (source === undefined) missing.add(version);
        else here.set(version, source);
      }
      if (missing.size > 0) {
        const found = await db.query<{ version: string; source: string | null }>(SOURCES, [[...missing]]);
        for (const { version, source } of found) {
          // A load that is not known may be known later.
          if (source === null) continue;
          known.set(version, source);
          here.set(version, source);
        }
      }
      for (const row of rows) row['source'] = here.get(row['version'] ?? '') ?? null;
    },
  };
}
