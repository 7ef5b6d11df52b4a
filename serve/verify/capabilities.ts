/** Which capability an operation belongs to: what a flag opens is proved by the operations that it opens. */
import { FLAGS, STREAM_KEYS, type StreamKey } from '../../core/flags.ts';
import type { Operation } from './document.ts';

/** Everything that no flag opens: health, metrics, the document, flags, operations, reference data. */
export const CORE = 'core';

export const CAPABILITIES: readonly string[] = [CORE, ...FLAGS.map(({ key }) => key)];

const RULES: readonly (readonly [RegExp, string])[] = [
  [/^\/(api\/)?(help|help-simple)(\/|$)|^\/admin\/help(\/|$)/, 'help'],
  [/^\/(api-v2|api\/v2)-?\/?(grid|security)|^\/api\/(grid|security)\//, 'grid-and-security'],
  [/^\/api-v2-analytics|^\/api\/analytics\//, 'analytics'],
  [/^\/(api\/)?(historical|history|download)(\/|$)/, 'historical'],
  [/^\/(llm|llm-lite)(\/|$)|^\/api\/llm(\/|$)/, 'llm'],
];

export function capabilityOf({ primary }: Pick<Operation, 'primary'>): string {
  const bare = primary.replace(/^\/functions\/v1/, '');
  const stream = streamOf(bare);
  if (stream !== null) return `stream.${stream}`;
  return RULES.find(([rule]) => rule.test(bare))?.[1] ?? CORE;
}

/** The stream that a path is of: `/stream-ontario-demand`, `/manifest-ontario-demand`. */
export function streamOf(path: string): StreamKey | null {
  const name = /^(?:\/functions\/v1)?\/(?:stream|manifest)-([a-z-]+)(?:\/|$)/.exec(path)?.[1];
  return STREAM_KEYS.find((key) => key === name) ?? null;
}

/** Whether it answers the rows of a stream, and not something about it. */
export function servesRows({ method, primary }: Pick<Operation, 'method' | 'primary'>): boolean {
  return method === 'GET' && /^(\/functions\/v1)?\/stream-[a-z-]+$/.test(primary) && streamOf(primary) !== null;
}

/** What names a row of each stream. */
export const ROW_KEYS: Readonly<Record<StreamKey, readonly string[]>> = {
  'ontario-demand': ['datetime'],
  'provincial-generation': ['date', 'province_code', 'producer', 'generation_type'],
  'ontario-prices': ['datetime', 'node_name'],
  'hf-electricity-demand': ['datetime', 'household_id'],
  'aeso-grid-data': ['captured_at', 'region'],
};

/** Hours after which the platform's contract calls each stream stale; a server that says `live` of older rows is wrong. */
export const STALE_AFTER_HOURS: Readonly<Record<StreamKey, number>> = {
  'ontario-demand': 1,
  'provincial-generation': 168,
  'ontario-prices': 1,
  'hf-electricity-demand': 12,
  'aeso-grid-data': 2,
};
