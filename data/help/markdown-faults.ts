/** What is wrong in the Markdown of a help text: links that lead nowhere, HTML, and claims about the state of a service. */
import { lexer, type Token, type Tokens } from 'marked';

export interface LineFault {
  /** 1-based, within the text that was given. */
  readonly line: number;
  readonly what: string;
}

/** A help text is read for years: it may say what a panel shows, never how a service is doing. */
const CLAIMS: readonly RegExp[] = [
  /\b9\d([.,]\d+)?\s?%\s+(uptime|availab\w+|accura\w+|reliab\w+|of the time)/i,
  /\b99[.,]\d+/,
  /\buptime\b/i,
  /\bguarantee[sd]?\b/i,
  /\b(always|24\/7|highly|fully) (available|online|live|operational|up to date|accurate)\b/i,
  /\b(is|are) (currently|now) (live|online|healthy|operational|connected|up)\b/i,
  /\ball (systems|services|sources) (are )?(operational|healthy|online|live)\b/i,
  /\breal-time (data )?guaranteed\b/i,
  /\b100\s?% (real|accurate|reliable|complete)\b/i,
  /\bzero (downtime|errors)\b/i,
];

/** An https address of a host, without user and password. */
export function isHttps(address: unknown): boolean {
  if (typeof address !== 'string' || !/^https:\/\/[a-z0-9-]+(\.[a-z0-9-]+)+(\/\S*)?$/i.test(address)) return false;
  return URL.canParse(address);
}

/** Claims in a text, each with the words that make it. */
export function claimFaults(text: string): LineFault[] {
  return text.split('\n').flatMap((line, i) => {
    const found = CLAIMS.flatMap((claim) => claim.exec(line)?.[0] ?? []);
    const [first] = found;
    return first === undefined
      ? []
      : [{ line: i + 1, what: `claims a state that nobody measured: ${JSON.stringify(first)}` }];
  });
}

/** HTML in a text. The table refuses the same, also in code: "<" before a letter, "/", "!" or "?". */
export function htmlFaults(text: string): LineFault[] {
  return text.split('\n').flatMap((line, i) => {
    const found = /<[A-Za-z/!?].*/.exec(line)?.[0];
    return found === undefined ? [] : [{ line: i + 1, what: `holds HTML: ${shown(found)}` }];
  });
}

/** Links, images, HTML and claims of a Markdown text. */
export function markdownFaults(body: string): LineFault[] {
  const faults: LineFault[] = [];
  const place = placeIn(body);
  visit(lexer(body), (token) => {
    if (token.type === 'def') {
      const line = place(token.raw);
      faults.push({ line, what: `names a link apart from its place: ${shown(token.raw)}; write [words](https://…)` });
    }
    if (token.type === 'link' || token.type === 'image') {
      const { href } = token as Tokens.Link;
      const line = place(token.raw);
      if (!isHttps(href)) faults.push({ line, what: `links to ${shown(href)}, which is no https address` });
    }
  });
  return [...faults, ...htmlFaults(body), ...claimFaults(body)];
}

/** In the order of the text, children after their parent. */
function visit(tokens: readonly Token[], look: (token: Token) => void): void {
  for (const token of tokens) {
    look(token);
    if (token.type === 'list') visit((token as Tokens.List).items, look);
    if (token.type === 'table') {
      const { header, rows } = token as Tokens.Table;
      for (const cell of [...header, ...rows.flat()]) visit(cell.tokens, look);
    }
    if ('tokens' in token && token.tokens !== undefined) visit(token.tokens, look);
  }
}

/** The line of a token, by its first line of text: the lexer keeps no positions. A text that occurs again is looked for further on. */
function placeIn(body: string): (raw: string) => number {
  const from = new Map<string, number>();
  return (raw) => {
    const start = raw.split('\n', 1)[0] ?? raw;
    const at = body.indexOf(start, from.get(start) ?? 0);
    if (at === -1) return 1;
    from.set(start, at + start.length);
    return body.slice(0, at).split('\n').length;
  };
}

function shown(text: string): string {
  return JSON.stringify(text.trim().slice(0, 80));
}
