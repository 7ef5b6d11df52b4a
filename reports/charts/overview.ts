/** The overview of a series: smallest to largest and median of each part of time, with the points that deserve a look. */
import * as Plot from '@observablehq/plot';
import type { Html } from '../html/template.ts';
import type { Series, SeriesBucket, SeriesMark } from '../model.ts';
import { draw } from './drawing.ts';

const WIDTH = 960;
const HEIGHT = 210;

/** Null where there is nothing to draw. */
export function overviewChart(series: Series, limit: number, name: string): Html | null {
  const parts = merged(series.buckets, limit).filter(isDrawable);
  if (parts.every(({ median }) => median === null)) return null;
  const rows = parts.map((part) => ({ ...part, at: new Date(part.at) }));
  return draw({
    width: WIDTH,
    height: HEIGHT,
    name,
    marks: [
      Plot.areaY(rows, { x: 'at', y1: 'min', y2: 'max', className: 'range' }),
      Plot.lineY(rows, { x: 'at', y: 'median', className: 'median' }),
      ...marksOf(series.marks),
    ],
  });
}

const SYMBOLS = { anomalous: 'circle', revised: 'diamond', rejected: 'times' } as const;

/** Form and colour both tell the kind. Points without a value have no place. */
export function marksOf(marks: readonly SeriesMark[]): Plot.Markish[] {
  return (['revised', 'rejected', 'anomalous'] as const).flatMap((kind) => {
    const points = marks.filter((mark) => mark.kind === kind && mark.value !== null && isDrawable(mark));
    if (points.length === 0) return [];
    const at = points.map(({ at: instant, value }) => ({ at: new Date(instant), value }));
    return [Plot.dot(at, { x: 'at', y: 'value', r: 4, symbol: SYMBOLS[kind], className: `mark ${kind}` })];
  });
}

/** Whether the instant is one. */
export function isDrawable({ at }: { readonly at: string }): boolean {
  return !Number.isNaN(Date.parse(at));
}

/** At most `limit` parts, neighbours together: the extremes stay exact, the median is that of the medians. */
export function merged(buckets: readonly SeriesBucket[], limit: number): SeriesBucket[] {
  if (limit <= 0) return [];
  const size = Math.ceil(buckets.length / limit);
  if (size <= 1) return [...buckets];
  const parts: SeriesBucket[] = [];
  for (let i = 0; i < buckets.length; i += size) {
    const group = buckets.slice(i, i + size);
    const of = (pick: (bucket: SeriesBucket) => number | null): number[] =>
      group.map(pick).filter((value) => value !== null);
    const medians = of(({ median }) => median).sort((a, b) => a - b);
    parts.push({
      at: group[0]?.at ?? '',
      min: least(of(({ min }) => min)),
      median: medians[medians.length >> 1] ?? null,
      max: greatest(of(({ max }) => max)),
    });
  }
  return parts;
}

function least(values: readonly number[]): number | null {
  return values.length === 0 ? null : Math.min(...values);
}

function greatest(values: readonly number[]): number | null {
  return values.length === 0 ? null : Math.max(...values);
}
