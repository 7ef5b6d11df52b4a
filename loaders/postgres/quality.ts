/** Quality of what is loaded of a dataset, from the view `etl.dataset_quality`. */
import type { Database } from '../../core/effects.ts';

export interface QualityRow {
  readonly score: number | null;
  readonly loadedShare: number | null;
  readonly completeShare: number | null;
  readonly validShare: number | null;
  readonly cleanShare: number | null;
}

export async function readQuality(db: Database, dataset: string): Promise<QualityRow | null> {
  const [row] = await db.query<QualityRow>(
    `select score::float8, loaded_share::float8 as "loadedShare", complete_share::float8 as "completeShare",
       valid_share::float8 as "validShare", clean_share::float8 as "cleanShare" from etl.dataset_quality where dataset = $1`,
    [dataset],
  );
  return row ?? null;
}
