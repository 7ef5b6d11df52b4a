/** `help set`: a file of Markdown becomes the text of the database, by the rules of data/help, and what changed is shown. */
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { text as allOf } from 'node:stream/consumers';
import { Fault } from '../core/errors.ts';
import type { Database } from '../core/effects.ts';
import { faultLines } from '../data/help/faults.ts';
import { changedParts, fileOf, type HelpPart, type HelpText, reviewOf, textOf } from '../data/help/text.ts';
import { visible } from '../reports/words.ts';
import { Problem } from '../serve/api/problem.ts';
import { fileFaults } from '../serve/help/rules.ts';
import { filesBeside, storedTexts } from '../serve/help/texts.ts';
import { writeHelp } from '../serve/help/write.ts';
import { diffLines } from './help-diff.ts';

export interface HelpSetWords {
  readonly id: string;
  /** Path, or `-` for stdin. */
  readonly file: string;
  readonly by: string;
  readonly dryRun: boolean;
}

export interface HelpSetResult {
  readonly id: string;
  readonly outcome: 'created' | 'changed' | 'unchanged';
  readonly written: boolean;
  /** null: nothing was written. */
  readonly version: string | null;
  readonly by: string;
  readonly changed: readonly HelpPart[];
  readonly diff: readonly string[];
}

/** @throws Fault `HELP_FILE_UNREADABLE`, `HELP_TEXT_INVALID`, `HELP_REVIEW_IN_FILE` */
export async function setHelp(db: Database, words: HelpSetWords, now: number): Promise<HelpSetResult> {
  const { id, file, by, dryRun } = words;
  const given = { name: `${id}.md`, text: await textIn(file) };
  if (reviewOf(given) !== null) throw reviewedElsewhere(id, file);
  const stored = await storedTexts(db);
  const faults = faultLines(fileFaults(given, filesBeside(stored, id)));
  if (faults.length > 0) throw invalid(file, faults);
  const after = textOf(given);
  if (dryRun) {
    const before = stored.find((one) => one.id === id) ?? null;
    const changed = before === null ? [] : changedParts(before, after);
    const outcome = before === null ? 'created' : changed.length === 0 ? 'unchanged' : 'changed';
    return { id, outcome, written: false, version: null, by, changed, diff: difference(before, after) };
  }
  try {
    const today = new Date(now).toISOString().slice(0, 10);
    const done = await writeHelp(db, { text: after, by, expected: null }, today);
    const { outcome, version, parts, before } = done;
    const changed = before === null ? [] : parts;
    const written = outcome !== 'unchanged';
    return { id, outcome, written, version, by, changed, diff: difference(before, done.after) };
  } catch (error) {
    throw error instanceof Problem ? error.fault : error;
  }
}

export function helpSetText({ id, outcome, written, version, by, changed, diff }: HelpSetResult): string {
  if (outcome === 'unchanged') return `${id}: nothing to change`;
  const did = written ? outcome : `would be ${outcome}`;
  const parts = changed.length === 0 ? '' : `: ${changed.join(', ')}`;
  const last = written
    ? `Version ${version}, by ${visible(by)}. It shows at once; penstock help export ${id} writes it into data/help for review.`
    : 'Nothing was written (--dry-run).';
  return [`${id}: ${did}${parts}`, '', ...diff.map(visible), '', last].join('\n');
}

function difference(before: HelpText | null, after: HelpText): string[] {
  return diffLines(before === null ? '' : fileOf(before).text, fileOf(after).text);
}

async function textIn(file: string): Promise<string> {
  try {
    return await (file === '-' ? allOf(process.stdin) : readFile(file, 'utf8'));
  } catch (error) {
    throw new Fault({
      code: 'HELP_FILE_UNREADABLE',
      kind: 'usage',
      what: `cannot read the text: ${error instanceof Error ? error.message : String(error)}`,
      where: file,
      consequence: 'nothing was changed',
      next: 'name a Markdown file with front matter, or - for stdin; docs/operations/help.md shows one',
      cause: error,
    });
  }
}

function invalid(file: string, faults: readonly string[]): Fault {
  return new Fault({
    code: 'HELP_TEXT_INVALID',
    kind: 'usage',
    what: ['the text breaks rules of help texts:', ...faults.map((fault) => `  ${fault}`)].join('\n'),
    where: file,
    consequence: 'nothing was changed',
    next: 'mend all of these, then the same again; docs/operations/help.md has the rules',
  });
}

function reviewedElsewhere(id: string, file: string): Fault {
  return new Fault({
    code: 'HELP_REVIEW_IN_FILE',
    kind: 'usage',
    what: 'who has reviewed a text is kept in its file, where others see it, and not in the database',
    where: file,
    consequence: 'nothing was changed',
    next: `write the text to data/help/${id}.md, have the change reviewed, then: penstock db seed local-help-content`,
  });
}
