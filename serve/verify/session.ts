/** One verification under way: asks, waits where the server asks for patience, and keeps what was found. */
import type { Clock } from '../../core/effects.ts';
import type { Probe, ProbeAnswer, ProbeAnswered, ProbeRequest } from '../../core/probe.ts';
import { type Check, type Outcome, short, type Why } from './check.ts';

export interface VerifyOptions {
  readonly probe: Probe;
  readonly clock: Clock;
  /** The server's own key; null: what needs it is only asked without it. */
  readonly key: string | null;
  /** A public key that goes along with every read; null: reads go without. */
  readonly anonKey: string | null;
  /** A page that may read; null: nobody said which, and only strangers are tried. */
  readonly origin: string | null;
  readonly allowStale: boolean;
  readonly allowSamples: boolean;
  readonly helpIds: readonly string[];
}

export interface Session extends VerifyOptions {
  readonly checks: Check[];
  /** Where a request was cut: nothing more is asked there, since each would take the whole limit again. */
  readonly hung: Set<string>;
  ask(request: ProbeRequest): Promise<ProbeAnswer>;
}

/** How the subject of several checks is called. */
export interface Subject {
  readonly capability: string;
  readonly where: string;
  readonly ms?: number;
}

const PATIENCE = 3;
const LONGEST_WAIT_S = 65;

export function openSession(options: VerifyOptions): Session {
  const { probe, clock, anonKey } = options;
  return {
    ...options,
    checks: [],
    hung: new Set(),
    ask: async (request) => {
      const named = Object.keys(request.headers ?? {}).some((name) => /^(authorization|apikey)$/i.test(name));
      const headers = {
        ...(anonKey !== null && !named && { apikey: anonKey, authorization: `Bearer ${anonKey}` }),
        ...request.headers,
      };
      for (let attempt = 1; ; attempt += 1) {
        const answer = await probe.ask({ ...request, headers });
        if (answer.outcome !== 'answered' || answer.status !== 429 || attempt >= PATIENCE) return answer;
        const seconds = Number(answer.headers['retry-after']);
        await clock.sleep(Math.min(seconds > 0 ? seconds : 1, LONGEST_WAIT_S) * 1_000);
      }
    },
  };
}

export function say(
  { checks }: Pick<Session, 'checks'>,
  { capability, where, ms }: Subject,
  name: string,
  outcome: Outcome,
  why: Why | null = null,
): void {
  checks.push({ capability, name, where, outcome, why, ms: ms ?? null });
}

/** Passed where `good`, failed with `why` elsewhere. @returns `good` */
export function expectThat(
  session: Pick<Session, 'checks'>,
  subject: Subject,
  name: string,
  good: boolean,
  why: () => Why,
): boolean {
  say(session, subject, name, good ? 'passed' : 'failed', good ? null : why());
  return good;
}

/** Says why there is no answer. @returns the answer where there is one */
export function answerOf(
  session: Pick<Session, 'checks' | 'probe'>,
  subject: Subject,
  answer: ProbeAnswer,
): ProbeAnswered | null {
  if (answer.outcome === 'answered') return answer;
  const { timeoutMs } = session.probe;
  const ms = answer.ms;
  if (answer.outcome === 'cut') {
    say(session, { ...subject, ms }, 'time', 'failed', {
      what: answer.status === null ? 'it does not answer' : 'its answer does not end',
      expected: `an answer within ${timeoutMs / 1_000} s`,
      got:
        answer.status === null
          ? `nothing for ${timeoutMs / 1_000} s`
          : `status ${answer.status} and ${answer.bytes.length} bytes, and no end`,
      consequence: 'the front end gives up waiting and shows what it has without the server',
      next: 'look in the log of the server and in pg_stat_activity for what it waits for',
    });
  } else
    say(session, { ...subject, ms }, 'time', 'failed', {
      what: 'the server cannot be reached',
      expected: 'an answer',
      got: short(answer.why),
      consequence: 'the front end shows what it has without the server',
      next: 'look whether the server runs at this address',
    });
  return null;
}

/** The body as JSON; undefined where it is none. */
export function jsonOf({ bytes }: Pick<ProbeAnswered, 'bytes'>): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

export function mediaOf({ headers }: Pick<ProbeAnswered, 'headers'>): string {
  return (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** What a failing answer said, for the line about it. */
export function gist(answer: ProbeAnswered): string {
  const body = jsonOf(answer);
  const code = typeof body === 'object' && body !== null && 'code' in body ? ` ${String(body.code)}` : '';
  const said = typeof body === 'object' && body !== null && 'error' in body ? `: ${String(body.error)}` : '';
  return short(`status ${answer.status}${code}${said}`);
}
