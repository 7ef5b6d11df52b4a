/** A help text as a value, and as the file that holds it: what is written here and read again is the same text. */
import { Document, isSeq } from 'yaml';
import { cut, type HelpFile } from './front-matter.ts';

export interface HelpSource {
  readonly name: string;
  readonly url: string;
}

/** As `public.help_content` and `public.help_alias` hold it. */
export interface HelpText {
  readonly id: string;
  readonly title: string;
  readonly short_text: string;
  readonly body_md: string;
  /** With `needs-curation` at the end where people must still review the text. */
  readonly discipline_tags: readonly string[];
  readonly related_sources: readonly HelpSource[];
  /** A day: 2026-11-22. */
  readonly last_updated: string;
  readonly author: string;
  readonly aliases: readonly string[];
}

/** Parts of a text by which two versions are compared. */
export const HELP_PARTS = [
  'title',
  'short_text',
  'body_md',
  'discipline_tags',
  'related_sources',
  'last_updated',
  'author',
  'aliases',
] as const satisfies readonly (keyof HelpText)[];
export type HelpPart = (typeof HELP_PARTS)[number];

/** Becomes `curation: required` in the file. */
const NEEDS_CURATION = 'needs-curation';
const REVIEWED = /^reviewed by /;

export function needsCuration({ discipline_tags: tags }: Pick<HelpText, 'discipline_tags'>): boolean {
  return tags.includes(NEEDS_CURATION);
}

/** The same text in one form, however it was given: without space around it, names sorted, the mark of curation last. */
export function tidied(text: HelpText): HelpText {
  const tags = text.discipline_tags.filter((tag) => tag !== NEEDS_CURATION);
  return {
    id: text.id.trim(),
    title: text.title.trim(),
    short_text: text.short_text.trim(),
    body_md: trimmed(text.body_md.replaceAll('\r\n', '\n')),
    discipline_tags: needsCuration(text) ? [...tags, NEEDS_CURATION] : tags,
    // In this order, so that two texts can be compared as they are written.
    related_sources: text.related_sources.map(({ name, url }) => ({ name, url })),
    last_updated: text.last_updated,
    author: text.author.trim(),
    aliases: [...new Set(text.aliases)].sort(),
  };
}

/** Parts in which the second differs from the first, in the order of {@link HELP_PARTS}. */
export function changedParts(before: HelpText, after: HelpText): HelpPart[] {
  return HELP_PARTS.filter((part) => JSON.stringify(before[part]) !== JSON.stringify(after[part]));
}

/** @param reviewed `reviewed by <name> on <date>`: who reviewed a text is said in its file alone */
export function fileOf(text: HelpText, reviewed: string | null = null): HelpFile {
  const { id, title, short_text, discipline_tags: tags, related_sources: sources, last_updated, author } = text;
  const curation = needsCuration(text) ? 'required' : reviewed;
  const front = new Document({
    id,
    title,
    short_text,
    tags: tags.filter((tag) => tag !== NEEDS_CURATION),
    sources,
    last_updated,
    author,
    ...(curation !== null && { curation }),
    ...(text.aliases.length > 0 && { aliases: text.aliases }),
  });
  for (const list of ['tags', 'aliases']) {
    const node = front.get(list, true);
    if (isSeq(node)) node.flow = true;
  }
  const yaml = front.toString({ singleQuote: true, lineWidth: 0, flowCollectionPadding: false });
  return { name: `${id}.md`, text: `---\n${yaml}---\n\n${text.body_md}\n` };
}

/** Of a file that has the fields; what is wrong in them is said by `helpFaults`. */
export function textOf(file: HelpFile): HelpText {
  const { fields, body } = cut(file);
  const word = (name: string): string => {
    const value = fields.get(name)?.value;
    return typeof value === 'string' ? value : value === null || value === undefined ? '' : JSON.stringify(value);
  };
  const list = (name: string): readonly unknown[] => {
    const value = fields.get(name)?.value;
    return Array.isArray(value) ? (value as unknown[]) : [];
  };
  return tidied({
    id: word('id'),
    title: word('title'),
    short_text: word('short_text'),
    body_md: body,
    discipline_tags: [...list('tags').map(String), ...(word('curation') === 'required' ? [NEEDS_CURATION] : [])],
    related_sources: list('sources') as readonly HelpSource[],
    last_updated: word('last_updated'),
    author: word('author'),
    aliases: list('aliases').map(String),
  });
}

/** Who reviewed the text, as the file says it; null: nobody, or nobody has to. */
export function reviewOf(file: HelpFile): string | null {
  const value = cut(file).fields.get('curation')?.value;
  return typeof value === 'string' && REVIEWED.test(value) ? value : null;
}

/** Of these four alone, as the loader does it: a non-breaking space at the end is part of the text. */
function trimmed(body: string): string {
  const isSpace = (at: number): boolean => ' \n\r\t'.includes(body.charAt(at));
  let from = 0;
  let to = body.length;
  while (from < to && isSpace(from)) from += 1;
  while (to > from && isSpace(to - 1)) to -= 1;
  return body.slice(from, to);
}
