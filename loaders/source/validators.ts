/** Validators of an answer: for conditional requests, and for going on with a body that broke off. */
import type { Validators } from '../../core/effects.ts';

export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** One header by its lower-case name; of repeated ones the first. */
export function header(headers: Headers, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' || value === undefined ? value : value[0];
}

export function validatorsOf(headers: Headers): Validators {
  const etag = header(headers, 'etag');
  const lastModified = header(headers, 'last-modified');
  return { ...(etag !== undefined && { etag }), ...(lastModified !== undefined && { lastModified }) };
}

export function conditionalHeaders(validators: Validators | undefined): Record<string, string> {
  return {
    ...(validators?.etag !== undefined && { 'if-none-match': validators.etag }),
    ...(validators?.lastModified !== undefined && { 'if-modified-since': validators.lastModified }),
  };
}

/**
 * The value for `If-Range`; null where a resumed body could be glued together from two issues of the file: a weak ETag, or
 * a file that was modified in the very second in which it was sent (RFC 9110, 8.8.2.2).
 */
export function strongValidator(headers: Headers): string | null {
  const { etag, lastModified } = validatorsOf(headers);
  if (etag !== undefined) return /^".*"$/.test(etag) ? etag : null;
  const age = Date.parse(header(headers, 'date') ?? '') - Date.parse(lastModified ?? '');
  return lastModified !== undefined && age >= 1_000 ? lastModified : null;
}

/** Whether the asker's copy is still the current one, as a server decides it: the ETag counts before the date. */
export function isCurrent(asked: Validators | undefined, current: Validators): boolean {
  if (asked?.etag !== undefined && current.etag !== undefined) return opaque(asked.etag) === opaque(current.etag);
  return asked?.lastModified !== undefined && asked.lastModified === current.lastModified;
}

/** The comparison of conditional GET does not tell weak ETags from strong ones. */
function opaque(etag: string): string {
  return etag.replace(/^W\//, '');
}

/** SHA-256 of a large file, which the Hugging Face Hub gives before it redirects to the storage. */
export function linkedSha256(headers: Headers): string | undefined {
  return /^(?:W\/)?"?([0-9a-f]{64})"?$/i.exec(header(headers, 'x-linked-etag') ?? '')?.[1]?.toLowerCase();
}
