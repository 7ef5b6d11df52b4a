/** Local files as a source: which addresses are answered with which bytes, and what is refused. */
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DownloadReply, Http } from '../../core/effects.ts';
import { localFilesHttp } from '../../loaders/source/local-files.ts';
import { recordingHttp } from '../../loaders/source/record.ts';
import { recordingsHttp } from '../../loaders/source/recordings.ts';
import { clockAt, temporaryFolder, writeRecordings } from '../support/engine.ts';

const clock = clockAt('2026-11-22T00:00:00Z');
const network: Http = { download: async () => ({ outcome: 'not found', status: 418 }) };
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const put = async (path: string, text: string | Uint8Array): Promise<void> => {
  await mkdir(join(folder.path, path, '..'), { recursive: true });
  await writeFile(join(folder.path, path), text);
};

async function ask(url: string, http?: Http, maxBytes = 1_000): Promise<DownloadReply & { body: string }> {
  const chunks: Uint8Array[] = [];
  const reply = await (http ?? localFilesHttp(network, folder.path, clock)).download(
    { url, hosts: ['reference', 'help'], maxBytes, pace: { perSecond: 1, concurrent: 1 } },
    { write: async (chunk) => void chunks.push(new Uint8Array(chunk)), restart: async () => void chunks.splice(0) },
  );
  return { ...reply, body: Buffer.concat(chunks).toString() };
}

beforeEach(async () => {
  folder = await temporaryFolder();
  await put('data/reference/x.csv', 'a,b\n1,2\n');
});
afterEach(() => folder[Symbol.asyncDispose]());

describe('a local address', () => {
  test('of a file is answered with its bytes', async () => {
    expect(await ask('local://reference/x.csv')).toEqual({
      outcome: 'downloaded',
      url: 'local://reference/x.csv',
      validators: {},
      contentType: null,
      fetchedAt: Date.parse('2026-11-22T00:00:00Z'),
      body: 'a,b\n1,2\n',
    });
  });

  test('of a folder is answered with its documents in the order of their names, whatever else lies there', async () => {
    await put('data/help/b.md', '---\nid: b\n---\n');
    await put('data/help/a.md', 'é');
    await put('data/help/latin1.md', new Uint8Array([0xff]));
    await put('data/help/.hidden.md', 'x');
    await put('data/help/notes.txt', 'x');
    await put('data/help/deeper/c.md', 'x');
    expect((await ask('local://help/')).body).toBe(
      '{"file":"a.md","text":"é"}\n{"file":"b.md","text":"---\\nid: b\\n---\\n"}\n{"file":"latin1.md","base64":"/w=="}\n',
    );
  });

  test('hands every other request on', async () => {
    expect(await ask('https://reference/x.csv')).toMatchObject({ outcome: 'not found', status: 418 });
  });
});

describe('a local file', () => {
  test.each([
    ['that is not there', 'local://reference/y.csv', 'LOCAL_FILE_MISSING'],
    ['of a folder that is not there', 'local://help/', 'LOCAL_FILE_MISSING'],
    ['that is a folder', 'local://reference/deep.csv', 'LOCAL_FILE_MISSING'],
    ['of a folder of nobody', 'local://samples/index.json', 'LOCAL_ADDRESS_INVALID'],
    ['above the folder', 'local://reference/../../secret', 'LOCAL_ADDRESS_INVALID'],
    ['above the folder, escaped', 'local://reference/%2e%2e%2fsecret', 'LOCAL_ADDRESS_INVALID'],
    ['below the folder', 'local://reference/deep/x.csv', 'LOCAL_ADDRESS_INVALID'],
    ['that is hidden', 'local://reference/.env', 'LOCAL_ADDRESS_INVALID'],
    ['with a query', 'local://reference/x.csv?v=1', 'LOCAL_ADDRESS_INVALID'],
    ['larger than the limit', 'local://reference/large.csv', 'LOCAL_FILE_TOO_LARGE'],
    ['that is a link out of the folder', 'local://reference/link.csv', 'LOCAL_FILE_OUTSIDE'],
  ])('%s is a fault with a next step', async (_, url, code) => {
    await put('secret', 'x');
    await put('data/reference/.env', 'x');
    await put('data/reference/large.csv', 'x'.repeat(1_001));
    await put('data/reference/deep/x.csv', 'x');
    await mkdir(join(folder.path, 'data/reference/deep.csv'));
    await symlink(join(folder.path, 'secret'), join(folder.path, 'data/reference/link.csv'));
    await expect(ask(url)).rejects.toMatchObject({ code, kind: 'file', next: expect.stringMatching(/.{20}/) });
  });

  test('that is a pipe is refused instead of waited for', async () => {
    spawnSync('mkfifo', [join(folder.path, 'data/reference/pipe.csv')]);
    await expect(ask('local://reference/pipe.csv')).rejects.toMatchObject({ code: 'LOCAL_FILE_MISSING' });
  });

  test('that links to another file of its folder is answered', async () => {
    await symlink('x.csv', join(folder.path, 'data/reference/same.csv'));
    expect((await ask('local://reference/same.csv')).body).toBe('a,b\n1,2\n');
  });

  test('that is a folder of documents larger than the limit is a fault', async () => {
    await put('data/help/a.md', 'x'.repeat(600));
    await put('data/help/b.md', 'x'.repeat(600));
    await expect(ask('local://help/')).rejects.toMatchObject({ code: 'LOCAL_FILE_TOO_LARGE' });
    await rm(join(folder.path, 'data/help/b.md'));
    expect((await ask('local://help/')).outcome).toBe('downloaded');
  });
});

test('under --recordings a local file is answered though nobody recorded it', async () => {
  const recordings = await recordingsHttp(await writeRecordings(join(folder.path, 'recordings'), []), clock);
  const http = localFilesHttp(recordings, folder.path, clock);
  expect(http.recorded?.('local://reference/missing.csv')).toBe(true);
  expect(http.recorded?.('https://example.org/')).toBe(false);
  expect((await ask('local://reference/x.csv', http)).outcome).toBe('downloaded');
});

test('under --record a local file is not recorded', async () => {
  const recording = recordingHttp(network, join(folder.path, 'recorded'), clock);
  await ask('local://reference/x.csv', localFilesHttp(recording, folder.path, clock));
  const { readdir } = await import('node:fs/promises');
  expect(await readdir(join(folder.path, 'recorded')).catch(() => [])).toEqual([]);
});
