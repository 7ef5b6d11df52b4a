/** Extract: one interval of one dataset, from its addresses to files in the landing. */
import type { DownloadRequest, Http } from '../../core/effects.ts';
import { Fault, redact } from '../../core/errors.ts';
import type { Interval } from '../../core/interval.ts';
import { type Credentials, DEFAULT_MAX_BYTES, type Input, type Pipeline, type Publisher } from '../../core/pipeline.ts';
import { fillUrl } from '../../core/url-template.ts';
import { credentialHeaders, type Environment, missingCredentials, takesCredentials, waysIn } from './credentials.ts';
import { type Fetched, fetchFile, type StoredFile } from './fetch-file.ts';
import { type HubCommits, hubCommit } from './hub-commit.ts';
import type { Landing } from './landing.ts';
import { PARTS_TYPE, sameContent, storeParts } from './parts.ts';

/** What the interval's last load was made from. */
export interface Previous {
  readonly main: StoredFile;
  readonly inputs: Readonly<Record<string, StoredFile>>;
}

export interface ExtractJob {
  readonly pipeline: Pipeline;
  readonly publisher: Publisher;
  readonly interval: Interval;
  /** null when there was no load, or to ask unconditionally. */
  readonly previous: Previous | null;
  readonly signal?: AbortSignal;
}

export interface ExtractEffects {
  readonly http: Http;
  readonly landing: Landing;
  /** Where publishers' keys are. */
  readonly env: Environment;
  /** `false` when `http` answers from recordings. */
  readonly needsKey: boolean;
  /** Of this run. */
  readonly commits: HubCommits;
}

export type Extracted =
  /**
   * `artifact` stands for the interval: the file itself, or the list of its `files` when the definition has inputs.
   * `unchanged`: the content is that of `previous`.
   */
  | {
      readonly outcome: 'landed';
      readonly artifact: StoredFile;
      readonly files: Previous;
      readonly unchanged: boolean;
    }
  /** The publisher says that all of `previous` is still current, and the landing still has it. */
  | { readonly outcome: 'not modified'; readonly url: string }
  | { readonly outcome: 'not found'; readonly url: string; readonly status: number }
  | { readonly outcome: 'not recorded'; readonly url: string }
  /** `note`: which variables are not set, and where to get a key. */
  | { readonly outcome: 'not configured'; readonly note: string };

/**
 * Asks for the interval's files and stores them.
 * @throws Fault of kind `request`, `format` (not stored then) or `file`; the reason of `signal`
 */
export async function extract(job: ExtractJob, effects: ExtractEffects): Promise<Extracted> {
  const { pipeline, publisher } = job;
  const credentials = effects.needsKey ? publisher.credentials : undefined;
  const inputs = Object.entries(pipeline.extract.inputs ?? {});
  const missing = missingCredentials(credentials, addressesOf(pipeline), effects.env);
  if (missing !== null) return { outcome: 'not configured', note: missing };
  return explainingKeys(credentials, effects.env, async () => {
    const commit = await commitOf(job, effects);
    if (commit !== null && commit.outcome !== 'known') return commit;
    const ask = (input: Input, previous: StoredFile | undefined): Promise<Fetched> =>
      askFor(job, effects, input, previous ?? null, commit?.commit ?? null);
    const main = settle(await ask(pipeline.extract, job.previous?.main), job.previous?.main);
    if (!('file' in main)) return main;
    const found: Record<string, StoredFile> = {};
    let modified = main.modified;
    for (const [name, input] of inputs) {
      const part = settle(await ask(input, job.previous?.inputs[name]), job.previous?.inputs[name]);
      if (!('file' in part)) return part;
      found[name] = part.file;
      modified ||= part.modified;
    }
    if (!modified) return { outcome: 'not modified', url: main.file.url };
    return landed({ main: main.file, inputs: found }, job.previous, effects.landing);
  });
}

