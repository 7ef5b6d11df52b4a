/** What readers think of a help text: who may say it, how often, and what is kept of it. */
import { sign } from 'hono/jwt';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Reply } from '../serve/support.ts';
import { type HelpApi, helpApi, TEXTS } from './help-support.ts';

const SECRET = 'a-secret-of-tests-that-is-long-enough';
let api: HelpApi;
beforeAll(async () => {
  api = await helpApi({ settings: { addressHeader: 'x-real-ip', jwtSecret: SECRET } });
});
afterAll(() => api[Symbol.asyncDispose]());

let addresses = 0;
/** Another reader for each test. */
const reader = (): string => `198.51.100.${(addresses += 1)}`;

function say(body: unknown, address = reader(), path = '/api/help/page.trends', headers = {}): Promise<Reply> {
  return api.ask(`${path}/feedback`, {
    method: 'POST',
    headers: { 'x-real-ip': address, 'Content-Type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

const kept = (id: unknown): Promise<unknown[]> =>
  api.db.pool.query('select help_id, rating::int, comment, user_id from help_feedback where id = $1', [id]);

test.each(TEXTS)('a rating and a comment are kept as they are given, under %s', async (path) => {
  const comment = 'Où est le prix? 💡 <b>\n\tsee mail@example.org';
  const answer = await say({ rating: 4, comment }, reader(), `${path}tab.trends`);
  expect(answer).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' } });
  const { id, ...rest } = answer.json();
  expect(rest).toMatchObject({ help_id: 'tab.trends', rating: 4, provenance: { is_fallback: false } });
  expect(await kept(id)).toEqual([{ help_id: 'page.trends', rating: 4, comment, user_id: null }]);
});

test('a rating needs no comment, and a reader with a token is known by its subject', async () => {
  const token = await sign(
    { role: 'authenticated', sub: 'reader-1', exp: Math.floor(Date.now() / 1_000) + 60 },
    SECRET,
  );
  const answer = await say({ rating: 1 }, reader(), undefined, { Authorization: `Bearer ${token}` });
  expect(await kept(answer.json()['id'])).toEqual([
    { help_id: 'page.trends', rating: 1, comment: null, user_id: 'reader-1' },
  ]);
});

test.each<[string, unknown, number]>([
  ['no rating', {}, 400],
  ['a rating of 0', { rating: 0 }, 400],
  ['a rating of 6', { rating: 6 }, 400],
  ['half a rating', { rating: 2.5 }, 400],
  ['a rating in words', { rating: '5' }, 400],
  ['a field that nobody knows', { rating: 5, user_id: 'me' }, 400],
  ['a NUL in the comment', { rating: 5, comment: 'a\0b' }, 400],
  ['a control character', { rating: 5, comment: 'a\u001b[31mb' }, 400],
  ['half a character', { rating: 5, comment: '\ud83d' }, 400],
  ['2,001 characters', { rating: 5, comment: 'x'.repeat(2_001) }, 400],
  ['no JSON', '{"rating":', 400],
  ['a list', [5], 400],
  ['a body without end', { rating: 5, comment: 'x'.repeat(70_000) }, 413],
])('%s is refused, and nothing is kept', async (_name, body, status) => {
  const count = async (): Promise<unknown> =>
    (await api.db.pool.query('select count(*)::int as n from help_feedback'))[0]?.['n'];
  const before = await count();
  const answer = await say(body);
  expect(answer).toMatchObject({ status, headers: { 'content-type': 'application/problem+json' } });
  expect(await count()).toBe(before);
});

test('2,000 characters are kept, however many units each of them has', async () => {
  const answer = await say({ rating: 5, comment: '💡'.repeat(2_000) });
  expect(answer.status).toBe(200);
});

test.each(['page.nowhere', '..%2f..%2fetc', 'page.trends%00', 'A'])('there is no feedback on %s', async (id) => {
  const answer = await say({ rating: 5 }, reader(), `/api/help/${id}`);
  expect(answer.status).toBe(404);
  expect(answer.json()).toMatchObject({ code: 'HELP_TEXT_UNKNOWN', id: decodeURIComponent(id) });
});

test('the eleventh feedback of an address in an hour is refused with when to come again; another address is let in', async () => {
  const address = reader();
  const statuses: number[] = [];
  for (let i = 0; i < 10; i += 1) statuses.push((await say({ rating: 3 }, address)).status);
  expect(new Set(statuses)).toEqual(new Set([200]));
  // A header that the client chooses does not make it somebody else.
  const refused = await say({ rating: 3 }, address, undefined, { 'x-forwarded-for': '203.0.113.9', 'x-user-id': 'b' });
  expect(refused).toMatchObject({ status: 429, headers: { 'retry-after': '3600' } });
  expect(refused.json()).toMatchObject({
    code: 'RATE_LIMITED',
    retryAfter: 3_600,
    error: expect.any(String) as string,
  });
  expect((await say({ rating: 3 })).status).toBe(200);
});
