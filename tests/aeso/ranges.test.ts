/** What is asked of AESO's API for a long range: pieces within the limits of each report. */
import { describe, expect, test } from 'vitest';
import { partitionIntervals, partitionLabel } from '../../core/partitions.ts';
import { fillUrl } from '../../core/url-template.ts';
import { parseDate } from '../../core/zone.ts';
import internalLoad from '../../pipelines/aeso/internal-load.ts';
import meteredVolume from '../../pipelines/aeso/metered-volume.ts';
import poolPrice from '../../pipelines/aeso/pool-price.ts';
import marginalPrice from '../../pipelines/aeso/system-marginal-price.ts';

describe('a range that is longer than one answer', () => {
  const DAY_MS = 86_400_000;
  const zone = 'America/Edmonton';
  test.each([
    [poolPrice, 366],
    [internalLoad, 365],
    // 4,392 hours.
    [marginalPrice, 183],
    [meteredVolume, 16],
  ] as const)('is asked in pieces that fit and leave no day out (%#)', (pipeline, limitDays) => {
    const range = { start: parseDate('2023-01-01', zone) ?? 0, end: parseDate('2026-01-01', zone) ?? 0 };
    const asked = partitionIntervals(pipeline.partitions, range, Date.parse('2026-11-22')).map((interval) => {
      const url = new URL(fillUrl(pipeline.extract.url, pipeline.partitions, interval));
      const [first = '', last = ''] = ['startDate', 'endDate'].map((name) => url.searchParams.get(name) ?? '');
      expect(first.startsWith(partitionLabel(pipeline.partitions, interval))).toBe(true);
      return { first: Date.parse(first), last: Date.parse(last) };
    });
    // endDate is inclusive.
    expect(Math.max(...asked.map(({ first, last }) => (last - first) / DAY_MS + 1))).toBeLessThanOrEqual(limitDays);
    expect(asked.reduce((days, { first, last }) => days + (last - first) / DAY_MS + 1, 0)).toBe(365 + 366 + 365);
    asked.slice(1).forEach(({ first }, i) => expect(first).toBe((asked[i]?.last ?? 0) + DAY_MS));
    expect([asked[0]?.first, asked.at(-1)?.last]).toEqual([Date.parse('2023-01-01'), Date.parse('2025-12-31')]);
  });
});
