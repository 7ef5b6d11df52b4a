/** What a function answers when it could not be started: no database, or settings that make no sense. */
import type { Log } from 'penstock/core/effects.ts';
import { outsideFault, RETRY_AFTER } from 'penstock/serve/faults.ts';

export function unavailable(error: unknown, request: Request, log: Log): Response {
  // Why is said in the log alone: settings and addresses are nobody's business outside.
  log.error(error instanceof Error ? error.message : String(error));
  const { status, fault } = outsideFault(error);
  const { code, what, consequence = null, next = null } = fault;
  return Response.json(
    {
      type: 'about:blank',
      title: status === 503 ? 'Service Unavailable' : 'Internal Server Error',
      status,
      detail: what,
      instance: new URL(request.url).pathname,
      error: what,
      code,
      consequence,
      next,
    },
    {
      status,
      headers: {
        'Content-Type': 'application/problem+json',
        'Cache-Control': 'no-store',
        // A page shall see that it is this, and not a fault of its own network. Nothing of ours is in the answer.
        'Access-Control-Allow-Origin': '*',
        ...(status === 503 && { 'Retry-After': String(RETRY_AFTER) }),
      },
    },
  );
}
