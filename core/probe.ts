/** Asking a server as its clients do; nothing is followed, nothing is tried again, and no answer is an exception. */

export interface ProbeRequest {
  readonly method: string;
  /** With its query, exactly as it is sent. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Of a stream: it is read until this says so of all that came, and then left. */
  readonly enough?: (text: string) => boolean;
}

export interface ProbeAnswered {
  readonly outcome: 'answered';
  readonly status: number;
  /** Lower-case names; several of one name are joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
  readonly ms: number;
}

/** Nothing whole within the limit; `bytes` is what had come. `status` is null where not even the headers came. */
export interface ProbeCut {
  readonly outcome: 'cut';
  readonly status: number | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
  readonly ms: number;
}

export interface ProbeFailed {
  readonly outcome: 'failed';
  readonly why: string;
  readonly ms: number;
}

export type ProbeAnswer = ProbeAnswered | ProbeCut | ProbeFailed;

export interface Probe {
  readonly baseUrl: string;
  /** Milliseconds that one answer may take, its body included. */
  readonly timeoutMs: number;
  ask(request: ProbeRequest): Promise<ProbeAnswer>;
}
