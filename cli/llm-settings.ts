/** Settings of language models, read from the environment once; all faults are named together. Off unless LLM_ENABLED is true. */
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { Fault } from '../core/errors.ts';
import { DEFAULT_PER_MINUTE, type LlmSettings, type Price } from '../serve/llm/settings.ts';
import type { Environment } from './environment.ts';

export interface LlmConfiguration {
  /** Everything that asking needs is there. */
  readonly enabled: boolean;
  readonly baseUrl: string;
  readonly apiKey: string | null;
  readonly settings: LlmSettings;
}

const MAX_TOKENS = 1_500;
/** A model that thinks says nothing for a while. */
const IDLE_MS = 30_000;

const pricesSchema = z.record(z.string(), z.object({ in: z.number().min(0), out: z.number().min(0) }));

/** @throws Fault `SETTINGS_INVALID` */
export function llmConfiguration(env: Environment): LlmConfiguration {
  const faults: string[] = [];
  const on = env['LLM_ENABLED'] ?? 'false';
  if (on !== 'true' && on !== 'false')
    faults.push(`LLM_ENABLED is ${JSON.stringify(on.slice(0, 40))}, and must be true or false`);
  const number = (name: string, text: string | undefined, fallback: number, min: number, max: number): number => {
    const value = text === undefined ? fallback : Number(text);
    if (Number.isFinite(value) && value >= min && value <= max) return value;
    faults.push(`${name} is ${JSON.stringify(text?.slice(0, 40))}, and must be a number from ${min} to ${max}`);
    return fallback;
  };
  const totalMs = number('LLM_TIMEOUT_S', env['LLM_TIMEOUT_S'], 60, 1, 300) * 1_000;
  const settings: LlmSettings = {
    model: env['LLM_MODEL'] ?? '',
    perMinute: Math.floor(number('LLM_MAX_RPM', env['LLM_MAX_RPM'], DEFAULT_PER_MINUTE, 1, 100_000)),
    cacheMs: number('LLM_CACHE_TTL_MIN', env['LLM_CACHE_TTL_MIN'], 15, 0, 1_440) * 60_000,
    idleMs: Math.min(IDLE_MS, totalMs),
    totalMs,
    maxTokens: MAX_TOKENS,
    prices: pricesOf(env['LLM_PRICES'], faults),
    monthlyUsd:
      env['LLM_MONTHLY_USD'] === undefined ? null : number('LLM_MONTHLY_USD', env['LLM_MONTHLY_USD'], 0, 0, 1_000_000),
  };
  const baseUrl = env['LLM_BASE_URL'] ?? '';
  if (on === 'true') {
    if (settings.model === '') faults.push('LLM_ENABLED is true, and LLM_MODEL names no model');
    if (!/^https?:$/.test(URL.canParse(baseUrl) ? new URL(baseUrl).protocol : ''))
      faults.push('LLM_ENABLED is true, and LLM_BASE_URL is no http or https address');
    if (settings.monthlyUsd !== null && settings.prices[settings.model] === undefined)
      faults.push('LLM_MONTHLY_USD caps a cost that nobody knows: LLM_PRICES has no price of LLM_MODEL');
  }
  if (faults.length > 0)
    throw new Fault({
      code: 'SETTINGS_INVALID',
      kind: 'configuration',
      what: faults.join('; '),
      consequence: 'nothing was served',
      next: '.env.example says what each may be',
    });
  return { enabled: on === 'true', baseUrl, apiKey: env['LLM_API_KEY'] ?? null, settings };
}

/** JSON, or a file that holds it. */
function pricesOf(text: string | undefined, faults: string[]): Readonly<Record<string, Price>> {
  if (text === undefined) return {};
  const isFile = !text.trimStart().startsWith('{');
  if (isFile && !existsSync(text)) {
    faults.push(`LLM_PRICES is neither JSON nor a file that exists: ${JSON.stringify(text.slice(0, 100))}`);
    return {};
  }
  try {
    return pricesSchema.parse(JSON.parse(isFile ? readFileSync(text, 'utf8') : text));
  } catch {
    faults.push('LLM_PRICES must be JSON like {"model": {"in": 0.15, "out": 0.6}}, USD for a million tokens');
    return {};
  }
}
