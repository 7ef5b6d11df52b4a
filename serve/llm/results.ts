/** What each endpoint's model must answer, and what the endpoint makes of it. Of sources a model names ids alone; everything else of them is ours. */
import { z } from 'zod';
import '../api/provenance.ts';

const text = z.string().trim().min(1).max(4_000);
const texts = z.array(text).min(1).max(20);
const maybeTexts = z.array(text).max(20);
const confidence = z.number().min(0).max(1);
const ids = z.array(z.string()).min(1).max(20);

/** A source as answers show it. */
export const citedSource = z
  .object({
    id: z.string(),
    title: z.string(),
    source: z.string().nullable(),
    last_updated: z.string().nullable(),
    freshness_status: z.string(),
    is_fallback: z.boolean(),
    excerpt: z.string().openapi({ description: 'Beginning of the rows that the model was given; not its words.' }),
  })
  .openapi('LlmSource');

/** By endpoint: what the model answers. `sources` are ids of those that it was given. */
export const ANSWERS = {
  'explain-chart': z.object({ tl_dr: text, trends: texts, classroom_activity: text, sources: ids }),
  'analytics-insight': z.object({
    summary: text,
    key_findings: texts,
    policy_implications: maybeTexts,
    confidence,
    sources: ids,
  }),
  'transition-report': z.object({
    summary: text,
    progress: texts,
    risks: maybeTexts,
    recommendations: maybeTexts,
    confidence,
    sources: ids,
  }),
  'data-quality': z.object({ summary: text, issues: maybeTexts, recommendations: maybeTexts, sources: ids }),
  'emissions-planner': z.object({ summary: text, measures: texts, risks: maybeTexts, confidence, sources: ids }),
  'market-brief': z.object({ summary: text, drivers: texts, outlook: maybeTexts, confidence, sources: ids }),
  'community-plan': z.object({ summary: text, steps: texts, considerations: maybeTexts, confidence, sources: ids }),
  'grid-optimization': z.object({
    summary: text,
    recommendations: z
      .array(z.object({ action: text, rationale: text, priority: z.enum(['low', 'medium', 'high', 'critical']) }))
      .min(1)
      .max(10),
    confidence,
    sources: ids,
  }),
} as const;

export type LlmKind = keyof typeof ANSWERS;
export const LLM_KINDS = Object.keys(ANSWERS) as LlmKind[];

/** What the endpoint answers as `result`. */
export function resultSchema(kind: LlmKind): z.ZodObject {
  const { sources: _ids, ...said } = ANSWERS[kind].shape;
  const sources = z.array(citedSource).min(1);
  if (kind === 'explain-chart') return z.object({ ...said, provenance: sources });
  if (kind === 'data-quality')
    return z.object({
      ...said,
      quality_score: z.number().nullable().openapi({
        description:
          '0 to 1, measured by the checks of this server (source_quality), not by the model; null: not measured.',
      }),
      sources,
    });
  return z.object({ ...said, sources });
}

/** Words of JSON Schema that strict modes of upstreams refuse; the answer is checked here all the same. */
const UNKNOWN_THERE: ReadonlySet<string> = new Set([
  '$schema',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minimum',
  'maximum',
]);

/** For `response_format`: the ids that may be cited are an enumeration. */
export function answerJsonSchema(kind: LlmKind, sourceIds: readonly [string, ...string[]]): Record<string, unknown> {
  const schema = z.object({ ...ANSWERS[kind].shape, sources: z.array(z.enum(sourceIds)) });
  return plain(z.toJSONSchema(schema)) as Record<string, unknown>;
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !UNKNOWN_THERE.has(name))
      .map(([name, part]) => [name, plain(part)]),
  );
}
