/** The model's server and the prompts, as the API wants them; null where language models are off. */
import { readPrompts } from '../serve/llm/prompt-files.ts';
import type { LlmDependencies } from '../serve/llm/settings.ts';
import { promptsFolder } from '../serve/llm/shipped.ts';
import type { Environment } from './environment.ts';
import { llmConfiguration } from './llm-settings.ts';

/** @throws Fault `SETTINGS_INVALID`, `LLM_PROMPT_FILE_INVALID` */
export async function openLlm(env: Environment, version: string): Promise<LlmDependencies | null> {
  const { enabled, baseUrl, apiKey, settings } = llmConfiguration(env);
  if (!enabled) return null;
  const { createUpstream } = await import('../loaders/llm/openai.ts');
  return {
    upstream: createUpstream({ baseUrl, apiKey, userAgent: `penstock/${version}` }),
    settings,
    prompts: await readPrompts(promptsFolder()),
  };
}
