/** The series of a dataset as aggregates and as close-ups around its worst findings. */
import type { Finding, Series } from '../reports/model.ts';
import type { Engine } from './engine.ts';
import type { Looked } from './looked.ts';

export async function seriesOf(
  _engine: Engine,
  _looked: Looked,
  _findings: readonly Finding[],
): Promise<Series | null> {
  return null;
}
