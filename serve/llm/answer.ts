/** What a model answered, as a result that may be shown: JSON of the right shape, whose sources are among those that it was given. */
import { cited, type DataContext } from './context.ts';
import { answerUnusable } from './faults.ts';
import { ANSWERS, type LlmKind } from './results.ts';

export interface Usable {
  readonly result: Record<string, unknown>;
  /** Ids. */
  readonly sources: readonly string[];
}

/** @throws Problem `LLM_ANSWER_UNUSABLE` */
export function usableAnswer(kind: LlmKind, text: string, context: DataContext): Usable {
  const { data, error } = ANSWERS[kind].safeParse(jsonOf(text));
  if (error !== undefined)
    throw answerUnusable(error.issues.map(({ path, message }) => `${path.join('.') || 'it'}: ${message}`).join('; '));
  const { sources: ids, ...said } = data;
  const known = new Map(context.sources.map((source) => [source.id, source]));
  const invented = ids.filter((id) => !known.has(id));
  if (invented.length > 0) throw answerUnusable('it names sources that it was not given');
  const unique = [...new Set(ids)];
  const sources = context.sources.filter(({ id }) => unique.includes(id)).map(cited);
  if (kind === 'explain-chart') return { result: { ...said, provenance: sources }, sources: unique };
  if (kind === 'data-quality')
    return { result: { ...said, quality_score: context.qualityScore, sources }, sources: unique };
  return { result: { ...said, sources }, sources: unique };
}

/** Some models put a fence around it. */
function jsonOf(text: string): unknown {
  const bare = /^\s*```(?:json)?\s*\n([^]*?)\n?\s*```\s*$/i.exec(text)?.[1] ?? text;
  if (bare.trim() === '') throw answerUnusable('it is empty');
  try {
    return JSON.parse(bare);
  } catch {
    throw answerUnusable('it is no JSON');
  }
}
