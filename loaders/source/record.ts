/** Keeps what publishers answer in a folder that `--recordings` can answer from later. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import PQueue from 'p-queue';
import type { BodySink, Clock, DownloadReply, DownloadRequest, Http } from '../../core/effects.ts';
import { Fault, redact } from '../../core/errors.ts';
import { openPartFile } from './part-file.ts';
import { readIndex, type RecordingEntry, recordingKey, writeIndex } from './recording-index.ts';

/**
 * Passes every request on to `inner` and records its answer under the address that was asked; a repeat replaces the earlier
 * recording. Bodies and "not found" are recorded, faults are not. Redirects are not recorded as such: the folder then gives
 * the final body at once. No header that we send is stored, and secrets in queries are masked.
 * Requests are made without validators, since "not modified" would leave nothing to record.
 */
export function recordingHttp(inner: Http, dir: string, clock: Pick<Clock, 'now'>): Http {
  const writer = new PQueue({ concurrency: 1 });

  async function keep(entry: RecordingEntry): Promise<void> {
    await writer.add(async () => {
      const entries = (await readIndex(dir)) ?? new Map<string, RecordingEntry>();
      entries.set(recordingKey('GET', entry.url), entry);
      await toFolder(dir, () => writeIndex(dir, entries.values()));
    });
  }

  async function download(request: DownloadRequest, sink: BodySink): Promise<DownloadReply> {
    const { validators: _, ...unconditional } = request;
    const url = redact(request.url);
    const part = await toFolder(dir, () => openPartFile(dir));
    try {
      const both: BodySink = {
        async write(chunk) {
          await toFolder(dir, () => part.write(chunk));
          await sink.write(chunk);
        },
        async restart() {
          await toFolder(dir, () => part.restart());
          await sink.restart();
        },
      };
      const reply = await inner.download(unconditional, both);
      if (reply.outcome === 'downloaded') {
        const file = fileOf(request.url);
        const { bytes } = part;
        await toFolder(dir, async () => {
          await part.finish();
          await part.moveTo(join(dir, file));
        });
        const recordedAt = new Date(reply.fetchedAt).toISOString();
        await keep({ method: 'GET', url, status: 200, headers: headersOf(reply, bytes), file, recordedAt });
      }
      if (reply.outcome === 'not found') {
        await keep({
          method: 'GET',
          url,
          status: reply.status,
          headers: {},
          recordedAt: new Date(clock.now()).toISOString(),
        });
      }
      return reply;
    } finally {
      await part.discard();
    }
  }

  return { download };
}

function headersOf(reply: Extract<DownloadReply, { outcome: 'downloaded' }>, bytes: number): Record<string, string> {
  const { etag, lastModified } = reply.validators;
  return {
    ...(reply.contentType !== null && { 'content-type': reply.contentType }),
    'content-length': String(bytes),
    ...(etag !== undefined && { etag }),
    ...(lastModified !== undefined && { 'last-modified': lastModified }),
    ...(reply.publishedSha256 !== undefined && { 'x-linked-etag': `"${reply.publishedSha256}"` }),
  };
}

async function toFolder<T>(dir: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const what = `the answer could not be recorded: ${error instanceof Error ? error.message : String(error)}`;
    const next = 'make room or give this user the right to write there, or leave out --record';
    throw new Fault({
      code: 'RECORDING_NOT_WRITTEN',
      kind: 'file',
      what,
      where: dir,
      consequence: 'nothing of this interval was loaded',
      next,
      cause: error,
    });
  }
}

/** `<host>/<digits of the key>-<last part of the path>`: readable, and no two addresses share a file. */
function fileOf(address: string): string {
  const url = new URL(address);
  const digits = createHash('sha256').update(recordingKey('GET', address)).digest('hex').slice(0, 12);
  return `${plain(url.host)}/${digits}-${plain(url.pathname.split('/').at(-1) ?? '')}`;
}

function plain(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9._-]/g, '_').slice(-80);
}
