/** One file of an interval: from its address to bytes in the landing that look like what was asked for. */
import type { Decode } from '../../core/decode.ts';
import type { BodySink, DownloadRequest, Http, Validators } from '../../core/effects.ts';
import { Fault, redact } from '../../core/errors.ts';
import { bodyDiffers } from './http-fault.ts';
import type { Landing } from './landing.ts';
import { SNIFF_BYTES, sniffFault } from './sniff.ts';

/** A file that is in the landing. */
export interface StoredFile {
  /** The address that answered, without secrets; of a file of the Hub the address with its commit. */
  readonly url: string;
  readonly sha256: string;
  readonly bytes: number;
  /** Milliseconds since the epoch. */
  readonly fetchedAt: number;
  readonly validators: Validators;
  readonly contentType: string | null;
}

export interface FileJob {
  readonly address: string;
  readonly decode: Decode;
  readonly request: Omit<DownloadRequest, 'url' | 'validators'>;
  /** What was stored of it before; null when there was nothing, or to ask unconditionally. */
  readonly previous: Pick<StoredFile, 'url' | 'sha256' | 'validators'> | null;
  /** The address names these very bytes: what was fetched from it once is what it holds now. */
  readonly immutable: boolean;
}

export type Fetched =
  | { readonly outcome: 'landed'; readonly file: StoredFile }
  /** `previous` is still current, and the landing still has it. */
  | { readonly outcome: 'not modified'; readonly url: string }
  | { readonly outcome: 'not found'; readonly url: string; readonly status: number }
  | { readonly outcome: 'not recorded'; readonly url: string };

const LFS_POINTER = 'version https://git-lfs.github.com/spec/v1';

/** @throws Fault of kind `request`, `format` (not stored then) or `file`; the reason of the signal */
export async function fetchFile(job: FileJob, http: Http, landing: Landing): Promise<Fetched> {
  const { address, previous } = job;
  const url = redact(address);
  const conditional = previous !== null && (await landing.has(previous.sha256));
  if (conditional && job.immutable && previous.url === url) return { outcome: 'not modified', url };
  const request: DownloadRequest = {
    ...job.request,
    url: address,
    ...(conditional && { validators: previous.validators }),
  };
  const reception = await landing.receive();
  try {
    const { sink, head } = keepingHead(reception);
    const reply = await http.download(request, sink);
    if (reply.outcome === 'not found') return { outcome: 'not found', url, status: reply.status };
    if (reply.outcome !== 'downloaded') return { outcome: reply.outcome, url };
    const fault = pointerFault(head(), reply.url) ?? sniffFault(head(), job.decode, reply.contentType, reply.url);
    if (fault !== null) throw fault;
    const { publishedSha256, validators, contentType, fetchedAt } = reply;
    const { sha256, bytes } = await reception.commit((actual) => {
      if (publishedSha256 !== undefined && publishedSha256 !== actual)
        throw bodyDiffers(reply.url, actual, publishedSha256);
    });
    const from = job.immutable ? url : reply.url;
    return { outcome: 'landed', file: { url: from, sha256, bytes, fetchedAt, validators, contentType } };
  } finally {
    // Does nothing after the commit.
    await reception.abort();
  }
}

/** Git keeps large files elsewhere; some addresses give the note that points there instead of the file. */
function pointerFault(head: Uint8Array, where: string): Fault | null {
  if (!Buffer.from(head).toString('latin1').startsWith(LFS_POINTER)) return null;
  return new Fault({
    code: 'FORMAT_LFS_POINTER',
    kind: 'format',
    what: 'the answer is a Git LFS pointer, a note of where the file lies, not the file',
    where,
    consequence: 'nothing of this interval was loaded, what was there stays',
    next: 'use /resolve/ instead of /raw/ in extract.url of the definition; if it is so already, ask the publisher',
  });
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
