/**
 * `<reports>/index.jsonl`: one line per run, appended and never rewritten, so that a run costs the same after ten years.
 * Readers take the end of the file only.
 */
import { appendFile, open } from 'node:fs/promises';
import { z } from 'zod';
import type { RunReport } from './model.ts';
import { addRows, NO_ROWS } from './model.ts';
import { clip } from './words.ts';

/** What the index says about a run. */
const lineSchema = z.object({
  runId: z.string(),
  startedAt: z.string(),
  durationMs: z.number(),
  command: z.string(),
  source: z.enum(['live', 'recordings', 'samples']),
  exitCode: z.number(),
  verdict: z.string(),
  states: z.partialRecord(z.enum(['good', 'warning', 'blocked', 'failed', 'not checked']), z.number()),
  rows: z.object({
    read: z.number(),
    inserted: z.number(),
    revised: z.number(),
    withdrawn: z.number(),
    rejected: z.number(),
  }),
});
export type IndexLine = z.infer<typeof lineSchema>;

/** Bytes of the file's end that are read: enough for 500 lines of the longest kind. */
const TAIL_BYTES = 1_048_576;

export function indexLineOf(report: RunReport): IndexLine {
  const { read, inserted, revised, withdrawn, rejected } = report.datasets.reduce(
    (sum, d) => addRows(sum, d.rows),
    NO_ROWS,
  );
  const states: IndexLine['states'] = {};
  for (const { state } of report.datasets) states[state] = (states[state] ?? 0) + 1;
  const { runId, startedAt, durationMs, source, exitCode } = report;
  const texts = { command: clip(report.command, 200), verdict: clip(report.verdict, 400) };
  return {
    runId,
    startedAt,
    durationMs,
    source,
    exitCode,
    ...texts,
    states,
    rows: { read, inserted, revised, withdrawn, rejected },
  };
}

/** Appends with one write, which the operating system does not mix with another's. A torn line before it cannot swallow it. */
export async function appendIndexLine(file: string, line: IndexLine): Promise<void> {
  await appendFile(file, `\n${JSON.stringify(line)}\n`);
}

/** The newest `limit` lines, newest first, and the file's size at that moment; lines that cannot be read are skipped. */
export async function readIndexTail(
  file: string,
  limit: number,
): Promise<{ readonly lines: IndexLine[]; readonly size: number }> {
  const { text, size } = await readTail(file);
  const newest = new Map<string, IndexLine>();
  for (const one of text.split('\n').toReversed()) {
    const line = parseLine(one);
    if (line !== null && !newest.has(line.runId)) newest.set(line.runId, line);
    if (newest.size === limit) break;
  }
  return { lines: [...newest.values()], size };
}

/** The end of a file of lines, at most {@link TAIL_BYTES}; its first line may be torn. */
export async function readTail(file: string): Promise<{ readonly text: string; readonly size: number }> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const from = Math.max(0, size - TAIL_BYTES);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - from), 0, size - from, from);
    return { text: buffer.toString('utf8', 0, bytesRead), size };
  } finally {
    await handle.close();
  }
}

function parseLine(text: string): IndexLine | null {
  if (text === '') return null;
  try {
    return lineSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
