/** `/api/review`: findings as JSON, and decisions about them. */
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { Fault } from '../../core/errors.ts';
import type { ServeDependencies } from '../dependencies.ts';
import { bodyUnreadable } from '../faults.ts';
import { filterOf, reviewQuery } from '../review-query.ts';
import { requireKey, requireOwnOrigin } from '../security.ts';

const decisionSchema = z.strictObject({
  action: z.enum(['approve', 'reject', 'note']),
  by: z.string(),
  until: z.string().optional(),
  note: z.string().optional(),
  owner: z.string().optional(),
  seenRows: z.number().int().nonnegative().optional(),
});

export function reviewApiRoutes({ review, adminKey }: Pick<ServeDependencies, 'review' | 'adminKey'>): Hono {
  const routes = new Hono();
  routes.get('/api/review', async (c) => c.json(await review.list(filterOf(reviewQuery(c.req.query())))));
  routes.get('/api/review/:fingerprint', async (c) => c.json(await review.show(c.req.param('fingerprint'))));
  routes.post('/api/review/:fingerprint', async (c) => {
    const json = /^application\/json\b/i.test(c.req.header('Content-Type') ?? '');
    // A page of another site cannot send JSON without asking first, which is never allowed here.
    requireOwnOrigin(c, json);
    requireKey(c, adminKey);
    if (!json) throw bodyKind();
    const [decided] = await review.decide([c.req.param('fingerprint')], await decisionOf(c));
    return c.json(decided);
  });
  return routes;
}

async function decisionOf(c: Context): Promise<{ by: string; action: 'approve' | 'reject' | 'note' }> {
  const body: unknown = await c.req.json().catch(() => {
    throw bodyUnreadable('the body is no JSON', 'send {"action": "approve", "by": "ada"}');
  });
  const read = decisionSchema.safeParse(body);
  if (read.success)
    return Object.fromEntries(Object.entries(read.data).filter(([, value]) => value !== undefined)) as typeof read.data;
  const [issue] = read.error.issues;
  throw bodyUnreadable(
    `${issue?.path.join('.') || 'the body'}: ${issue?.message ?? 'not as expected'}`.slice(0, 300),
    'action is approve, reject or note, by is who decides; until, note, owner and seenRows may be there',
  );
}

function bodyKind(): Fault {
  return new Fault({
    code: 'HTTP_BODY_KIND',
    kind: 'usage',
    what: 'a decision is sent as JSON',
    consequence: 'nothing was changed',
    next: 'send Content-Type: application/json',
  });
}
