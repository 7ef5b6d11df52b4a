/** Draws on the server: Observable Plot on a document of linkedom, then only its shapes, by name, with short numbers and no styles of its own. */
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { type Html, markup, shape } from '../html/template.ts';
import { count } from '../words.ts';

/** What of linkedom's and Plot's nodes is read here. */
interface Drawn {
  readonly nodeType: number;
  readonly localName: string | null;
  readonly textContent: string | null;
  readonly attributes: Iterable<{ readonly name: string; readonly value: string }>;
  readonly childNodes: Iterable<Drawn>;
}

const ELEMENT = 1;
const TEXT = 3;

/** Kept from what Plot writes; colours, fonts and strokes come from the style sheet of the page. */
const KEPT: ReadonlySet<string> = new Set(
  'class d dx dy x y x1 x2 y1 y2 r cx cy viewBox transform text-anchor'.split(' '),
);
/** Named groups of Plot that the style sheet addresses. */
const GROUPS: Readonly<Record<string, string>> = {
  'y-grid': 'rules',
  'x-axis tick': 'ticks',
  'y-axis tick': 'ticks',
};

/** Plot in the same process for all drawings: the document is only where it makes its nodes. */
const { document } = parseHTML('<html><body></body></html>');

export interface Options {
  readonly width: number;
  readonly height: number;
  /** What the drawing shows, for those who do not see it; a text or a table beside it says the numbers. */
  readonly name: string;
  readonly marks: readonly Plot.Markish[];
}

/** The drawing as markup. The same numbers give the same text, byte by byte. */
export function draw({ width, height, name, marks }: Options): Html {
  const plot: unknown = Plot.plot({
    document,
    width,
    height,
    marginLeft: 52,
    marginRight: 12,
    marginTop: 10,
    marginBottom: 30,
    x: { type: 'utc', label: null },
    y: { grid: true, label: null, nice: true, ticks: 5, tickFormat: readable },
    marks: [...marks],
  });
  return pictureOf(plot as Drawn, name);
}

function pictureOf(plot: Drawn, name: string): Html {
  const own = attributesOf(plot).filter(([attribute]) => attribute === 'viewBox');
  const named = [['class', 'chart'], ['role', 'img'], ['aria-label', name], ...own] as const;
  return shape('svg', named as readonly (readonly [string, string])[], childrenOf(plot));
}

function childrenOf(node: Drawn): Html[] {
  return [...node.childNodes].flatMap((child): Html[] => {
    if (child.nodeType === TEXT) return [markup`${child.textContent}`];
    if (child.nodeType !== ELEMENT || child.localName === null || child.localName === 'style') return [];
    return [shape(child.localName, attributesOf(child), childrenOf(child))];
  });
}

function attributesOf(node: Drawn): (readonly [string, string])[] {
  const all = [...node.attributes];
  const group = GROUPS[all.find(({ name }) => name === 'aria-label')?.value ?? ''];
  const kept = all
    .filter(({ name }) => KEPT.has(name))
    .map(({ name, value }): readonly [string, string] => [name, shortened(value)]);
  const named: (readonly [string, string])[] = group === undefined ? kept : [...kept, ['class', group]];
  return named.toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** A tenth of a pixel is enough. */
function shortened(value: string): string {
  return value.replaceAll(/-?\d+\.\d{2,}/g, (number) => String(Math.round(Number(number) * 10) / 10));
}

/** `25,000`, `1.5M`: short enough for the margin. */
function readable(value: number): string {
  const short = (number: number): string => count(Number(number.toPrecision(6)));
  return Math.abs(value) >= 1e6 ? `${short(value / 1e6)}M` : short(value);
}
