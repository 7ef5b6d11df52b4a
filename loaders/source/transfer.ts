/** One download across its attempts: what has arrived, what to ask for next, and what an answer's body adds to it. */
import { AbortError } from 'p-retry';
import { errors } from 'undici';
import type { BodySink, DownloadReply, DownloadRequest } from '../../core/effects.ts';
import { type Fault, redact } from '../../core/errors.ts';
import { bodyShort, final, requestFault, tooLarge } from './http-fault.ts';
import { conditionalHeaders, type Headers, header, strongValidator, validatorsOf } from './validators.ts';

type Downloaded = Extract<DownloadReply, { outcome: 'downloaded' }>;

/** The answer whose body is being collected; it survives a broken connection. */
interface Body {
  readonly reply: Downloaded;
  /** Value for `If-Range`; null when the rest cannot be asked for. */
  validator: string | null;
  /** Length of the whole body, where the publisher said it. */
  total: number | null;
}

const ENCODINGS = /\b(gzip|deflate|br|zstd|compress)\b/i;
const AGAIN = 'run again later; the next run asks for this interval again';

export interface Transfer {
  /** Bytes in the sink. */
  received(): number;
  /** Range headers when a part has arrived, conditional ones otherwise. */
  headers(): Record<string, string>;
  /** Takes a 200 or 206 into the sink. @throws Fault, or p-retry's `AbortError` around it where another attempt would not help */
  take(url: URL, status: number, headers: Headers, chunks: AsyncIterable<Uint8Array>, now: number): Promise<Downloaded>;
  /** The server cannot go on where the body broke off: the next attempt starts from byte 0. */
  forget(url: URL, what: string): Fault;
}

export function createTransfer(request: DownloadRequest, sink: BodySink): Transfer {
  let received = 0;
  let body: Body | null = null;

  function resumable(): string | null {
    return received > 0 && body !== null ? body.validator : null;
  }

  function forget(url: URL, what: string): Fault {
    if (body !== null) body.validator = null;
    return requestFault('HTTP_RANGE_INVALID', what, url, AGAIN);
  }

  /** A whole body starts: throws away what an earlier attempt left. */
  async function start(url: URL, headers: Headers, now: number): Promise<Body> {
    if (received > 0) await toSink(() => sink.restart());
    received = 0;
    const encoding = header(headers, 'content-encoding') ?? '';
    if (ENCODINGS.test(encoding)) {
      throw final(
        requestFault(
          'HTTP_ENCODED',
          `the body came compressed (${encoding}) although we asked for it plain`,
          url,
          'tell the publisher',
        ),
      );
    }
    const length = header(headers, 'content-length');
    const ranges = header(headers, 'accept-ranges')?.toLowerCase() === 'bytes';
    return {
      reply: {
        outcome: 'downloaded',
        url: redact(url.href),
        validators: validatorsOf(headers),
        contentType: header(headers, 'content-type') ?? null,
        fetchedAt: now,
      },
      validator: ranges ? strongValidator(headers) : null,
      total: length === undefined ? null : Number(length),
    };
  }

  /** The rest of a body: must begin exactly where the earlier part ended, and belong to the same issue of the file. */
  function resume(url: URL, headers: Headers, earlier: Body): Body {
    const text = header(headers, 'content-range') ?? '';
    const match = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(text.trim());
    const total = match === null || match[2] === '*' ? earlier.total : Number(match[2]);
    const etag = header(headers, 'etag');
    const sameFile = (etag ?? earlier.reply.validators.etag) === earlier.reply.validators.etag;
    if (match === null || Number(match[1]) !== received || !sameFile || (earlier.total ?? total) !== total) {
      throw forget(url, `asked for the bytes from ${received} on, got Content-Range "${text.slice(0, 60)}"`);
    }
    return { ...earlier, total };
  }

  async function collect(url: URL, current: Body, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    if (current.total !== null && current.total > request.maxBytes) throw final(tooLarge(url, request.maxBytes));
    try {
      for await (const chunk of chunks) {
        if (received + chunk.length > request.maxBytes) throw final(tooLarge(url, request.maxBytes));
        await toSink(() => sink.write(chunk));
        received += chunk.length;
      }
    } catch (error) {
      if (current.total !== null && received < current.total && isBrokenOff(error)) {
        throw bodyShort(url, received, current.total, error);
      }
      throw error;
    }
    if (current.total !== null && received !== current.total) throw bodyShort(url, received, current.total);
  }

  return {
    received: () => received,
    headers() {
      const validator = resumable();
      if (validator !== null) return { range: `bytes=${received}-`, 'if-range': validator };
      return received === 0 ? conditionalHeaders(request.validators) : {};
    },
    async take(url, status, headers, chunks, now) {
      if (status === 206 && resumable() === null) {
        throw requestFault(
          'HTTP_RANGE_INVALID',
          'the publisher sent a part of the file that was not asked for',
          url,
          AGAIN,
        );
      }
      body = status === 206 && body !== null ? resume(url, headers, body) : await start(url, headers, now);
      await collect(url, body, chunks);
      return body.reply;
    },
    forget,
  };
}

/** A full disk is not cured by asking the publisher again. */
async function toSink(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw final(error);
  }
}

/** The connection ended, in good order or not: which of the two we see is a matter of timing. A time-out is a fault of its own. */
function isBrokenOff(error: unknown): boolean {
  return !(error instanceof AbortError) && !(error instanceof errors.BodyTimeoutError);
}
