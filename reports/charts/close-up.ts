/** A series step by step around a finding: the values, the band in which they were expected, and the rows that the finding is about. */
import * as Plot from '@observablehq/plot';
import type { Html } from '../html/template.ts';
import type { CloseUp } from '../model.ts';
import { draw } from './drawing.ts';
import { isDrawable, marksOf } from './overview.ts';

const WIDTH = 560;
const HEIGHT = 190;

export function closeUpChart({ points }: CloseUp, name: string): Html {
  const rows = points.filter(isDrawable).map((point) => ({ ...point, at: new Date(point.at) }));
  const banded = rows.some(({ lower, upper }) => lower !== null && upper !== null);
  const marks = points.flatMap(({ at, value, mark }) => (mark === null ? [] : [{ at, value, kind: mark }]));
  return draw({
    width: WIDTH,
    height: HEIGHT,
    name,
    marks: [
      ...(banded ? [Plot.areaY(rows, { x: 'at', y1: 'lower', y2: 'upper', className: 'band' })] : []),
      Plot.lineY(rows, { x: 'at', y: 'value', className: 'median' }),
      ...marksOf(marks),
    ],
  });
}
