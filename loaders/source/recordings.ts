/** Answers every request from a folder of recorded responses; the network is never asked. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BodySink, Clock, DownloadReply, DownloadRequest, Http } from '../../core/effects.ts';
import { redact } from '../../core/errors.ts';
import { bodyShort, requestFault, statusFault, tooLarge } from './http-fault.ts';
import { DEFAULT_HTTP_LIMITS } from './http-limits.ts';
import { missingIndex, readIndex, type RecordingEntry, recordingKey } from './recording-index.ts';
import { addressFault, isRedirect, redirectTarget, tooManyRedirects } from './redirect.ts';
import { isCurrent, linkedSha256, validatorsOf } from './validators.ts';

/**
 * An {@link Http} over `<dir>/index.json`. It gives the answers, and the faults, that the network would finally have given;
 * an address that is not recorded is `not recorded`. `fetchedAt` is when the answer was recorded, where that is known.
 * @throws Fault of kind `configuration` when the index is missing or wrong
 */
export async function recordingsHttp(dir: string, clock: Pick<Clock, 'now'>): Promise<Http> {
  const entries = await readIndex(dir);
  if (entries === null) throw missingIndex(dir);

  async function download(request: DownloadRequest, sink: BodySink): Promise<DownloadReply> {
    let url = new URL(request.url);
    const refused = addressFault(url, request.hosts);
    if (refused !== null) throw refused;
    let published: string | undefined;
    for (let hop = 0; hop <= DEFAULT_HTTP_LIMITS.redirects; hop++) {
      request.signal?.throwIfAborted();
      const entry = entries?.get(recordingKey('GET', url.href));
      if (entry === undefined) return { outcome: 'not recorded' };
      published = linkedSha256(entry.headers) ?? published;
      if (!isRedirect(entry.status)) {
        const reply = await answer(entry, url, request, sink);
        return reply.outcome === 'downloaded' && published !== undefined
          ? { ...reply, publishedSha256: published }
          : reply;
      }
      url = redirectTarget(url, entry.headers['location'], request.hosts);
    }
    throw tooManyRedirects(request.url, DEFAULT_HTTP_LIMITS.redirects);
  }

  async function answer(
    entry: RecordingEntry,
    url: URL,
    request: DownloadRequest,
    sink: BodySink,
  ): Promise<DownloadReply> {
    if (entry.status === 404 || entry.status === 410) return { outcome: 'not found', status: entry.status };
    if (entry.status !== 200 || entry.file === undefined)
      throw statusFault(entry.status, url, Object.keys(request.headers ?? {}), entry.headers);
    const validators = validatorsOf(entry.headers);
    if (isCurrent(request.validators, validators)) return { outcome: 'not modified' };
    const size = await sizeOf(join(dir, entry.file), url);
    const declared = Number(entry.headers['content-length'] ?? size);
    if (size < declared) throw bodyShort(url, size, declared);
    if (size > request.maxBytes) throw tooLarge(url, request.maxBytes);
    for await (const chunk of createReadStream(join(dir, entry.file), { signal: request.signal }))
      await sink.write(chunk);
    return {
      outcome: 'downloaded',
      url: redact(url.href),
      validators,
      contentType: entry.headers['content-type'] ?? null,
      fetchedAt: entry.recordedAt === undefined ? clock.now() : Date.parse(entry.recordedAt),
    };
  }

  return { download, recorded: (url) => URL.canParse(url) && entries.has(recordingKey('GET', url)) };
}

async function sizeOf(path: string, url: URL): Promise<number> {
  const info = await stat(path).catch(() => null);
  if (info?.isFile() === true) return info.size;
  throw requestFault(
    'RECORDING_FILE_MISSING',
    `the recorded body is not in the folder: ${path}`,
    url,
    'restore the file, or record the address again',
  );
}
