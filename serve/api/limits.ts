/**
 * Calls per client and minute, counted in the database so that several servers share one count. A server takes them in blocks and gives them out
 * by itself: one statement for many reads. Together the servers never give out more than the limit; what a server took and did not use is lost
 * to that client for the rest of the minute. No count, no call: without the database nobody is let in.
 */
import type { Clock, Database } from '../../core/effects.ts';
import { Fault } from '../../core/errors.ts';
import type { Client } from './client.ts';
import type { LimitClass } from './endpoint.ts';
import { Problem } from './problem.ts';

/** Calls per minute; null: not limited. */
export type Limits = Readonly<Record<Exclude<LimitClass, 'none'>, number | null>>;

export interface Admission {
  readonly limit: number;
  readonly remaining: number;
  /** Until the count begins anew. */
  readonly resetSeconds: number;
}

/** Share of the limit that is taken at once; writes are few, and are counted one by one. */
const BLOCK_SHARE: Readonly<Record<Exclude<LimitClass, 'none'>, number>> = { read: 20, stream: 0, write: 0 };
const KEPT_CLIENTS = 10_000;

interface Purse {
  left: number;
  taken: number;
  /** Milliseconds since the epoch, by this machine's clock. */
  endsAt: number;
}

export interface Limiter {
  /** null: this class is not limited. @throws Problem `RATE_LIMITED` with `Retry-After` */
  admit(limitClass: Exclude<LimitClass, 'none'>, client: Client): Promise<Admission | null>;
}

export function createLimiter(service: Database, limits: Limits, clock: Pick<Clock, 'now'>): Limiter {
  const purses = new Map<string, Purse>();
  return {
    admit: async (limitClass, client) => {
      const limit = limits[limitClass];
      if (limit === null) return null;
      const name = `${limitClass} ${client.keyHash ?? ''} ${client.address ?? ''}`;
      let purse = purses.get(name);
      if (purse === undefined || clock.now() >= purse.endsAt || (purse.left === 0 && purse.taken < limit)) {
        const want = Math.max(1, Math.floor(limit / (BLOCK_SHARE[limitClass] || limit)));
        const taken = await take(service, client, limitClass, want, limit, clock);
        // Two calls at once may each have taken a block: neither is lost.
        const now = purses.get(name);
        purse = now !== undefined && now.endsAt > clock.now() ? { ...taken, left: taken.left + now.left } : taken;
        if (purses.size >= KEPT_CLIENTS) forgetOld(purses, clock.now());
        purses.set(name, purse);
      }
      const resetSeconds = Math.max(1, Math.ceil((purse.endsAt - clock.now()) / 1_000));
      if (purse.left === 0) throw tooMany(limit, resetSeconds);
      purse.left -= 1;
      return { limit, remaining: Math.max(0, limit - purse.taken + purse.left), resetSeconds };
    },
  };
}

async function take(
  service: Database,
  { address, keyHash }: Client,
  limitClass: string,
  want: number,
  limit: number,
  clock: Pick<Clock, 'now'>,
): Promise<Purse> {
  const [row] = await service.query<{ granted: number; taken: number; left_ms: number }>(
    `select granted, taken, (extract(epoch from window_end - clock_timestamp()) * 1000)::int as left_ms
     from etl.take_calls($1, $2, $3, $4, $5)`,
    [address, keyHash, limitClass, want, limit],
  );
  if (row === undefined) throw new Error('take_calls gave no row');
  return { left: row.granted, taken: row.taken, endsAt: clock.now() + Math.max(1, row.left_ms) };
}

/** What is over goes; if nothing is, all go, and the database still knows what they took. */
function forgetOld(purses: Map<string, Purse>, now: number): void {
  for (const [name, { endsAt }] of purses) if (endsAt <= now) purses.delete(name);
  if (purses.size >= KEPT_CLIENTS) purses.clear();
}

export function limitHeaders({ limit, remaining, resetSeconds }: Admission): Record<string, string> {
  return {
    'X-RateLimit-Limit': String(limit),
    'X-RateLimit-Remaining': String(remaining),
    'X-RateLimit-Reset': String(resetSeconds),
  };
}

function tooMany(limit: number, resetSeconds: number): Problem {
  const fault = new Fault({
    code: 'RATE_LIMITED',
    kind: 'usage',
    what: `more than ${limit} calls of this kind in a minute`,
    consequence: 'nothing was shown or changed',
    next: `try again in ${resetSeconds} s`,
  });
  return new Problem(
    fault,
    { message: fault.what, retryAfter: resetSeconds },
    { 'Retry-After': String(resetSeconds), ...limitHeaders({ limit, remaining: 0, resetSeconds }) },
  );
}
