/** Extract: one interval of one dataset, from its address to bytes in the landing that look like what was asked for. */
import type { BodySink, DownloadRequest, Http, Validators } from '../../core/effects.ts';
import { Fault, redact } from '../../core/errors.ts';
import type { Interval } from '../../core/interval.ts';
import { DEFAULT_MAX_BYTES, type Pipeline, type Publisher } from '../../core/pipeline.ts';
import { fillUrl } from '../../core/url-template.ts';
import type { Landing } from './landing.ts';
import { SNIFF_BYTES, sniffFault } from './sniff.ts';

export interface ExtractJob {
  readonly pipeline: Pipeline;
  readonly publisher: Publisher;
  readonly interval: Interval;
  /** What the interval's last load was made from; null when there was none, or to ask unconditionally. */
  readonly previous: { readonly sha256: string; readonly validators: Validators } | null;
  readonly signal?: AbortSignal;
}

export interface ExtractEffects {
  readonly http: Http;
  readonly landing: Landing;
  /** Where publishers' keys are. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `false` when `http` answers from recordings. */
  readonly needsKey: boolean;
}

export interface ExtractedArtifact {
  /** The address that answered, without secrets. */
  readonly url: string;
  readonly sha256: string;
  readonly bytes: number;
  /** Of the stored file. */
  readonly path: string;
  /** Milliseconds since the epoch. */
  readonly fetchedAt: number;
  readonly validators: Validators;
  readonly contentType: string | null;
}

export type Extracted =
  /** `unchanged`: these are the bytes of `previous`. */
  | { readonly outcome: 'landed'; readonly artifact: ExtractedArtifact; readonly unchanged: boolean }
  /** The publisher says that `previous` is still current, and the landing still has it. */
  | { readonly outcome: 'not modified'; readonly url: string }
  | { readonly outcome: 'not found'; readonly url: string; readonly status: number }
  | { readonly outcome: 'not recorded'; readonly url: string }
  | { readonly outcome: 'not configured'; readonly env: string; readonly getOneAt: string };

/**
 * Asks for the interval's file and stores it.
 * @throws Fault of kind `request`, `format` (not stored then) or `file`; the reason of `signal`
 */
export async function extract(job: ExtractJob, effects: ExtractEffects): Promise<Extracted> {
  const { pipeline, publisher, interval, previous } = job;
  const { landing } = effects;
  const address = fillUrl(pipeline.extract.url, pipeline.partitions, interval);
  const url = redact(address);
  const key = effects.needsKey ? publisher.key : undefined;
  const keyValue = key === undefined ? undefined : effects.env[key.env]?.trim();
  if (key !== undefined && (keyValue === undefined || keyValue === '')) {
    return { outcome: 'not configured', env: key.env, getOneAt: key.getOneAt };
  }
  const conditional = previous !== null && (await landing.has(previous.sha256));
  const request: DownloadRequest = {
    url: address,
    hosts: publisher.hosts,
    maxBytes: pipeline.extract.maxBytes ?? DEFAULT_MAX_BYTES,
    pace: publisher.pace,
    ...(key !== undefined && keyValue !== undefined && { headers: { [key.header]: keyValue } }),
    ...(conditional && { validators: previous.validators }),
    ...(job.signal !== undefined && { signal: job.signal }),
  };
  const reception = await landing.receive();
  try {
    const { sink, head } = keepingHead(reception);
    const reply = await effects.http.download(request, sink).catch((error: unknown) => {
      throw key === undefined ? error : namingKey(error, key.env, key.getOneAt);
    });
    if (reply.outcome === 'not found') return { outcome: 'not found', url, status: reply.status };
    if (reply.outcome !== 'downloaded') return { outcome: reply.outcome, url };
    const fault = sniffFault(head(), pipeline.extract.decode.format, reply.contentType, reply.url);
    if (fault !== null) throw fault;
    const { sha256, bytes, path } = await reception.commit();
    const { validators, contentType, fetchedAt } = reply;
    const artifact = { url: reply.url, sha256, bytes, path, fetchedAt, validators, contentType };
    return { outcome: 'landed', artifact, unchanged: sha256 === previous?.sha256 };
  } finally {
    // Does nothing after the commit.
    await reception.abort();
  }
}

/** A sink that also remembers how the body begins. */
function keepingHead(sink: BodySink): { sink: BodySink; head: () => Uint8Array } {
  let kept: Uint8Array[] = [];
  let bytes = 0;
  return {
    head: () => Buffer.concat(kept),
    sink: {
      async write(chunk) {
        await sink.write(chunk);
        if (bytes >= SNIFF_BYTES) return;
        // A copy, since the client may use its buffer again.
        const part = new Uint8Array(chunk.subarray(0, SNIFF_BYTES - bytes));
        kept.push(part);
        bytes += part.length;
      },
      async restart() {
        await sink.restart();
        kept = [];
        bytes = 0;
      },
    },
  };
}

/** A refused key is mended in the environment, so the fault names the variable. */
function namingKey(error: unknown, env: string, getOneAt: string): unknown {
  if (!(error instanceof Fault) || error.code !== 'HTTP_KEY_REFUSED') return error;
  const { code, kind, what, where = '', consequence = '' } = error;
  return new Fault({
    code,
    kind,
    what,
    where,
    consequence,
    next: `check ${env}; a key can be had at ${getOneAt}`,
    cause: error,
  });
}
