/** How many streams may be open: of one client, since a page needs few, and altogether, so that others are still answered. */
import { Fault } from '../../core/errors.ts';
import { Problem } from '../api/problem.ts';

const PLACES_PER_CLIENT = 20;
/** Fewer than the connections that the server takes. */
const PLACES = 4_500;
const RETRY_SECONDS = '30';

export interface Places {
  readonly taken: number;
  /** @returns gives the place back; safe to call twice. @throws Problem `SSE_TOO_MANY_STREAMS`, `SSE_FULL` */
  take(address: string | null): () => void;
}

export function createPlaces(): Places {
  const byClient = new Map<string | null, number>();
  let taken = 0;
  return {
    get taken() {
      return taken;
    },
    take: (address) => {
      const own = byClient.get(address) ?? 0;
      if (own >= PLACES_PER_CLIENT) throw tooMany();
      if (taken >= PLACES) throw full();
      byClient.set(address, own + 1);
      taken += 1;
      let given = false;
      return () => {
        if (given) return;
        given = true;
        taken -= 1;
        const left = (byClient.get(address) ?? 1) - 1;
        if (left === 0) byClient.delete(address);
        else byClient.set(address, left);
      };
    },
  };
}

function tooMany(): Problem {
  const fault = new Fault({
    code: 'SSE_TOO_MANY_STREAMS',
    kind: 'usage',
    what: `this client has ${PLACES_PER_CLIENT} streams open already`,
    consequence: 'no other one was opened',
    next: 'close one first; behind a proxy all clients look like one until PENSTOCK_CLIENT_ADDRESS_HEADER names the header with their address',
  });
  return new Problem(
    fault,
    { message: fault.what, retryAfter: Number(RETRY_SECONDS) },
    { 'Retry-After': RETRY_SECONDS },
  );
}

function full(): Problem {
  const fault = new Fault({
    code: 'SSE_FULL',
    kind: 'usage',
    what: `${PLACES} streams are open, and this server has no place for more`,
    consequence: 'no stream was opened; the same rows are there as JSON',
    next: `try again in ${RETRY_SECONDS} s`,
  });
  return new Problem(fault, {}, { 'Retry-After': RETRY_SECONDS });
}