/** Templates of every address that the dataset asks. */
export function addressesOf({ extract: { url, inputs = {} } }: Pipeline): string[] {
  return [url, ...Object.values(inputs).map((input) => input.url)];
}

async function landed(files: Previous, previous: Previous | null, landing: Landing): Promise<Extracted> {
  const unchanged = previous !== null && sameContent(files, previous);
  if (Object.keys(files.inputs).length === 0) return { outcome: 'landed', artifact: files.main, files, unchanged };
  const { sha256, bytes } = await storeParts(landing, files);
  // The list has no validators of its own: each part is asked for with its own.
  const artifact = { ...files.main, sha256, bytes, validators: {}, contentType: PARTS_TYPE };
  return { outcome: 'landed', artifact, files, unchanged };
}

/** A file that is there, or why there is nothing to load. */
function settle(
  fetched: Fetched,
  previous: StoredFile | undefined,
): { file: StoredFile; modified: boolean } | Exclude<Fetched, { outcome: 'landed' }> {
  if (fetched.outcome === 'landed') return { file: fetched.file, modified: true };
  return fetched.outcome === 'not modified' && previous !== undefined ? { file: previous, modified: false } : fetched;
}

async function askFor(
  job: ExtractJob,
  effects: ExtractEffects,
  input: Input,
  previous: StoredFile | null,
  commit: string | null,
): Promise<Fetched> {
  const address = withCommit(fillUrl(input.url, job.pipeline.partitions, job.interval), commit);
  return fetchFile(
    {
      address,
      decode: input.decode,
      request: { ...politely(job, effects, address), maxBytes: input.maxBytes ?? DEFAULT_MAX_BYTES },
      previous,
      immutable: commit !== null,
    },
    effects.http,
    effects.landing,
  );
}

async function commitOf(
  job: ExtractJob,
  effects: ExtractEffects,
): Promise<Awaited<ReturnType<typeof hubCommit>> | null> {
  const { extract: what } = job.pipeline;
  if (what.hub === undefined) return null;
  const hub = new URL(what.url).origin;
  return hubCommit({ ...what.hub, hub, request: politely(job, effects, hub) }, effects.http, effects.commits);
}

/** What every request of the job has in common. */
function politely(
  { publisher, signal }: ExtractJob,
  { needsKey, env }: ExtractEffects,
  address: string,
): Omit<DownloadRequest, 'url' | 'maxBytes'> {
  const headers = needsKey ? (credentialHeaders(publisher.credentials, address, env) ?? {}) : {};
  return {
    hosts: publisher.hosts,
    pace: publisher.pace,
    ...(Object.keys(headers).length > 0 && { headers }),
    ...(signal !== undefined && { signal }),
  };
}

function withCommit(address: string, commit: string | null): string {
  return commit === null ? address : address.replaceAll('{commit}', commit);
}

/** A refused key is mended in the environment, so the fault names the variables. */
async function explainingKeys<T>(
  credentials: Credentials | undefined,
  env: Environment,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw credentials === undefined ? error : namingKey(error, credentials, env);
  }
}

const KEY_FAULTS: ReadonlySet<string> = new Set(['HTTP_KEY_REFUSED', 'HUB_GATED', 'HUB_REPO_NOT_FOUND']);

function namingKey(error: unknown, credentials: Credentials, env: Environment): unknown {
  if (!(error instanceof Fault) || !KEY_FAULTS.has(error.code)) return error;
  const { code, kind, what, where = '', consequence = '', next = '' } = error;
  if (where !== '' && !takesCredentials(credentials, where)) return error;
  const isSet = Object.keys(credentialHeaders(credentials, where, env) ?? {}).length > 0;
  const key = `${isSet ? 'check' : 'set'} ${waysIn(credentials)}; a key can be had at ${credentials.getOneAt}`;
  return new Fault({
    code,
    kind,
    what,
    where: redact(where),
    consequence,
    next: code === 'HTTP_KEY_REFUSED' ? key : `${next}: ${key}`,
    cause: error,
  });
}
