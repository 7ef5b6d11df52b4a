/** What the checks of a dataset say, by name: those of its definition, and those that every dataset has. */
import { checkName } from '../core/check.ts';
import { checkSentence } from '../core/check-sentence.ts';
import type { Pipeline } from '../core/pipeline.ts';
import { KEPT_CHECK, KEPT_SENTENCE } from '../loaders/postgres/kept-edits.ts';
import { SHAPE_CHECK, SHAPE_SENTENCE } from '../transforms/shape.ts';

export function sentencesOf(pipeline: Pipeline): ReadonlyMap<string, string> {
  return new Map([
    [KEPT_CHECK, KEPT_SENTENCE],
    [SHAPE_CHECK, SHAPE_SENTENCE],
    ...pipeline.checks.map((check): [string, string] => [checkName(check), checkSentence(check)]),
  ]);
}
