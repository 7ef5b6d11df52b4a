/** Asks a server over HTTP for `verify`: one attempt, no redirects, cut off when the limit is over. */
import { Agent } from 'undici';
import { Fault } from '../../core/errors.ts';
import type { Probe, ProbeAnswer, ProbeRequest } from '../../core/probe.ts';

export interface ProbeOptions {
  readonly baseUrl: string;
  readonly timeoutMs: number;
  readonly userAgent: string;
  /** Most bytes of one answer that are kept; more is a failure. */
  readonly maxBytes?: number;
}

export interface OpenProbe extends Probe {
  close(): Promise<void>;
}

const MAX_BYTES = 64 * 1024 * 1024;

/** @throws Fault `VERIFY_ADDRESS_INVALID` */
export function openProbe({ baseUrl, timeoutMs, userAgent, maxBytes = MAX_BYTES }: ProbeOptions): OpenProbe {
  const { origin, prefix } = partsOf(baseUrl);
  // The limit of a request is our own; undici's would end streams that are silent on purpose.
  const agent = new Agent({ connections: 32, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 });

  async function ask({ method, path, headers = {}, body, enough }: ProbeRequest): Promise<ProbeAnswer> {
    const started = performance.now();
    const ms = (): number => Math.round(performance.now() - started);
    const ending = new AbortController();
    const limit = setTimeout(() => ending.abort(), timeoutMs);
    const parts: Uint8Array[] = [];
    let status: number | null = null;
    let got: Record<string, string> = {};
    let left = false;
    try {
      const reply = await agent.request({
        origin,
        method: method as 'GET',
        path: prefix + path,
        signal: ending.signal,
        headers: { 'user-agent': userAgent, ...headers },
        ...(body !== undefined && { body }),
      });
      status = reply.statusCode;
      got = flat(reply.headers);
      let length = 0;
      let text = '';
      const decoder = new TextDecoder();
      reply.body.on('error', () => undefined);
      for await (const part of reply.body as AsyncIterable<Uint8Array>) {
        parts.push(part);
        length += part.length;
        if (length > maxBytes)
          return { outcome: 'failed', why: `the answer has more than ${maxBytes} bytes`, ms: ms() };
        if (enough === undefined) continue;
        text += decoder.decode(part, { stream: true });
        if (!enough(text)) continue;
        left = true;
        break;
      }
      return { outcome: 'answered', status, headers: got, bytes: Buffer.concat(parts), ms: ms() };
    } catch (error) {
      if (left && status !== null)
        return { outcome: 'answered', status, headers: got, bytes: Buffer.concat(parts), ms: ms() };
      if (ending.signal.aborted) return { outcome: 'cut', status, headers: got, bytes: Buffer.concat(parts), ms: ms() };
      return { outcome: 'failed', why: codeOf(error), ms: ms() };
    } finally {
      clearTimeout(limit);
    }
  }

  return { baseUrl, timeoutMs, ask, close: () => agent.destroy() };
}

function partsOf(baseUrl: string): { readonly origin: string; readonly prefix: string } {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null;
  const web = url !== null && (url.protocol === 'http:' || url.protocol === 'https:');
  if (web && url.search === '' && url.hash === '' && url.username === '')
    return { origin: url.origin, prefix: url.pathname.replace(/\/+$/, '') };
  throw new Fault({
    code: 'VERIFY_ADDRESS_INVALID',
    kind: 'usage',
    what: `--base-url ${JSON.stringify(baseUrl.slice(0, 200))} is no address of a server`,
    consequence: 'nothing was asked',
    next: 'give http(s)://host[:port][/path], without a query and without a user',
  });
}

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}

/** `ECONNREFUSED`; the whole message of what undici says itself. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  const code = (error as NodeJS.ErrnoException).code;
  return code === undefined || code.startsWith('UND_') ? error.message : code;
}
