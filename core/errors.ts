/** The one error class of the project: a stable code, what, where, consequence and next step. */

/**
 * What kind of thing went wrong. It decides the exit code (see {@link exitCodeOf}).
 *
 * - `usage`, `configuration`, `definition`: nothing was tried (exit 1)
 * - `request`, `file`, `format`, `database`: one interval failed, the others go on (exit 2)
 * - `check`: a blocking check stopped a load (exit 3)
 */
export type FaultKind = 'usage' | 'configuration' | 'definition' | 'request' | 'file' | 'format' | 'database' | 'check';

export interface FaultParts {
  /** Stable, upper-case with underscores, e.g. `FORMAT_HEADER_CHANGED`. Never reused for another meaning. */
  readonly code: string;
  readonly kind: FaultKind;
  /** One sentence: what happened, with the offending value. */
  readonly what: string;
  /** File and line, URL, dataset and interval, table and column. */
  readonly where?: string;
  /** What this means for the data, e.g. "nothing of this interval was loaded". */
  readonly consequence?: string;
  /** What to do or type next. */
  readonly next?: string;
  readonly cause?: unknown;
}

/** An error that a person will read. Its message never holds a secret (see {@link redact}). */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly code: string;
  readonly kind: FaultKind;
  readonly what: string;
  readonly where: string | undefined;
  readonly consequence: string | undefined;
  readonly next: string | undefined;

  constructor(parts: FaultParts) {
    super(sentence(parts), parts.cause === undefined ? undefined : { cause: parts.cause });
    this.code = parts.code;
    this.kind = parts.kind;
    this.what = redact(parts.what);
    this.where = parts.where === undefined ? undefined : redact(parts.where);
    this.consequence = parts.consequence === undefined ? undefined : redact(parts.consequence);
    this.next = parts.next === undefined ? undefined : redact(parts.next);
  }

  /** The fault as plain data, for `--json`, reports and tables. */
  toJSON(): FaultJson {
    return {
      code: this.code,
      kind: this.kind,
      what: this.what,
      where: this.where ?? null,
      consequence: this.consequence ?? null,
      next: this.next ?? null,
    };
  }
}

export interface FaultJson {
  readonly code: string;
  readonly kind: FaultKind;
  readonly what: string;
  readonly where: string | null;
  readonly consequence: string | null;
  readonly next: string | null;
}

/** Turns anything thrown into a {@link Fault}; what is not one already is reported as an unexpected fault of `kind`. */
export function asFault(error: unknown, kind: FaultKind = 'file'): Fault {
  if (error instanceof Fault) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new Fault({
    code: 'UNEXPECTED',
    kind,
    what: firstLine(message),
    consequence: 'nothing of this step was kept',
    next: 'run again with LOG_LEVEL=debug and report the output, this is a fault of penstock itself',
    cause: error,
  });
}

/** Exit codes of design §7: 1 usage or configuration, 2 an interval failed, 3 a blocking check. */
export function exitCodeOf(kind: FaultKind): 1 | 2 | 3 {
  if (kind === 'check') return 3;
  return kind === 'usage' || kind === 'configuration' || kind === 'definition' ? 1 : 2;
}

// Up to the last @ of the word: a password may hold @ and / that nobody escaped.
const SECRET_IN_URL = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):\S*@/gi;
const SECRET_IN_QUERY =
  /([?&](?:[^=&\s]*(?:key|token|secret|signature|password|credential)[^=&\s]*|sig|auth|pwd)=)[^&\s]+/gi;

/** Takes passwords out of connection strings and credentials out of query strings. */
export function redact(text: string): string {
  return text.replace(SECRET_IN_URL, '$1:***@').replace(SECRET_IN_QUERY, '$1***');
}

/** Shorter texts are no keys, and would be found in innocent words. */
const SHORTEST_SECRET = 4;

/** Takes these values out of a text, wherever they stand, also as a query writes them: a publisher may echo a key in its answer. */
export function withoutValues(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .reduce((clean, secret) => clean.replaceAll(secret, '***').replaceAll(encodeURIComponent(secret), '***'), text);
}

/** The fault without these values in any of its sentences. */
export function faultWithoutValues(fault: Fault, secrets: readonly string[]): Fault {
  if (withoutValues(fault.message, secrets) === fault.message) return fault;
  const clean = (text = ''): string => withoutValues(text, secrets);
  const { code, kind, what, where, consequence, next } = fault;
  return new Fault({
    code,
    kind,
    what: clean(what),
    where: clean(where),
    consequence: clean(consequence),
    next: clean(next),
  });
}

function sentence(parts: FaultParts): string {
  const where = parts.where === undefined ? '' : ` (${parts.where})`;
  const consequence = parts.consequence === undefined ? '' : `; ${parts.consequence}`;
  const next = parts.next === undefined ? '' : `. Next: ${parts.next}`;
  return redact(`${parts.code}: ${parts.what}${where}${consequence}${next}`);
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}
