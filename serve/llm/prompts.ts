/** The prompt that a call uses: the newest version that somebody approved, for this model, whose file still is what was approved. */
import type { Database } from '../../core/effects.ts';
import { promptUnapproved } from './faults.ts';
import { byVersion, type PromptFile } from './prompt-files.ts';

interface ApprovedRow {
  readonly version: string;
  readonly template_hash: string;
  readonly model: string | null;
}

// grain: one row per approved version. reads: public.llm_prompts. params: $1 key.
const APPROVED = `select version, template_hash, model from public.llm_prompts where prompt_key = $1 and status = 'approved'`;

/** Asked anew for each call, so that a version that was retired is used no more. @throws Problem `LLM_PROMPT_UNAPPROVED` */
export async function approvedPrompt(
  service: Database,
  files: readonly PromptFile[],
  key: string,
  model: string,
): Promise<PromptFile> {
  const rows = await service.query<ApprovedRow>(APPROVED, [key]);
  if (rows.length === 0) throw promptUnapproved(key, 'no version of it is approved');
  const fitting = rows.filter((row) => row.model === null || row.model === model);
  if (fitting.length === 0) throw promptUnapproved(key, 'its approved versions are for another model');
  const usable = fitting
    .flatMap((row) =>
      files.filter((file) => file.key === key && file.version === row.version && file.hash === row.template_hash),
    )
    .filter((file) => file.model === null || file.model === model)
    .sort((a, b) => byVersion(a.version, b.version))
    .at(-1);
  if (usable === undefined) throw promptUnapproved(key, 'its text is not the one that was approved');
  return usable;
}
