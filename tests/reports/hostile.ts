/** Reports whose every text is chosen by an attacker, and a reader that accepts nothing but well-formed tags of ours. */
import { SCRIPT } from '../../reports/html/script.ts';
import { renderMarkup } from '../../reports/html/template.ts';
import type { RunReport } from '../../reports/model.ts';

/** Fields whose values are words of the program, not of a publisher. */
const WORDS = new Set([
  'version',
  'source',
  'exitCode',
  'state',
  'severity',
  'result',
  'outcome',
  'reason',
  'strategy',
  'kind',
  'change',
  'mark',
  'engine',
]);

/** The same report with `text` in every free text, names of stages included. */
export function withHostileTexts(report: RunReport, text: string): RunReport {
  const poison = (value: unknown, field: string, parent: string): unknown => {
    // `reason` is a word in an interval, free text elsewhere.
    const word = WORDS.has(field) && !(field === 'reason' && parent !== 'intervals');
    if (typeof value === 'string') return word ? value : text;
    if (Array.isArray(value)) return value.map((item: unknown) => poison(item, '', field));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).map(([name, item]): [string, unknown] => [
      field === 'timingsMs' ? text + name : name,
      poison(item, name, field || parent),
    ]);
    return Object.fromEntries(entries);
  };
  return poison(report, '', '') as RunReport;
}

const TAGS =
  'a|b|body|br|caption|circle|code|dd|defs|details|div|dl|dt|figcaption|figure|footer|g|h1|h2|h3|h4|head|header|html|i|li|line|link|main|meta|ol|p|path|pattern|pre|section|span|strong|style|summary|svg|table|tbody|td|text|tfoot|th|thead|title|tr|tspan|ul';
const TOKEN = new RegExp(
  `^(?:[^<>]+|<!doctype html>|</(?:${TAGS})>|<(?:${TAGS})(?: [a-zA-Z][a-zA-Z0-9-]*(?:="[^"<>]*")?)*/?>)`,
);

/** What in a page is neither text without angle brackets nor a tag of ours with quoted attributes nor our script; null when all is. */
export function foreignMarkup(page: string): string | null {
  for (let rest = page.replace(renderMarkup(SCRIPT), ''); rest !== '';) {
    const token = TOKEN.exec(rest)?.[0];
    if (token === undefined) return rest.slice(0, 120);
    rest = rest.slice(token.length);
  }
  return null;
}

/** Attributes that are used with a value; event handlers and styles would show here. */
export function attributeNames(page: string): Set<string> {
  const names = [...page.matchAll(/<[a-z][^<>]*>/g)].flatMap(([tag]) =>
    [...tag.matchAll(/ ([a-zA-Z][a-zA-Z0-9-]*)="/g)].map((match) => match[1] ?? ''),
  );
  return new Set(names);
}
