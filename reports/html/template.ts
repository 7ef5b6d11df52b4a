/** Tagged template for HTML: whatever is filled in is escaped, unless it was made by the same tag. */
import { visible } from '../words.ts';

const MARKUP = Symbol('markup');

/** Markup that the tag has made. */
export interface Html {
  readonly [MARKUP]: string;
}

/** What may stand in `${…}`; null makes nothing. */
export type Fill = Html | string | number | null | readonly Fill[];

/**
 * `markup`<b title="${text}">${text}</b>``: attribute values must be in double quotes.
 * Not called `html`: formatters rewrite the inside of templates with that name, and with it the page.
 */
export function markup(parts: TemplateStringsArray, ...fills: readonly Fill[]): Html {
  return { [MARKUP]: parts.reduce((text, part, i) => text + textOf(fills[i - 1] ?? null) + part) };
}

/** The finished text. */
export function renderMarkup(page: Html): string {
  return page[MARKUP];
}

function textOf(fill: Fill): string {
  if (fill === null) return '';
  if (typeof fill === 'string' || typeof fill === 'number') return escapeText(String(fill));
  return MARKUP in fill ? fill[MARKUP] : fill.map(textOf).join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeText(text: string): string {
  return visible(text).replace(/[&<>"']/g, (char) => ENTITIES[char] ?? '');
}
