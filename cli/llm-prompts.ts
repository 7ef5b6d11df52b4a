/** Versions of prompts: files on one side, what was registered and approved on the other. */
import type { Database } from '../core/effects.ts';
import { Fault } from '../core/errors.ts';
import { byVersion, type PromptFile } from '../serve/llm/prompt-files.ts';

export type FileState = 'same' | 'changed' | 'missing' | 'not registered';

export interface PromptState {
  readonly key: string;
  readonly version: string;
  readonly status: 'draft' | 'approved' | 'retired' | null;
  /** The file beside what was registered. */
  readonly file: FileState;
  readonly model: string | null;
  readonly approvedBy: string | null;
  readonly approvedAt: string | null;
  readonly note: string | null;
}

interface PromptRow {
  readonly prompt_key: string;
  readonly version: string;
  readonly template_hash: string;
  readonly status: 'draft' | 'approved' | 'retired';
  readonly model: string | null;
  readonly approved_by: string | null;
  readonly approved_at: string | null;
  readonly note: string | null;
}

// grain: one row per version. reads: public.llm_prompts. params: none.
const ALL = `
  select prompt_key, version, template_hash, status, model, approved_by, to_char(approved_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as approved_at, note from public.llm_prompts`;

export async function promptStates(db: Database, files: readonly PromptFile[]): Promise<PromptState[]> {
  const rows = await db.query<PromptRow>(ALL);
  const registered = rows.map((row): PromptState => {
    const file = files.find(({ key, version }) => key === row.prompt_key && version === row.version);
    return {
      key: row.prompt_key,
      version: row.version,
      status: row.status,
      file: file === undefined ? 'missing' : file.hash === row.template_hash ? 'same' : 'changed',
      model: row.model,
      approvedBy: row.approved_by,
      approvedAt: row.approved_at,
      note: row.note,
    };
  });
  const others = files
    .filter(({ key, version }) => !rows.some((row) => row.prompt_key === key && row.version === version))
    .map(({ key, version, model, note }): PromptState => {
      return { key, version, status: null, file: 'not registered', model, approvedBy: null, approvedAt: null, note };
    });
  return [...registered, ...others].sort((a, b) =>
    a.key === b.key ? byVersion(a.version, b.version) : a.key < b.key ? -1 : 1,
  );
}

export interface Registered {
  readonly key: string;
  readonly version: string;
  readonly outcome: 'registered' | 'draft updated' | 'unchanged' | 'refused';
}

// grain: one row per file. writes: public.llm_prompts. params: $1 key, $2 version, $3 hash, $4 model, $5 note.
const REGISTER = `
  insert into public.llm_prompts as p (prompt_key, version, template_hash, model, note) values ($1, $2, $3, $4, $5)
  on conflict (prompt_key, version) do update set template_hash = excluded.template_hash, model = excluded.model, note = excluded.note
    where p.status = 'draft' and (p.template_hash, p.model, p.note) is distinct from (excluded.template_hash, excluded.model, excluded.note)
  returning (xmax = 0) as inserted`;

/** What was approved or retired stays as it is: `refused` where its file has changed since. */
export async function registerPrompts(db: Database, files: readonly PromptFile[]): Promise<Registered[]> {
  return db.transaction(async (tx) => {
    const before = await promptStates(tx, files);
    const done: Registered[] = [];
    for (const { key, version, hash, model, note } of files) {
      const [row] = await tx.query<{ inserted: boolean }>(REGISTER, [key, version, hash, model, note]);
      const changed = before.some(
        (one) => one.key === key && one.version === version && one.file === 'changed' && one.status !== 'draft',
      );
      const outcome =
        row === undefined ? (changed ? 'refused' : 'unchanged') : row.inserted ? 'registered' : 'draft updated';
      done.push({ key, version, outcome });
    }
    return done;
  });
}

export interface Decision {
  readonly key: string;
  readonly version: string;
  readonly by: string;
  readonly note: string | null;
}

/** @returns false where it was approved before. @throws Fault `LLM_PROMPT_UNKNOWN`, `LLM_PROMPT_CHANGED`, `LLM_PROMPT_RETIRED` */
export async function approvePrompt(db: Database, files: readonly PromptFile[], decision: Decision): Promise<boolean> {
  const { key, version, by, note } = decision;
  const state = await stateOf(db, files, decision);
  if (state.status === 'retired')
    throw refused(
      'LLM_PROMPT_RETIRED',
      `${key} ${version} was retired`,
      'write a new version, register and approve that',
    );
  if (state.file !== 'same')
    throw refused(
      'LLM_PROMPT_CHANGED',
      `the file of ${key} ${version} is ${state.file === 'missing' ? 'missing' : 'another than what was registered'}`,
      state.status === 'draft' ? 'penstock llm prompts register, read it, then approve' : 'write it as a new version',
    );
  if (state.status === 'approved') return false;
  // The hash is compared again: what was read must be what is approved.
  const hash = files.find((file) => file.key === key && file.version === version)?.hash ?? '';
  const rows = await db.query(
    `update public.llm_prompts set status = 'approved', approved_by = $3, approved_at = now(), note = coalesce($4, note)
     where prompt_key = $1 and version = $2 and status = 'draft' and template_hash = $5 returning version`,
    [key, version, by, note, hash],
  );
  if (rows.length === 0)
    throw refused(
      'LLM_PROMPT_CHANGED',
      `${key} ${version} was changed meanwhile`,
      'look at it with penstock llm prompts list',
    );
  return true;
}

/** @returns false where it was retired before. @throws Fault `LLM_PROMPT_UNKNOWN` */
export async function retirePrompt(db: Database, files: readonly PromptFile[], decision: Decision): Promise<boolean> {
  const { status } = await stateOf(db, files, decision);
  if (status === 'retired') return false;
  await db.query(
    `update public.llm_prompts set status = 'retired', note = coalesce($3 || coalesce('; ' || note, ''), note) where prompt_key = $1 and version = $2`,
    [decision.key, decision.version, `retired by ${decision.by}${decision.note === null ? '' : `: ${decision.note}`}`],
  );
  return true;
}

async function stateOf(db: Database, files: readonly PromptFile[], { key, version }: Decision): Promise<PromptState> {
  const state = (await promptStates(db, files)).find(
    (one) => one.key === key && one.version === version && one.status !== null,
  );
  if (state !== undefined) return state;
  throw refused(
    'LLM_PROMPT_UNKNOWN',
    `there is no prompt ${key} ${version} in the database`,
    'penstock llm prompts list, and register',
  );
}

function refused(code: string, what: string, next: string): Fault {
  return new Fault({ code, kind: 'usage', what, consequence: 'nothing was changed', next });
}
