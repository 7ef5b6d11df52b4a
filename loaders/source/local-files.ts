/** Answers `local:` addresses from the project's `data/` folder and hands every other request on. */
import { createReadStream } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { BodySink, Clock, DownloadReply, DownloadRequest, Http } from '../../core/effects.ts';
import { Fault } from '../../core/errors.ts';
import { isLocal } from '../../core/local.ts';

/** `local://reference/x.csv` is `<root>/data/reference/x.csv`; `local://help/` is every document of `<root>/data/help`. */
const ADDRESS = /^local:\/\/([a-z][a-z0-9_-]*)\/((?:[A-Za-z0-9_][A-Za-z0-9_.-]*)?)$/;
const DOCUMENT = /^[^.].*\.md$/;

/** @param root folder that holds `data/`: the parent of the definitions' folder */
export function localFilesHttp(inner: Http, root: string, clock: Pick<Clock, 'now'>): Http {
  const { recorded } = inner;
  return {
    download: (request, sink) =>
      isLocal(request.url) ? read(request, sink, root, clock) : inner.download(request, sink),
    // A local file that is missing is a fault and not something that nobody has recorded.
    ...(recorded !== undefined && { recorded: (url: string) => isLocal(url) || recorded(url) }),
  };
}

async function read(
  request: DownloadRequest,
  sink: BodySink,
  root: string,
  clock: Pick<Clock, 'now'>,
): Promise<DownloadReply> {
  const { url, hosts, maxBytes } = request;
  const [, folder, name] = ADDRESS.exec(url) ?? [];
  if (folder === undefined || name === undefined || !hosts.includes(folder)) throw addressFault(url, hosts);
  request.signal?.throwIfAborted();
  const top = await inside(join(root, 'data', folder), url, null);
  const contentType = name === '' ? 'application/x-ndjson' : null;
  if (name === '') await sendFolder(top, url, maxBytes, sink);
  else await sendFile(await inside(join(top, name), url, top), request, sink);
  return { outcome: 'downloaded', url, validators: {}, contentType, fetchedAt: clock.now() };
}

async function sendFile(path: string, { url, maxBytes, signal }: DownloadRequest, sink: BodySink): Promise<void> {
  const info = await stat(path);
  if (!info.isFile()) throw missing(url, `${path} is not a file`);
  let bytes = 0;
  for await (const chunk of createReadStream(path, { signal }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge(url, maxBytes);
    await sink.write(chunk);
  }
}

/** The documents of a folder, in the order in which they are sent: the decoder counts them from 1. */
export async function documentsIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => DOCUMENT.test(name)).sort((a, b) => (a < b ? -1 : 1));
}

/** One line of JSON for each document, in the order of their names, so that the same files always give the same bytes. */
async function sendFolder(top: string, url: string, maxBytes: number, sink: BodySink): Promise<void> {
  const names = await documentsIn(top).catch((cause: unknown) => {
    throw missing(url, `${top} is no folder that can be read`, cause);
  });
  if (names.length === 0) throw missing(url, `${top} holds no .md file`);
  let bytes = 0;
  for (const name of names) {
    const path = await inside(join(top, name), url, top);
    const info = await stat(path);
    if (!info.isFile()) throw missing(url, `${path} is not a file`);
    bytes += info.size;
    if (bytes > maxBytes) throw tooLarge(url, maxBytes);
    await sink.write(Buffer.from(`${JSON.stringify(documentOf(name, await readFile(path)))}\n`));
  }
}

function documentOf(file: string, content: Buffer): object {
  try {
    return { file, text: new TextDecoder('utf-8', { fatal: true }).decode(content) };
  } catch {
    // The decoder refuses this document alone.
    return { file, base64: content.toString('base64') };
  }
}

/** The real path; a link that leads out of `top` is refused. */
async function inside(path: string, url: string, top: string | null): Promise<string> {
  const real = await realpath(path).catch((cause: unknown) => {
    throw missing(url, `there is no ${path}`, cause);
  });
  if (top === null || real.startsWith(`${top}${sep}`)) return real;
  throw new Fault({
    code: 'LOCAL_FILE_OUTSIDE',
    kind: 'file',
    what: `${path} is a link that leads out of its folder, to ${real}`,
    where: url,
    consequence: 'it was not read; what was loaded before stays',
    next: 'put the file itself there',
  });
}

function missing(url: string, what: string, cause?: unknown): Fault {
  return new Fault({
    code: 'LOCAL_FILE_MISSING',
    kind: 'file',
    what,
    where: url,
    consequence: 'nothing of it was loaded; what was loaded before stays',
    next: 'put the file there (git status shows what was removed), or mend extract.url of the definition',
    cause,
  });
}

function tooLarge(url: string, maxBytes: number): Fault {
  return new Fault({
    code: 'LOCAL_FILE_TOO_LARGE',
    kind: 'file',
    what: `the local files are larger than ${maxBytes} bytes`,
    where: url,
    consequence: 'nothing of it was loaded; what was loaded before stays',
    next: 'raise extract.maxBytes of the definition if they may be that large',
  });
}

function addressFault(url: string, hosts: readonly string[]): Fault {
  return new Fault({
    code: 'LOCAL_ADDRESS_INVALID',
    kind: 'file',
    what: `${JSON.stringify(url.slice(0, 200))} is not the address of a local file`,
    consequence: 'nothing of it was loaded; what was loaded before stays',
    next: `write local://<folder>/<file> or local://<folder>/ with one of the publisher's folders of data/: ${hosts.join(', ')}`,
  });
}
