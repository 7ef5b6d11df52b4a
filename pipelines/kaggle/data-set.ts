/** Where a data set of Kaggle is downloaded, and under which licence. */
import type { Licence } from '../../core/pipeline.ts';

export interface KaggleDataSet {
  readonly owner: string;
  readonly slug: string;
}

export interface KaggleDownload extends KaggleDataSet {
  /** One file of the data set; all of it, as a zip archive, by default. */
  readonly file?: string;
  /** Pins a version. Without it the newest is asked for; what came is told apart by its SHA-256 in etl.artifact. */
  readonly version?: number;
}

/** Address of a download. The answer is a zip archive, or sometimes the bare file. */
export function kaggleDownload({ owner, slug, file, version }: KaggleDownload): string {
  const path = [owner, slug, ...(file === undefined ? [] : [file])].map(encodeURIComponent).join('/');
  const query = version === undefined ? '' : `?datasetVersionNumber=${version}`;
  return `https://www.kaggle.com/api/v1/datasets/download/${path}${query}`;
}

/** The licence field of a data set is only on its page; `source` names whose numbers they are. */
export function kaggleLicence({ owner, slug }: KaggleDataSet, source: string): Licence {
  return {
    name: "The data set's own, see its page",
    attribution: `Kaggle data set ${owner}/${slug}; ${source}`,
    url: `https://www.kaggle.com/datasets/${owner}/${slug}`,
  };
}
