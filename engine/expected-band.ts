/** The band in which a value is expected at each step; empty where nothing is known about it. */
import type { Pipeline } from '../core/pipeline.ts';
import type { Engine } from './engine.ts';

export interface BandPoint {
  readonly at: number;
  readonly lower: number;
  readonly upper: number;
}

/** @param from start of the first step, milliseconds; @param to end, exclusive */
export async function bandOf(
  _engine: Engine,
  _pipeline: Pipeline,
  _column: string,
  _from: number,
  _to: number,
): Promise<readonly BandPoint[]> {
  return [];
}
