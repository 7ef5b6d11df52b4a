/** Long sentences below a table's line. */

export const WIDTH = 100;
export const INDENT = '      ';

/** Broken between words within {@link WIDTH} columns, indented; a longer word (an address) stays whole. */
export function wrapped(text: string): string[] {
  const lines: string[] = [];
  let line = INDENT;
  for (const word of oneLine(text).split(' ')) {
    if (line.length > INDENT.length && line.length + word.length > WIDTH) {
      lines.push(line.trimEnd());
      line = INDENT;
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()];
}

/** A command stays on one line, so that it can be copied. */
export function nextLine(next: string | null): string[] {
  return next === null ? [] : [`${INDENT}next: ${oneLine(next)}`];
}

/** Control characters would move the cursor. */
function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/[\p{Cc}]/gu, ' ');
}
