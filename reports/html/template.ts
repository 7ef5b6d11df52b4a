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

/** What a drawing is made of: nothing in these lists can run, load or link anything. */
const SHAPES: ReadonlySet<string> = new Set(['svg', 'g', 'path', 'line', 'rect', 'circle', 'text', 'tspan', 'title']);
const SHAPE_ATTRIBUTES: ReadonlySet<string> = new Set(
  'class d dx dy x y x1 x2 y1 y2 r cx cy width height viewBox transform text-anchor role aria-label aria-hidden'.split(
    ' ',
  ),
);

/**
 * An element of a drawing that somebody else's library has made, name by name and value by value: text and values are escaped, and whatever is not in the
 * lists above is an error of ours, not markup.
 *
 * @throws RangeError for an element or attribute that is not in the lists
 */
export function shape(name: string, attributes: readonly (readonly [string, string])[], content: Fill): Html {
  if (!SHAPES.has(name)) throw new RangeError(`a drawing has no element ${JSON.stringify(name)}`);
  const wrong = attributes.find(([attribute]) => !SHAPE_ATTRIBUTES.has(attribute));
  if (wrong !== undefined) throw new RangeError(`a drawing has no attribute ${JSON.stringify(wrong[0])}`);
  const list = attributes.map(([attribute, value]) => ` ${attribute}="${escapeText(value)}"`).join('');
  const inside = textOf(content);
  return { [MARKUP]: inside === '' ? `<${name}${list}/>` : `<${name}${list}>${inside}</${name}>` };
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
