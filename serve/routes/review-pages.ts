/** `/reports/review`: the findings as pages that work without scripts: links, and one form. */
import { type Context, Hono } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { Fault } from '../../core/errors.ts';
import type { Decision } from '../../core/review.ts';
import { pageAnswer } from '../answers.ts';
import type { ServeDependencies } from '../dependencies.ts';
import { bodyUnreadable, outsideFault } from '../faults.ts';
import { type FormWords, findingPage } from '../pages/finding.ts';
import { findingsPage } from '../pages/findings.ts';
import { filterOf, reviewQuery } from '../review-query.ts';
import { type FormToken, requireKey, requireOwnOrigin } from '../security.ts';

/** The name that was given last, so that nobody types it twice. It is no proof of anything. */
const NAME_COOKIE = 'penstock_name';

export function reviewPageRoutes(
  { review, adminKey, datasets }: Pick<ServeDependencies, 'review' | 'adminKey' | 'datasets'>,
  token: FormToken,
): Hono {
  const routes = new Hono();
  routes.get('/reports/review', async (c) => {
    const query = reviewQuery(c.req.query());
    return pageAnswer(c, findingsPage(await review.list(filterOf(query)), query, datasets));
  });
  routes.get('/reports/review/:fingerprint', async (c) => {
    const finding = await review.show(c.req.param('fingerprint'));
    return pageAnswer(c, findingPage(finding, { token: token.value, words: { by: nameOf(c) }, fault: null }));
  });
  routes.post('/reports/review/:fingerprint', async (c) => {
    const { words, given, action } = await formOf(c);
    requireOwnOrigin(c, token.matches(given));
    requireKey(c, adminKey);
    const finding = await review.show(c.req.param('fingerprint'));
    try {
      await review.decide([finding.fingerprint], decisionOf(words, action));
    } catch (error) {
      if (!(error instanceof Fault) || !error.code.startsWith('REVIEW_')) throw error;
      const { status } = outsideFault(error);
      return pageAnswer(c, findingPage(finding, { token: token.value, words, fault: error }), status);
    }
    if (words.by.trim() !== '') keepName(c, words.by.trim());
    return c.redirect(`/reports/review/${finding.fingerprint}`, 303);
  });
  return routes;
}

function nameOf(c: Context): string {
  return getCookie(c, NAME_COOKIE) ?? '';
}

function keepName(c: Context, name: string): void {
  setCookie(c, NAME_COOKIE, name, {
    path: '/reports/review',
    httpOnly: true,
    sameSite: 'Strict',
    maxAge: 180 * 86_400,
  });
}

interface Form {
  readonly words: FormWords & { readonly by: string };
  readonly given: unknown;
  readonly action: string;
}

async function formOf(c: Context): Promise<Form> {
  const body: Record<string, unknown> = await c.req.parseBody().catch(() => {
    throw bodyUnreadable('the form cannot be read', 'send the form of the page');
  });
  const text = (name: string): string => (typeof body[name] === 'string' ? body[name] : '');
  return {
    words: { by: text('by'), owner: text('owner'), note: text('note'), until: text('until'), seen: text('seen') },
    given: body['token'],
    action: text('action'),
  };
}

/** @throws Fault `REVIEW_REFUSED` for a button that there is not */
function decisionOf({ by, owner = '', note = '', until = '', seen = '' }: Form['words'], action: string): Decision {
  const shared = {
    by,
    owner,
    ...(note.trim() !== '' && { note }),
    ...(/^\d{1,15}$/.test(seen) && { seenRows: Number(seen) }),
  };
  switch (action) {
    case 'accept':
      return { ...shared, action: 'approve' };
    case 'acknowledge':
      return { ...shared, action: 'approve', until };
    case 'reject':
      return { ...shared, action: 'reject' };
    case 'note':
      return { ...shared, action: 'note' };
    default:
      throw bodyUnreadable('it is not said what to do', 'use one of the buttons');
  }
}
