/** Help over HTTP: every id that the front end uses answers, what is no id is 404, and a change shows at once. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { REQUIRED_ALIASES, REQUIRED_IDS } from '../../data/help/required-ids.ts';
import { startApi } from '../support/api.ts';
import { ask } from '../serve/support.ts';
import { freshDatabase } from '../support/postgres.ts';
import { type HelpApi, helpApi, MANIFESTS, SOON, TEXTS } from './help-support.ts';

let api: HelpApi;
beforeAll(async () => {
  api = await helpApi();
});
afterAll(() => api[Symbol.asyncDispose]());

interface Manifest {
  readonly manifest: readonly { readonly id: string; readonly short_text: string; readonly alias_of?: string }[];
  readonly provenance: object;
}

/** Names that the front end uses and that are missing in the manifest, or that do not answer. */
async function missingNames({ ask: asking }: HelpApi): Promise<string[]> {
  const { manifest } = (await asking('/api/help/manifest')).json<Manifest>();
  const missing: string[] = [];
  for (const id of [...REQUIRED_IDS, ...Object.keys(REQUIRED_ALIASES)]) {
    const listed = manifest.some((entry) => entry.id === id);
    if (!listed || (await asking(`/api/help/${encodeURIComponent(id)}`)).status !== 200) missing.push(id);
  }
  return missing;
}

test('every id that the front end uses is in the manifest and answers, and a text that is missing is noticed', async () => {
  expect(REQUIRED_IDS).toHaveLength(30);
  expect(await missingNames(api)).toEqual([]);
  await using other = await helpApi();
  await other.db.pool.query(`delete from help_alias where help_id = 'page.trends'`);
  await other.db.pool.query(`delete from help_content where id = 'page.trends'`);
  await other.db.pool.query(`select pg_notify('penstock_load', '{"table":"public.help_content"}')`);
  await vi.waitFor(async () => {
    expect((await other.ask('/api/help/page.trends')).status).toBe(404);
    expect((await other.ask('/api/help/manifest')).body).not.toContain('trends.analysis');
  }, SOON);
  expect(await missingNames(other)).toEqual(['page.trends', 'tab.trends']);
});

test.each(MANIFESTS)(
  'the manifest is at %s, by id, with other names and the texts that they stand for',
  async (path) => {
    const answer = await api.ask(path);
    expect(answer).toMatchObject({ status: 200, headers: { 'x-penstock-freshness': 'live' } });
    const { manifest, provenance } = answer.json<Manifest>();
    expect(manifest.map(({ id }) => id)).toEqual(manifest.map(({ id }) => id).toSorted());
    expect(manifest.find(({ id }) => id === 'tab.trends')).toEqual({
      id: 'tab.trends',
      title: 'Trends',
      short_text: manifest.find(({ id }) => id === 'page.trends')?.short_text,
      last_updated: '2026-11-22T00:00:00.000Z',
      alias_of: 'page.trends',
    });
    expect(provenance).toMatchObject({ source: 'local', freshness_status: 'live', is_fallback: false });
  },
);

test.each(TEXTS)('a text is at %s, under its id and under another name', async (path) => {
  const [text, alias] = await Promise.all(
    ['page.trends', 'tab.trends'].map(async (id) => (await api.ask(`${path}${id}`)).json()),
  );
  expect(text).toMatchObject({
    id: 'page.trends',
    title: 'Trends',
    author: 'Penstock maintainers',
    last_updated: '2026-11-22T00:00:00.000Z',
    body_html: expect.stringContaining('<li><strong>Ontario demand</strong>') as string,
    related_sources: expect.arrayContaining([{ name: 'IESO', url: 'https://www.ieso.ca/' }]) as object,
    provenance: { source: 'local', is_fallback: false },
  });
  expect(alias).toEqual({ ...text, id: 'tab.trends', alias_of: 'page.trends' });
});

test('without a text the manifest is empty and its provenance unknown', async () => {
  const empty = await freshDatabase();
  const running = await startApi({ url: empty.url });
  expect((await ask(running.url, '/api/help/manifest')).json()).toEqual({
    manifest: [],
    provenance: { source: null, last_updated: null, freshness_status: 'unknown', is_fallback: false },
  });
  await running.stop();
});

