/** What the gateway is given; null in ApiDependencies: language models are off. */
import type { LlmUpstream } from '../../core/effects.ts';
import type { PromptFile } from './prompt-files.ts';

/** USD for a million tokens. */
export interface Price {
  readonly in: number;
  readonly out: number;
}

export interface LlmSettings {
  readonly model: string;
  /** Questions of a client in a minute. */
  readonly perMinute: number;
  readonly cacheMs: number;
  readonly idleMs: number;
  readonly totalMs: number;
  readonly maxTokens: number;
  /** By model, as the upstream names it. */
  readonly prices: Readonly<Record<string, Price>>;
  /** null: no cap. */
  readonly monthlyUsd: number | null;
}

export interface LlmDependencies {
  readonly upstream: LlmUpstream;
  readonly settings: LlmSettings;
  readonly prompts: readonly PromptFile[];
}

export const DEFAULT_PER_MINUTE = 30;

/** null: nobody said what the model costs, and a guess would be wrong. */
export function costUsd(
  { prices, model }: LlmSettings,
  answered: string,
  tokensIn: number | null,
  tokensOut: number | null,
): number | null {
  const price = prices[answered] ?? prices[model];
  if (price === undefined || tokensIn === null || tokensOut === null) return null;
  return Math.round(tokensIn * price.in + tokensOut * price.out) / 1e6;
}

/** Bytes are never fewer than tokens. */
export function mostUsd(settings: LlmSettings, promptBytes: number): number | null {
  return costUsd(settings, settings.model, promptBytes, settings.maxTokens);
}
