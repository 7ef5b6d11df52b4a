/** The index of a folder of recorded responses: reading, validating, matching and writing it. */
import { readFile } from 'node:fs/promises';
import { isAbsolute, join, normalize } from 'node:path';
import { z } from 'zod';
import { Fault, redact } from '../../core/errors.ts';
import { openPartFile } from './part-file.ts';

const insideFolder = z
  .string()
  .min(1)
  .refine(
    (file) => !isAbsolute(file) && !/^[a-z]:/i.test(file) && !normalize(file).split(/[/\\]/).includes('..'),
    'must stay inside the folder',
  );

const entrySchema = z
  .object({
    method: z.string().default('GET'),
    url: z.url({ protocol: /^https?$/, error: 'must be an http or https address' }),
    /** Relative to the folder; absent for an answer without a body that matters. */
    file: insideFolder.optional(),
    status: z.number().int().min(100).max(599),
    headers: z.record(z.string(), z.string()).default({}),
    recordedAt: z.iso.datetime({ offset: true, error: 'must be an ISO 8601 instant' }).optional(),
  })
  .refine(({ status, file }) => status !== 200 || file !== undefined, {
    path: ['file'],
    error: 'a 200 needs the file with its body',
  });

const indexSchema = z.object({ recordings: z.array(entrySchema) });

/** One recorded answer. Header names are lower case. */
export type RecordingEntry = Readonly<z.infer<typeof entrySchema>>;

export const INDEX_FILE = 'index.json';

/** Two addresses are the same when method, path and sorted query are; secrets in the query do not count. */
export function recordingKey(method: string, address: string): string {
  const url = new URL(redact(address));
  const query = [...url.searchParams].map(([name, value]) => JSON.stringify([name, value])).sort();
  return [method.toUpperCase(), url.origin + url.pathname, ...query].join(' ');
}

/**
 * Reads `<dir>/index.json`: key → answer. `null` when there is no index.
 * @throws Fault `RECORDINGS_INVALID` that lists everything that is wrong, or `RECORDINGS_UNREADABLE`
 */
export async function readIndex(dir: string): Promise<Map<string, RecordingEntry> | null> {
  const path = join(dir, INDEX_FILE);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw indexFault('RECORDINGS_UNREADABLE', `the index cannot be read`, path, error);
  });
  if (text === null) return null;
  const parsed = indexSchema.safeParse(parseJson(text, path));
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${place(issue.path)}: ${issue.message}`);
    throw invalid(faults, path);
  }
  const entries = new Map<string, RecordingEntry>();
  const repeated: string[] = [];
  parsed.data.recordings.forEach((entry, i) => {
    const key = recordingKey(entry.method, entry.url);
    if (entries.has(key)) repeated.push(`recordings[${i}].url: ${redact(entry.url)} is there twice`);
    const headers = Object.fromEntries(
      Object.entries(entry.headers).map(([name, value]) => [name.toLowerCase(), value]),
    );
    entries.set(key, { ...entry, headers });
  });
  if (repeated.length > 0) throw invalid(repeated, path);
  return entries;
}

/** Replaces `<dir>/index.json` in one step. */
export async function writeIndex(dir: string, entries: Iterable<RecordingEntry>): Promise<void> {
  const recordings = [...entries].map(({ method, ...entry }) => (method === 'GET' ? entry : { method, ...entry }));
  const part = await openPartFile(dir);
  try {
    await part.write(new TextEncoder().encode(`${JSON.stringify({ recordings }, null, 1)}\n`));
    await part.finish();
    await part.moveTo(join(dir, INDEX_FILE));
  } finally {
    await part.discard();
  }
}

export function missingIndex(dir: string): Fault {
  return indexFault('RECORDINGS_NOT_FOUND', 'there is no index of recordings', join(dir, INDEX_FILE));
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw indexFault(
      'RECORDINGS_INVALID',
      `the index is not JSON: ${error instanceof Error ? error.message : ''}`,
      path,
      error,
    );
  }
}

function place(path: readonly PropertyKey[]): string {
  return (
    path
      .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
      .join('')
      .replace(/^\./, '') || 'index'
  );
}

function invalid(faults: readonly string[], path: string): Fault {
  const count = faults.length === 1 ? 'one fault' : `${faults.length} faults`;
  return indexFault(
    'RECORDINGS_INVALID',
    `${count} in the index:\n${faults.map((fault) => `  - ${fault}`).join('\n')}\n`,
    path,
  );
}

function indexFault(code: string, what: string, path: string, cause?: unknown): Fault {
  return new Fault({
    code,
    kind: 'configuration',
    what,
    where: path,
    consequence: 'nothing was asked',
    next: 'give a folder with a valid index.json, or leave out --recordings to ask the publishers',
    cause,
  });
}