test('a text that a load changes shows at once, whatever was kept', async () => {
  await using own = await helpApi();
  const title = async (): Promise<unknown> => (await own.ask('/api/help/page.trends')).json()['title'];
  expect(await title()).toBe('Trends');
  expect((await own.ask('/api/help/page.trends')).headers).toMatchObject({
    'x-cache': 'hit',
    'cache-control': 'public, max-age=60',
  });
  await own.world.change('page.trends.md', 'title: Trends', 'title: Trends of years');
  await own.world.load();
  await vi.waitFor(async () => expect(await title()).toBe('Trends of years'), SOON);
});

describe('what is no id of a text is 404, as JSON, and says so', () => {
  const long = 'a'.repeat(10_000);
  test.each<[string, string, string]>([
    ['an unknown id', 'page.nowhere', 'page.nowhere'],
    ['an id in capitals', 'Page.Trends', 'Page.Trends'],
    ['a path, encoded', '%2e%2e%2f%2e%2e%2fetc%2fpasswd', '../../etc/passwd'],
    ['a path of another system', '..%5c..%5cboot.ini', '..\\..\\boot.ini'],
    ['a path, encoded twice', '%252e%252e%252fetc', '%2e%2e%2fetc'],
    ['an id encoded twice', 'page%252etrends', 'page%2etrends'],
    ['a NUL', 'page.trends%00', 'page.trends\0'],
    ['10,000 characters', long, 'a'.repeat(200)],
    ['characters of other scripts', encodeURIComponent('pagé.trends💡'), 'pagé.trends💡'],
    ['a broken encoding', '%ff%fe', '%ff%fe'],
    ['SQL', encodeURIComponent(`x' or '1'='1`), `x' or '1'='1`],
    ['HTML', encodeURIComponent('<script>alert(1)</script>'), '<script>alert(1)</script>'],
    ['a space', '%20', ' '],
  ])('%s', async (_name, id, said) => {
    for (const path of TEXTS) {
      const answer = await api.ask(`${path}${id}`, { headers: { Accept: 'text/html' } });
      expect(answer).toMatchObject({ status: 404, headers: { 'content-type': 'application/problem+json' } });
      expect(answer.json()).toMatchObject({
        id: said,
        error: expect.any(String) as string,
        code: 'HELP_TEXT_UNKNOWN',
      });
      expect(answer.body.length).toBeLessThan(2_000);
    }
  });

  test.each([
    '/api/help/..',
    '/api/help/page/trends',
    '/help-simple/page/trends',
    '/functions/v1/help-simple/a/b/c',
    '/help/api/help/%2e%2e/x',
    '/api/help/',
  ])('a path that leaves help: %s', async (path) => {
    const answer = await api.ask(path, { headers: { Accept: 'text/html' } });
    expect(answer).toMatchObject({ status: 404, headers: { 'content-type': 'application/problem+json' } });
    expect(answer.json()).toMatchObject({ status: 404, error: expect.any(String) as string });
  });

  // Dots that nobody encoded are taken out before any route is looked for, as a browser does it: then it is a path of the server at large.
  test('a path that has left help is none of ours', async () => {
    const answer = await api.ask('/api/help/../../etc/passwd');
    expect(answer).toMatchObject({ status: 404, headers: { 'content-type': 'application/problem+json' } });
    expect(answer.json()).toMatchObject({ code: 'HTTP_PATH_UNKNOWN', instance: '/etc/passwd' });
  });

  test('whatever the id is', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.string({ minLength: 1 }), fc.string({ unit: 'binary', minLength: 1 })),
        async (id) => {
          fc.pre(id !== '.' && id !== '..');
          const answer = await api.ask(`/api/help/${encodeURIComponent(id)}`);
          expect(answer.status).toBe(404);
          expect(answer.json()).toMatchObject({ id: id.slice(0, 200) });
        },
      ),
      { numRuns: 150 },
    );
  });
});

test.each(['POST', 'PUT', 'DELETE', 'PATCH'])('%s is no way to read a text', async (method) => {
  for (const path of ['/api/help/page.trends', '/functions/v1/help-simple/manifest']) {
    const answer = await api.ask(path, { method, headers: { Accept: 'text/html' } });
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer).toMatchObject({ status: 405, headers: { allow: expect.stringContaining('GET') as string } });
    expect(answer.json()).toMatchObject({ code: 'HTTP_METHOD_REFUSED' });
  }
});
