/** What the process edge offers to the pure parts: each effect is an argument, so that tests are deterministic. */

/** Wall clock and waiting. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00Z. */
  now(): number;
  /** Resolves after `ms`, or rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A number in [0, 1); jitter comes from here. */
export type Random = () => number;

/** Lines for people; they go to stderr. */
export interface Log {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** Validators of an earlier answer, for a conditional request. */
export interface Validators {
  readonly etag?: string;
  readonly lastModified?: string;
}

export interface DownloadRequest {
  readonly url: string;
  /** Hosts that may be asked, redirects included. */
  readonly hosts: readonly string[];
  /** Sent to the origin of `url` only; never to another origin after a redirect. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly validators?: Validators;
  /** More than this many bytes is a fault. */
  readonly maxBytes: number;
  /** Most requests per second to this host, and how many at once. */
  readonly pace: { readonly perSecond: number; readonly concurrent: number };
  readonly signal?: AbortSignal;
}

/** Where a body goes while it is downloaded. */
export interface BodySink {
  write(chunk: Uint8Array): Promise<void>;
  /** Throws away what was written: the download starts again from byte 0. */
  restart(): Promise<void>;
}

export type DownloadReply =
  | {
      readonly outcome: 'downloaded';
      /** The address that answered, without its query's secrets. */
      readonly url: string;
      readonly validators: Validators;
      readonly contentType: string | null;
      /** Milliseconds since the epoch; for a recording, when it was recorded if that is known. */
      readonly fetchedAt: number;
      /** SHA-256 that the publisher gives for the whole file, lower-case hex, where it does. */
      readonly publishedSha256?: string;
    }
  | { readonly outcome: 'not modified' }
  /** HTTP 404 or 410. */
  | { readonly outcome: 'not found'; readonly status: number }
  /** Only under `--recordings` and `--samples`: the folder has no answer for this URL. */
  | { readonly outcome: 'not recorded' };

/** The one way to ask a publisher for bytes. */
export interface Http {
  download(request: DownloadRequest, sink: BodySink): Promise<DownloadReply>;
  /** Only under `--recordings` and `--samples`: whether the folder answers this URL, without any work. Absent on the network, where nobody can know. */
  recorded?(url: string): boolean;
}

/** A message to a receiver that a person has named. Its address and headers may be secrets: of them no error says more than the host. */
export interface PostRequest {
  readonly url: string;
  /** JSON text. */
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds for one attempt, and attempts altogether. */
  readonly timeoutMs: number;
  readonly attempts: number;
  readonly signal?: AbortSignal;
}

/** The one way to tell somebody else: alerts and lineage. */
export interface Poster {
  /** Resolves when the receiver has answered 2xx; redirects are not followed. @throws Fault of kind `request` */
  post(request: PostRequest): Promise<void>;
}

/** Where OpenLineage events go. */
export interface LineageSink {
  /** Namespace of the jobs. */
  readonly namespace: string;
  /** Returns at once and never throws for a receiver's sake. */
  emit(event: object): void;
}

/** The configured database, for rooms that may not import `pg`. */
export interface Database {
  query<Row extends object = Record<string, unknown>>(text: string, params?: readonly unknown[]): Promise<Row[]>;
  /** Runs `work` in one transaction on one connection: committed when it resolves, rolled back when it rejects. */
  transaction<T>(work: (tx: Database) => Promise<T>): Promise<T>;
}

/** What the database tells whoever listens: one connection hears for all. */
export interface Notices {
  /** Calls `heard` with each payload of the channel. @returns ends it */
  listen(channel: string, heard: (payload: string) => void): () => void;
  /** Calls `back` when the connection is there again after it was lost: what was said meanwhile was not heard. @returns ends it */
  restored(back: () => void): () => void;
  /** False while the connection is lost. */
  readonly connected: boolean;
}

/** One question to a language model. */
export interface LlmRequest {
  readonly model: string;
  /** What the operator approved, and nothing that a caller wrote. */
  readonly system: string;
  /** Data and question, marked as data. */
  readonly user: string;
  /** The answer is JSON of this schema; `name` is for the upstream's eyes. */
  readonly schema: { readonly name: string; readonly json: Readonly<Record<string, unknown>> };
  readonly maxTokens: number;
  /** Milliseconds: without a new part of the answer, and altogether. */
  readonly idleMs: number;
  readonly totalMs: number;
  readonly signal: AbortSignal;
}

export interface LlmReply {
  readonly text: string;
  /** As the upstream names it. */
  readonly model: string;
  /** As the upstream counts; null where it does not say. */
  readonly tokensIn: number | null;
  readonly tokensOut: number | null;
}

/** A server that answers as OpenAI's does. */
export interface LlmUpstream {
  /** @throws Fault `LLM_UPSTREAM_…`, `LLM_CLIENT_GONE`: without address or key */
  ask(request: LlmRequest): Promise<LlmReply>;
}
