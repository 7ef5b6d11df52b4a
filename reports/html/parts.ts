/** Building blocks of the pages: state words, tables with captions, folded sections. */
import type { DatasetState, SourceKind } from '../model.ts';
import { clip, counted, sourceBanner } from '../words.ts';
import type { Fill, Html } from './template.ts';
import { markup } from './template.ts';

const MARKS: Readonly<Record<DatasetState, string>> = {
  good: '✓',
  warning: '!',
  blocked: '■',
  failed: '✕',
  'not checked': '?',
};

/** The state as a word; mark and colour only repeat it. */
export function stateBadge(state: DatasetState): Html {
  return markup`<span class="state ${state.replace(' ', '-')}"><span aria-hidden="true">${MARKS[state]}</span> ${state}</span>`;
}

export interface TableColumn {
  readonly name: string;
  /** Numbers stand at the right; `fixed` is not broken into lines; `key` keeps an instant on one line, `wide` keeps room for a sentence. Default: text. */
  readonly kind?: 'number' | 'fixed' | 'key' | 'wide';
}

export interface TableParts {
  readonly caption: string;
  /** The caption repeats the heading above it: only screen readers get it. */
  readonly quiet?: boolean;
  readonly columns: readonly TableColumn[];
  /** The first cell of a row is its header. */
  readonly rows: readonly (readonly Fill[])[];
  readonly foot?: readonly Fill[];
}

/** A table in a box that scrolls by itself (also with the keyboard) where the screen is narrow. */
export function dataTable({ caption, quiet = false, columns, rows, foot }: TableParts): Html {
  const kind = (i: number): string =>
    ({ number: 'n', fixed: 'f', key: 'k', wide: 'w', text: 't' })[columns[i]?.kind ?? 'text'];
  const row = (cells: readonly Fill[]): Html => markup`<tr>${cells.map((cell, i) =>
    i === 0 ? markup`<th scope="row" class="${kind(i)}">${cell}</th>` : markup`<td class="${kind(i)}">${cell}</td>`,
  )}</tr>
`;
  return markup`<div class="scroll" role="group" aria-label="${caption}" tabindex="0"><table>
<caption${quiet ? markup` class="quiet"` : null}>${caption}</caption>
<thead><tr>${columns.map((column, i) => markup`<th scope="col" class="${kind(i)}">${column.name}</th>`)}</tr></thead>
<tbody>
${rows.map(row)}</tbody>${foot === undefined ? null : markup`<tfoot>${row(foot)}</tfoot>`}
</table></div>
`;
}

/** A part that can be folded away; works with the keyboard and without script, and is printed in full. */
export function fold(title: Fill, open: boolean, content: Fill): Html {
  return open
    ? markup`<details open><summary>${title}</summary>${content}</details>
`
    : markup`<details><summary>${title}</summary>${content}</details>
`;
}

/** `17 more intervals not shown here.`, or nothing. */
export function more(hidden: number, noun: string): Html | null {
  return hidden > 0 ? markup`<p class="note">${counted(hidden, `more ${noun}`)} not shown here.</p>` : null;
}

/** A verdict, with the command that follows from it on a line of its own, ready to be copied. */
export function verdictText(verdict: string, limit: number): Html {
  const [, judgement, command] = /^(.*)\. Next: (npm run .*)$/s.exec(verdict) ?? [];
  if (judgement === undefined || command === undefined) return markup`${clip(verdict, limit)}`;
  return markup`${clip(judgement, limit)}. <span class="next">Next: <code>${clip(command, 400)}</code></span>`;
}

/** Http addresses become links; any other text stays text. */
export function webLink(url: string): Html {
  return /^https?:\/\/[^\s]+$/i.test(url)
    ? markup`<a href="${url}" rel="noopener noreferrer">${url}</a>`
    : markup`${url}`;
}

/** Says loudly that the page does not show what the publishers say today. */
export function sourceWarning(source: SourceKind): Html | null {
  const banner = sourceBanner(source);
  return banner === null
    ? null
    : markup`<div class="banner" role="note"><strong>${banner.title}</strong> ${banner.text}</div>
`;
}
