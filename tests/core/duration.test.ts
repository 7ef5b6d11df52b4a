/** Durations of fixed length: what is read, what is refused, how they are written. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { durationMs, formatDuration, parseDuration } from '../../core/duration.ts';

test.each([
  ['PT1H', 3_600_000, '1 hour'],
  ['PT90M', 5_400_000, '90 minutes'],
  ['P35D', 35 * 86_400_000, '35 days'],
  ['P1DT12H', 36 * 3_600_000, '36 hours'],
  ['P2W', 14 * 86_400_000, '14 days'],
  ['PT5M', 300_000, '5 minutes'],
  ['PT0S', 0, '0 ms'],
])('%s is %d ms, %s', (text, ms, written) => {
  expect(durationMs(text)).toBe(ms);
  expect(formatDuration(ms)).toBe(written);
});

test.each(['', 'P', 'PT', 'P1DT', 'P1M', 'P1Y', '1H', 'pt1h', 'PT1.5H', '-PT1H', 'PT1H ', 'P1H', 'PT1D'])(
  '%j is no duration',
  (text) => {
    expect(parseDuration(text)).toBeNull();
    expect(() => durationMs(text)).toThrow(RangeError);
  },
);

test('parts add up', () => {
  const part = fc.nat({ max: 999 });
  fc.assert(
    fc.property(part, part, part, part, (d, h, m, s) => {
      expect(parseDuration(`P${d}DT${h}H${m}M${s}S`)).toBe(((d * 24 + h) * 60 + m) * 60_000 + s * 1000);
    }),
  );
});
