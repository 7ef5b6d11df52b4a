/** Score and freshness in words: per dataset, and per publisher as the lowest of its datasets. What was not measured is never good. */
import type { DatasetReport, Freshness, Quality } from './model.ts';
import { instant } from './words.ts';

export const FORMULA =
  'Score = 100 × loaded × complete × valid × clean, rounded down to a tenth. A share that was not measured is left out of the product; where none was, there is no score. The score of a publisher is the lowest of its datasets.';

export interface QualityPart {
  readonly name: 'loaded' | 'complete' | 'valid' | 'clean';
  /** What is shared by what. */
  readonly says: string;
  readonly share: number | null;
}

export function qualityParts(quality: Quality | null): QualityPart[] {
  return [
    {
      name: 'loaded',
      says: 'intervals that are loaded, of those that were tried',
      share: quality?.loadedShare ?? null,
    },
    {
      name: 'complete',
      says: "steps that have a row, of those that the publisher's calendar asks for",
      share: quality?.completeShare ?? null,
    },
    {
      name: 'valid',
      says: 'rows that were not rejected, of those that were read',
      share: quality?.validShare ?? null,
    },
    {
      name: 'clean',
      says: 'checks without an open finding, of those that ran; information does not count',
      share: quality?.cleanShare ?? null,
    },
  ];
}

/** `97.3`, or `not measured`. */
export function scoreText(score: number | null | undefined): string {
  return score == null ? 'not measured' : score.toFixed(1);
}

/** Rounded down, so that only a whole share is `100 %`. */
export function shareText(share: number | null): string {
  if (share === null) return 'not measured';
  const tenths = Math.floor(share * 1_000 + 1e-9) / 10;
  return `${Number.isInteger(tenths) ? tenths : tenths.toFixed(1)} %`;
}

export interface PublisherQuality {
  readonly publisher: string;
  /** null where none of its datasets has one. */
  readonly score: number | null;
  /** Ids of the datasets with that score. */
  readonly lowest: readonly string[];
  /** Datasets with a score, of all of this report. */
  readonly measured: number;
  readonly datasets: number;
}

/** By name. */
export function qualityByPublisher(
  datasets: readonly Pick<DatasetReport, 'id' | 'publisher' | 'quality'>[],
): PublisherQuality[] {
  const publishers = [...new Set(datasets.map(({ publisher }) => publisher))].sort();
  return publishers.map((publisher) => {
    const own = datasets.filter((dataset) => dataset.publisher === publisher);
    const scored = own.flatMap(({ id, quality }) => (quality?.score == null ? [] : [{ id, score: quality.score }]));
    const score = scored.length === 0 ? null : Math.min(...scored.map((one) => one.score));
    const lowest = scored.filter((one) => one.score === score).map(({ id }) => id);
    return { publisher, score, lowest, measured: scored.length, datasets: own.length };
  });
}

/** `stale since 2026-01-03T04:00Z: the newest row is of 2026-01-01T04:00Z, expected is 2026-01-02T04:00Z`. */
export function freshnessText({ state, coveredUntil, expectedUntil, staleSince }: Freshness): string {
  const covered = coveredUntil === null ? null : `the newest row is of ${instant(coveredUntil)}`;
  const expected =
    expectedUntil === null || state === 'ended' ? '' : `, by the publisher's calendar ${instant(expectedUntil)} is due`;
  switch (state) {
    case 'unknown':
      return `unknown: ${covered ?? 'nothing is loaded, or its rows have no instant'}${expected}`;
    case 'ended':
      return `ended: ${covered ?? 'no row is loaded'}, and the publisher adds no more`;
    default:
      return `${state}${staleSince === null ? '' : ` since ${instant(staleSince)}`}: ${covered ?? 'no row is loaded'}${expected}`;
  }
}
