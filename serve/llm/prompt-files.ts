/** Prompts as files: `<key>/<version>.md` with front matter; what follows it is, word for word, what the model is told. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { Fault } from '../../core/errors.ts';

const frontMatter = z.strictObject({
  key: z.string().regex(/^[a-z][a-z0-9-]*$/),
  version: z.coerce.string().regex(/^[0-9A-Za-z][0-9A-Za-z.-]*$/),
  /** Schema of the answer: name of the endpoint. */
  schema: z.string(),
  /** The one model that it was written for; absent: any. */
  model: z.string().optional(),
  note: z.string(),
});

export interface PromptFile {
  readonly key: string;
  readonly version: string;
  readonly schema: string;
  readonly model: string | null;
  readonly note: string;
  /** What the model is told. */
  readonly text: string;
  /** SHA-256 of the whole file with LF line ends. */
  readonly hash: string;
  /** Within the folder: `explain-chart/1.md`. */
  readonly file: string;
}

/** Sorted by key and version. @throws Fault `LLM_PROMPT_FILE_INVALID` */
export async function readPrompts(folder: string): Promise<PromptFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length)
        .replace(/^[/\\]/, '')
        .replaceAll('\\', '/'),
    );
  const prompts = await Promise.all(
    names.map(async (name) => promptOf(name, await readFile(join(folder, name), 'utf8'))),
  );
  return prompts.sort((a, b) => (a.key === b.key ? byVersion(a.version, b.version) : a.key < b.key ? -1 : 1));
}

/** 2 comes before 10. */
export function byVersion(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

/** @throws Fault `LLM_PROMPT_FILE_INVALID` */
export function promptOf(file: string, raw: string): PromptFile {
  const whole = raw.replaceAll('\r\n', '\n');
  const [, head, text] = /^---\n([^]*?)\n---\n([^]*)$/.exec(whole) ?? [];
  if (head === undefined || text === undefined || text.trim() === '')
    throw invalid(file, 'it is not front matter between two lines --- and a text');
  const { data, error } = frontMatter.safeParse(yamlOf(head, file));
  if (error !== undefined)
    throw invalid(
      file,
      error.issues.map(({ path, message }) => `${path.join('.') || 'front matter'}: ${message}`).join('; '),
    );
  if (file !== `${data.key}/${data.version}.md`)
    throw invalid(file, `its name says another key or version than ${data.key} ${data.version}`);
  const { key, version, schema, model = null, note } = data;
  return {
    key,
    version,
    schema,
    model,
    note,
    text: text.trim(),
    hash: createHash('sha256').update(whole).digest('hex'),
    file,
  };
}

function yamlOf(head: string, file: string): unknown {
  try {
    return parse(head);
  } catch {
    throw invalid(file, 'its front matter is no YAML');
  }
}

function invalid(file: string, what: string): Fault {
  return new Fault({
    code: 'LLM_PROMPT_FILE_INVALID',
    kind: 'definition',
    what,
    where: file,
    consequence: 'no prompt was read',
    next: 'docs/operations/llm.md says what a prompt file holds',
  });
}
