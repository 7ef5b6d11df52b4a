/**
 * `<reports>/datasets.json`: the newest state of each dataset, whichever run looked at it last. Each run appends its datasets to `datasets.jsonl` and
 * merges the end of that file into it, so the cost follows the number of datasets and not that of the runs.
 */
import { appendFile, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { inOrderOfNeed } from './html/page.ts';
import { SECTION_LIMIT } from './html/fit.ts';
import { readTail } from './index-lines.ts';
import type { RunReport } from './model.ts';
import { replaceFile } from './replace-file.ts';
import { clip } from './words.ts';

const entrySchema = z.object({
  id: z.string(),
  title: z.string(),
  publisher: z.string(),
  state: z.enum(['good', 'warning', 'blocked', 'failed', 'not checked']),
  score: z.number().nullable(),
  freshness: z.object({
    state: z.enum(['fresh', 'stale', 'ended', 'unknown']),
    coveredUntil: z.string().nullable(),
    expectedUntil: z.string().nullable(),
    staleSince: z.string().nullable(),
  }),
  openFindings: z.number(),
  runId: z.string(),
  startedAt: z.string(),
  /** Number of its section in that report; null where the report has none. */
  section: z.number().nullable(),
});
export type DatasetEntry = z.infer<typeof entrySchema>;
const entriesSchema = z.array(entrySchema);

/** Datasets of which nothing was due say nothing about their state and are left out. */
export function datasetEntries(report: RunReport): DatasetEntry[] {
  return inOrderOfNeed(report.datasets).flatMap((dataset, i): DatasetEntry[] => {
    const { id, title, publisher, state, quality, freshness, findingCounts, outcomes } = dataset;
    if (Object.values(outcomes).every((n) => n === 0)) return [];
    return [
      {
        id,
        title: clip(title, 200),
        publisher: clip(publisher, 200),
        state,
        score: quality?.score ?? null,
        freshness,
        openFindings: findingCounts.open,
        runId: report.runId,
        startedAt: report.startedAt,
        section: i < SECTION_LIMIT ? i + 1 : null,
      },
    ];
  });
}

/** Adds what a run knows; the file grows by one line with one write. */
export async function appendDatasets(folder: string, entries: readonly DatasetEntry[]): Promise<void> {
  await appendFile(logOf(folder), `\n${JSON.stringify(entries)}\n`);
}

/**
 * Merges the end of the log into `datasets.json`. Two runs may do so at once: each appends before, and merges again while the log has grown since it was
 * read. So whoever writes last has read every line.
 *
 * @returns all datasets by id, and the size of the log that they were read from
 */
export async function mergeDatasets(
  folder: string,
): Promise<{ readonly entries: DatasetEntry[]; readonly size: number }> {
  const file = join(folder, 'datasets.json');
  const { text, size } = await readTail(logOf(folder));
  const newest = new Map<string, DatasetEntry>();
  const known = parse(await readFile(file, 'utf8').catch(() => ''));
  for (const entry of [...known, ...text.split('\n').flatMap(parse)]) {
    const before = newest.get(entry.id);
    if (before === undefined || before.startedAt <= entry.startedAt) newest.set(entry.id, entry);
  }
  const entries = [...newest.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  await replaceFile(file, `${JSON.stringify(entries)}\n`);
  return { entries, size };
}

export async function sizeOfDatasets(folder: string): Promise<number> {
  return (await stat(logOf(folder))).size;
}

function logOf(folder: string): string {
  return join(folder, 'datasets.jsonl');
}

/** What cannot be read is nothing. */
function parse(text: string): DatasetEntry[] {
  if (text.trim() === '') return [];
  try {
    return entriesSchema.safeParse(JSON.parse(text)).data ?? [];
  } catch {
    return [];
  }
}
