/** Whether a help text may be written: the rules of the files, all that are broken at once, each with the field that it is about. */
import { Fault } from '../../core/errors.ts';
import { helpFaults, type HelpFault } from '../../data/help/faults.ts';
import { cut, type HelpFile } from '../../data/help/front-matter.ts';
import { fileOf, type HelpText } from '../../data/help/text.ts';
import { Problem } from '../api/problem.ts';

export interface TextFault {
  /** Field of the text; of a fault of another text its file. */
  readonly field: string;
  /** Line of body_md; null for other fields. */
  readonly line: number | null;
  readonly what: string;
}

/** Fields by their names in a file. */
const FIELD_OF: Readonly<Record<string, string>> = {
  tags: 'discipline_tags',
  sources: 'related_sources',
  curation: 'discipline_tags',
};
/** Of one line: controls, ends of lines, halves of characters. */
const UNREADABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;
/** Of several lines: the same but line feed and tab. */
const UNREADABLE_IN_LINES = /(?![\n\t])[\p{Cc}\p{Cs}]/u;

/**
 * Faults of a file, and those that it brings to the others.
 * @param others files of all other texts: a name must be nobody else's
 */
export function fileFaults(file: HelpFile, others: readonly HelpFile[]): HelpFault[] {
  const told = (fault: HelpFault): string => `${fault.file} ${fault.what}`;
  const before = new Set(helpFaults(others).map(told));
  try {
    // Last, so that of two texts that want one name the new one is at fault.
    return helpFaults([...others, file]).filter((fault) => fault.file === file.name || !before.has(told(fault)));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return [{ file: file.name, line: cut(file).bodyLine, what: 'the Markdown is nested too deeply to be read' }];
  }
}

export function textFaults(text: HelpText, others: readonly HelpFile[]): TextFault[] {
  const unreadable = unreadableFaults(text);
  if (unreadable.length > 0) return unreadable;
  const file = fileOf(text);
  return fileFaults(file, others).map((fault) => placed(fault, file));
}

/** @throws Problem `HELP_TEXT_INVALID` with all faults */
export function requireGood(text: HelpText, others: readonly HelpFile[]): void {
  const faults = textFaults(text, others);
  if (faults.length > 0) throw invalid(text.id, faults);
}

export function invalid(id: string, faults: readonly TextFault[], cause?: unknown): Problem {
  const said = faults.map(({ field, line, what }) => `${field}${line === null ? '' : `, line ${line}`}: ${what}`);
  return new Problem(
    new Fault({
      code: 'HELP_TEXT_INVALID',
      kind: 'usage',
      what: `the text ${JSON.stringify(id.slice(0, 200))} breaks rules of help texts: ${said.join('; ')}`,
      consequence: 'nothing was changed',
      next: 'docs/operations/help.md has the rules; mend all of these and send it again',
      ...(cause !== undefined && { cause }),
    }),
    { id: id.slice(0, 200), faults },
  );
}

function unreadableFaults(text: HelpText): TextFault[] {
  const words: readonly (readonly [string, string])[] = [
    ...(['id', 'title', 'short_text', 'author', 'last_updated'] as const).map((field) => [field, text[field]] as const),
    ...text.discipline_tags.map((tag) => ['discipline_tags', tag] as const),
    ...text.aliases.map((alias) => ['aliases', alias] as const),
    ...text.related_sources.flatMap(({ name, url }) => [name, url].map((word) => ['related_sources', word] as const)),
  ];
  const found = words.filter(([, word]) => UNREADABLE.test(word)).map(([field]) => field);
  if (UNREADABLE_IN_LINES.test(text.body_md)) found.push('body_md');
  return [...new Set(found)].map((field) => ({
    field,
    line: null,
    what: 'holds a control character, or half of a character',
  }));
}

function placed({ file, line, what }: HelpFault, own: HelpFile): TextFault {
  if (file !== own.name) return { field: file, line: null, what };
  const { fields, bodyLine } = cut(own);
  // An empty line stands between the front matter and the text.
  if (line >= bodyLine) return { field: 'body_md', line: line > bodyLine ? line - bodyLine : null, what };
  const name = [...fields].findLast(([, field]) => field.line <= line)?.[0] ?? 'id';
  return { field: FIELD_OF[name] ?? name, line: null, what };
}
