/** Cuts the text of a SQL file into statements as PostgreSQL would, each with its place, so that an error can be pointed at. */

export interface Statement {
  /** Without surrounding white space and without the semicolon; comments in front of it are part of it. */
  readonly text: string;
  /** Index of its first character in the file. */
  readonly offset: number;
  /** Its first two words in lower case, comments left out, e.g. `create table`. */
  readonly command: string;
}

// Order matters: an E-string before a word, a comment before an operator.
const TOKEN =
  /--[^\n]*|(\/\*)|[eE]'[^'\\]*(?:(?:\\.|'')[^'\\]*)*(?:'|$)|'[^']*(?:''[^']*)*(?:'|$)|"[^"]*(?:""[^"]*)*(?:"|$)|(\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$)|([A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)|\s+|[^]/gsu;

/**
 * The statements of a file, in order. Semicolons in quotes, dollar quotes, comments, parentheses and `begin atomic` bodies do not
 * cut. A quote that is never closed makes the rest of the file one statement: the server says what is wrong with it.
 */
export function splitStatements(sql: string): Statement[] {
  const statements: Statement[] = [];
  const token = new RegExp(TOKEN);
  let start = 0;
  let words: string[] = [];
  let parentheses = 0;
  let atomic = 0;
  let lastWord = '';
  let hasCode = false;

  const cut = (end: number): void => {
    const whole = sql.slice(start, end);
    const text = whole.trim();
    if (hasCode) {
      statements.push({ text, offset: start + whole.indexOf(text), command: words.join(' ') });
    }
    [start, words, parentheses, atomic, lastWord, hasCode] = [end + 1, [], 0, 0, '', false];
  };

  for (let match = token.exec(sql); match !== null; match = token.exec(sql)) {
    const [text, block, dollar, word] = match;
    if (block !== undefined) {
      token.lastIndex = endOfBlockComment(sql, token.lastIndex);
    } else if (text === ';' && parentheses <= 0 && atomic === 0) {
      cut(match.index);
    } else if (!text.startsWith('--') && text.trim() !== '') {
      hasCode = true;
      if (dollar !== undefined) token.lastIndex = after(sql, dollar, token.lastIndex);
      if (text === '(') parentheses += 1;
      if (text === ')') parentheses -= 1;
      if (word !== undefined) {
        const lower = word.toLowerCase();
        if (words.length < 2) words.push(lower);
        if (lower === 'atomic' && lastWord === 'begin') atomic = 1;
        else if (atomic > 0 && lower === 'case') atomic += 1;
        else if (atomic > 0 && lower === 'end') atomic -= 1;
        lastWord = lower;
      }
    }
  }
  cut(sql.length);
  return statements;
}

/** Where a server's error position falls in the file: both 1-based. `position` counts characters of the statement from 1. */
export function placeOf(
  sql: string,
  statement: Statement,
  position: number,
): { readonly line: number; readonly column: number } {
  const before = sql.slice(0, statement.offset) + [...statement.text].slice(0, position - 1).join('');
  const lines = before.split('\n');
  return { line: lines.length, column: [...(lines.at(-1) ?? '')].length + 1 };
}

/** The line with a caret under the column, cut to a readable width. */
export function caret(sql: string, line: number, column: number): string {
  const whole = [...(sql.split('\n')[line - 1] ?? '')];
  const from = column > 100 ? column - 60 : 0;
  const shown = whole.slice(from, from + 120);
  const number = `${line} | `;
  const indent = shown.slice(0, column - 1 - from).map((character) => (character === '\t' ? '\t' : ' '));
  return `${number}${shown.join('')}\n${' '.repeat(number.length)}${indent.join('')}^`;
}

function endOfBlockComment(sql: string, from: number): number {
  const edge = /\/\*|\*\//g;
  edge.lastIndex = from;
  let depth = 1;
  for (let match = edge.exec(sql); match !== null; match = edge.exec(sql)) {
    depth += match[0] === '/*' ? 1 : -1;
    if (depth === 0) return edge.lastIndex;
  }
  return sql.length;
}

function after(sql: string, closer: string, from: number): number {
  const at = sql.indexOf(closer, from);
  return at === -1 ? sql.length : at + closer.length;
}
