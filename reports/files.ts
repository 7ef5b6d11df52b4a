/** The files of an interval, one line each: several where the dataset reads further inputs. */
import type { ArtifactReport } from './model.ts';

export interface ReportedFile {
  /** The raw table that it became; null where the interval is one file. */
  readonly table: string | null;
  readonly url: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly fetchedAt: string;
}

export function filesOf(artifact: ArtifactReport | null): ReportedFile[] {
  if (artifact === null) return [];
  const { parts, fetchedAt } = artifact;
  if (parts === undefined) return [{ ...artifact, table: null }];
  return parts.map((part) => ({ ...part, fetchedAt }));
}
