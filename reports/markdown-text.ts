/** Foreign text in Markdown: tables, code and prose in which nothing that somebody else wrote is markup. */
import { clip, counted, instant, visible } from './words.ts';

/** Rows of cells that are Markdown already; columns from `numbersFrom` on stand at the right. */
export function grid(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  numbersFrom: number = head.length,
): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(withoutPipes).join(' | ')} |\n`;
  return `${line(head)}${line(head.map((_, i) => (i < numbersFrom ? '---' : '--:')))}${rows.map(line).join('')}`;
}

/** Escapes pipes, in code spans too: a table is cut into cells before anything else. An odd number of backslashes must stand before each. */
function withoutPipes(cell: string): string {
  return cell.replace(/(\\*)\|/g, (_, slashes: string) => `${slashes}${slashes.length % 2 === 0 ? '\\' : '\\\\'}|`);
}

export function moreLine(hidden: number, noun: string): string {
  return hidden > 0 ? `\n${counted(hidden, `more ${noun}`)} not shown here.\n` : '';
}

/** One line of text in which nothing is markup; underscores inside words are none. */
export function prose(text: string, limit: number): string {
  return oneLine(clip(text, limit))
    .replace(/[\\`*[\]<#~&]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|^[>+=-]/g, '\\$&')
    .replace(/^(\d+)([.)])/, '$1\\$2');
}

/** A code span: longer ticks than any in the text. */
export function code(text: string, limit: number): string {
  const body = oneLine(clip(text, limit));
  const ticks = '`'.repeat(longestRun(body) + 1);
  const space = body.startsWith('`') || body.endsWith('`') || body.trim() === '' ? ' ' : '';
  return `${ticks}${space}${body}${space}${ticks}`;
}

export function fence(text: string, language: string): string {
  const ticks = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${ticks}${language}\n${visible(text)}\n${ticks}\n`;
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}

export function at(iso: string): string {
  return prose(instant(iso), 40);
}

function oneLine(text: string): string {
  return visible(text).replace(/\s+/g, ' ');
}
