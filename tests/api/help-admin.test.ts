/** Help written over HTTP: who may, by which rules, what becomes of two writers, and what is kept. */
import { sign } from 'hono/jwt';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { REQUIRED_IDS } from '../../data/help/required-ids.ts';
import type { HelpVersion } from '../../serve/help/history.ts';
import { type HelpApi, helpApi, SOON } from './help-support.ts';

const SECRET = 'a-secret-of-tests-that-is-long-enough';
const ID = 'page.trends';
const PATH = `/admin/help/${ID}`;
let api: HelpApi;
beforeAll(async () => {
  api = await helpApi({ settings: { jwtSecret: SECRET } });
});
afterAll(() => api[Symbol.asyncDispose]());

const TEXT = {
  title: 'Trends',
  short_text: 'How demand changed.',
  body_md: 'It shows **demand** in MW. See [IESO](https://www.ieso.ca/).',
  discipline_tags: ['trends'],
  related_sources: [{ name: 'IESO', url: 'https://www.ieso.ca/' }],
  author: 'Ada Example',
  last_updated: '2026-11-23',
};
let edits = 0;
/** A text that nobody has written before. */
const text = (change: object = {}): object => ({ ...TEXT, title: `Trends ${(edits += 1)}`, ...change });

interface History {
  readonly version: string;
  readonly versions: readonly HelpVersion[];
}
const history = async (id = ID): Promise<History> =>
  (await api.admin(`/admin/help/${id}/history`, 'GET')).json<History>();
const served = async (id = ID): Promise<Record<string, unknown>> => (await api.ask(`/api/help/${id}`)).json();

describe('who may write', () => {
  test.each<[string, () => Promise<Record<string, string>>, number, string]>([
    ['nobody without a key', async () => ({}), 403, 'KEY_NEEDED'],
    ['nobody with a wrong key', async () => ({ Authorization: 'Bearer wrong' }), 401, 'KEY_WRONG'],
    ['no reader', async () => ({ Authorization: `Bearer ${await token('anon')}` }), 403, 'KEY_NEEDED'],
    ['no reader with an account', async () => ({ apikey: await token('authenticated') }), 403, 'KEY_NEEDED'],
    [
      'no service whose token has expired',
      async () => ({ apikey: await token('service_role', -60) }),
      401,
      'KEY_EXPIRED',
    ],
  ])('%s', async (_name, headers, status, code) => {
    const before = await served();
    for (const path of [PATH, `/functions/v1${PATH}`]) {
      const asked = {
        method: 'PUT',
        headers: { 'Content-Type': 'application/json', ...(await headers()) },
        body: JSON.stringify(text()),
      };
      const answer = await api.ask(path, asked);
      expect(answer.status).toBe(status);
      expect(answer.json()).toMatchObject({ code });
      expect((await api.ask(`${path}/history`, { headers: await headers() })).status).toBe(status);
    }
    expect(await served()).toEqual(before);
  });

  test('a token of the service may', async () => {
    const answer = await api.admin(PATH, 'PUT', text(), { Authorization: `Bearer ${await token('service_role')}` });
    expect(answer.json()).toMatchObject({ outcome: 'changed', by: 'somebody' });
  });

  function token(role: string, seconds = 60): Promise<string> {
    return sign({ role, sub: 'somebody', exp: Math.floor(Date.now() / 1_000) + seconds }, SECRET);
  }
});

describe('what becomes of an edit', () => {
  test('it shows at once, is kept with who made it, and the version before it stays', async () => {
    const before = await history();
    const old = await served();
    const body = text({ author: 'Zoë Example' }) as typeof TEXT;
    const answer = await api.admin(`/functions/v1${PATH}`, 'PUT', body, { 'X-Penstock-Actor': 'ada@example.org' });
    const written = answer.json<{ load_id: string }>();
    expect(answer).toMatchObject({ status: 200, headers: { etag: `"${written.load_id}"` } });
    expect(written).toMatchObject({ id: ID, outcome: 'changed', by: 'ada@example.org', last_updated: '2026-11-23' });
    await vi.waitFor(async () => expect((await served())['title']).toBe(body.title), SOON);
    expect(await served()).toMatchObject({
      body_html: expect.stringContaining('<strong>demand</strong>') as string,
      author: 'Zoë Example',
      last_updated: '2026-11-23T00:00:00.000Z',
      provenance: { source: 'edit', freshness_status: 'live', is_fallback: false },
    });
    const { version, versions } = await history();
    expect(version).toBe(written.load_id);
    expect(versions).toHaveLength(before.versions.length + 1);
    expect(versions[0]).toMatchObject({ version, how: 'edit', by: 'ada@example.org', author: 'Zoë Example' });
    expect(versions[0]?.changed).toContain('title');
    expect(versions.slice(1)).toEqual(before.versions);
    expect(versions[1]?.file).toContain(`title: ${String(old['title'])}\n`);
    expect(
      await api.db.pool.query(
        `select r.actor, l.strategy from help_content h join etl.load l using (load_id) join etl.run r using (run_id) where id = $1`,
        [ID],
      ),
    ).toEqual([{ actor: 'ada@example.org', strategy: 'edit' }]);
  });

  test('the author stands for who made it where nobody is named', async () => {
    expect((await api.admin(PATH, 'PUT', text())).json()).toMatchObject({ by: 'Ada Example' });
  });

  test('the same text again is no version', async () => {
    const same = text();
    await api.admin(PATH, 'PUT', same);
    const before = await history();
    expect((await api.admin(PATH, 'PUT', same)).json()).toMatchObject({
      outcome: 'unchanged',
      load_id: before.version,
      changed: [],
    });
    expect(await history()).toEqual(before);
  });

  test('a text without its day is of today, and the same text keeps its day', async () => {
    const { last_updated: _day, ...undated } = text() as typeof TEXT;
    const today = new Date().toISOString().slice(0, 10);
    const written = (await api.admin(PATH, 'PUT', undated)).json<{ last_updated: string }>();
    expect([today, new Date().toISOString().slice(0, 10)]).toContain(written.last_updated);
    await api.admin(PATH, 'PUT', { ...undated, last_updated: '2026-11-01' });
    expect((await api.admin(PATH, 'PUT', undated)).json()).toMatchObject({
      outcome: 'unchanged',
      last_updated: '2026-11-01',
    });
  });

  test('other names are replaced where they are given, and are a version too', async () => {
    const { last_updated: _day, ...same } = text() as typeof TEXT;
    await api.admin(PATH, 'PUT', { ...same, aliases: ['tab.trends', 'tab.years'] });
    expect((await served('tab.years'))['alias_of']).toBe(ID);
    const { version } = await history();
    await api.admin(PATH, 'PUT', { ...same, title: 'Names stay' });
    expect((await served('tab.years'))['alias_of']).toBe(ID);
    const answer = await api.admin(PATH, 'PUT', { ...same, title: 'Names stay', aliases: ['tab.trends'] });
    expect(answer.json()).toMatchObject({ outcome: 'changed' });
    await vi.waitFor(async () => expect((await api.ask('/api/help/tab.years')).status).toBe(404), SOON);
    const { versions } = await history();
    expect(versions[0]?.changed).toContain('aliases');
    expect(versions[0]?.file).not.toContain('tab.years');
    expect(versions.find((one) => one.version === version)?.file).toContain('aliases: [tab.trends, tab.years]\n');
  });

  test('a text that was not there is made, and is in the manifest', async () => {
    expect((await api.admin('/admin/help/page.meters', 'PUT', text({ aliases: ['tab.meters'] }))).json()).toMatchObject(
      {
        outcome: 'created',
      },
    );
    await vi.waitFor(async () => expect((await api.ask('/api/help/manifest')).body).toContain('"tab.meters"'), SOON);
    expect(await history('tab.meters')).toMatchObject({ versions: [{ how: 'edit' }] });
    expect((await api.admin('/admin/help/page.meters', 'DELETE')).status).toBe(405);
    await api.db.pool.query(`delete from help_alias where help_id = 'page.meters'`);
    await api.db.pool.query(`delete from help_content where id = 'page.meters'`);
    expect((await history('page.meters')).versions.map(({ file }) => file === null)).toEqual([true, false, false]);
  });
});

describe('two writers', () => {
  beforeEach(async () => {
    await api.admin(PATH, 'PUT', text());
  });

  test('one who has read an older version is told of the newer one', async () => {
    const { version: read } = await history();
    expect((await api.admin(PATH, 'PUT', text({ expected_load_id: read }))).status).toBe(200);
    const { version } = await history();
    for (const [body, headers] of [
      [text({ expected_load_id: read }), {}],
      [text({ expected_load_id: Number(read) }), {}],
      [text(), { 'If-Match': `"${read}"` }],
    ] as const) {
      const answer = await api.admin(PATH, 'PUT', body, headers);
      expect(answer.status).toBe(409);
      expect(answer.json()).toMatchObject({ code: 'HELP_TEXT_CHANGED', id: ID, current_version: version });
    }
    expect((await history()).version).toBe(version);
    expect((await api.admin(PATH, 'PUT', text(), { 'If-Match': `"${version}"` })).status).toBe(200);
  });

  test('of many who have read the same version, one writes', async () => {
    const { version } = await history();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => api.admin(PATH, 'PUT', text({ expected_load_id: version }))),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409, 409, 409, 409, 409]);
  });

  test('a change of the other names alone is a newer version', async () => {
    const { version: read } = await history();
    await api.db.pool.query(`insert into help_alias (alias, help_id) values ('tab.more', $1)`, [ID]);
    expect((await api.admin(PATH, 'PUT', text({ expected_load_id: read }))).status).toBe(409);
    const { version } = await history();
    await api.db.pool.query(`delete from help_alias where alias = 'tab.more'`);
    expect((await api.admin(PATH, 'PUT', text({ expected_load_id: version }))).status).toBe(409);
  });

  test('a version of a text that is not there is none', async () => {
    for (const headers of [{ 'If-Match': '*' }, { 'If-Match': '"7"' }])
      expect((await api.admin('/admin/help/page.never', 'PUT', text(), headers)).json()).toMatchObject({
        status: 409,
        current_version: null,
      });
    expect((await api.admin(PATH, 'PUT', text(), { 'If-Match': '*' })).status).toBe(200);
  });

  test.each([
    { 'If-Match': 'yesterday' },
    { 'If-Match': '"1", "2"' },
    { 'X-Penstock-Actor': 'é' },
    { 'X-Penstock-Actor': 'a'.repeat(201) },
  ])('a header that says nothing is refused: %j', async (headers) => {
    expect((await api.admin(PATH, 'PUT', text(), headers)).status).toBe(400);
  });
});

describe('the rules are those of the files', () => {
  const put = async (change: object, id = ID): Promise<{ status: number; faults: unknown[] }> => {
    const answer = await api.admin(`/admin/help/${encodeURIComponent(id)}`, 'PUT', text(change));
    const { faults = [] } = answer.json<{ faults?: { field: string; line: number | null; what: string }[] }>();
    return { status: answer.status, faults: faults.map(({ field, line, what }) => [field, line, what.slice(0, 40)]) };
  };

  test('all faults are named at once, each with its field, and nothing is changed', async () => {
    const before = await history();
    expect(
      await put({
        title: '<b>Trends</b>',
        short_text: 'x'.repeat(160),
        body_md: 'One line.\n\nIt has [a link](http://a.example/) and 99.9 % uptime.\n<img src=x>',
        discipline_tags: ['Trends'],
        related_sources: [{ name: '', url: '#' }],
        last_updated: '2026-02-30',
        author: '',
      }),
    ).toEqual({
      status: 422,
      faults: [
        ['title', null, 'holds HTML: "<b>Trends</b>"'],
        ['short_text', null, 'short_text has 160 characters and must ha'.slice(0, 40)],
        ['discipline_tags', null, 'tags: "Trends" is not allowed'],
        ['related_sources', null, 'sources: "#" has no name'],
        ['related_sources', null, 'sources: "#" is no https address'],
        ['last_updated', null, 'last_updated must be a day such as 2026-11-22'.slice(0, 40)],
        ['author', null, 'there is no author'],
        ['body_md', 3, 'links to "http://a.example/", which is no'.slice(0, 40)],
        ['body_md', 3, 'claims a state that nobody measured: "99.9 % uptime"'.slice(0, 40)],
        ['body_md', 4, 'holds HTML: "<img src=x>"'],
      ],
    });
    expect(await history()).toEqual(before);
  });

  test.each<[string, object, string | undefined, string]>([
    ['a script', { body_md: '<script>alert(1)</script>' }, undefined, 'body_md'],
    ['a link that runs', { body_md: '[x](javascript:alert(1))' }, undefined, 'body_md'],
    ['an empty text', { body_md: ' \n ' }, undefined, 'body_md'],
    ['a link inside code, which only the table refuses', { body_md: 'Say `f(a)[0](b)`.' }, undefined, 'body_md'],
    ['a text nested too deeply', { body_md: '>'.repeat(20_000) }, undefined, 'body_md'],
    ['a NUL', { body_md: 'a\0b' }, undefined, 'body_md'],
    [
      'a NUL in a source',
      { related_sources: [{ name: 'a\0', url: 'https://a.example/' }] },
      undefined,
      'related_sources',
    ],
    ['half a character', { author: 'a\ud800' }, undefined, 'author'],
    ['a title of two lines', { title: 'a\n---\nb' }, undefined, 'title'],
    ['a name that is the id of a text', { aliases: ['tab.trends', 'page.gridops'] }, undefined, 'aliases'],
    ['a name of another text', { aliases: ['tab.trends', 'tab.gridops'] }, undefined, 'aliases'],
    ['a name that the front end needs, left out', { aliases: [] }, undefined, 'id'],
    ['an id that is another name', {}, 'tab.gridops', 'page.gridops.md'],
    ['an id that is none', {}, '../../etc/passwd', 'id'],
    ['an id with a NUL', {}, 'page.x\0', 'id'],
    ['a text about Indigenous data that does not say that people must review it', {}, 'page.indigenous', 'id'],
    ['a text about privacy that does not', {}, 'page.privacy', 'id'],
    [
      'a mark of curation that the reader does not see',
      { discipline_tags: ['needs-curation'] },
      'page.legal',
      'short_text',
    ],
  ])('%s', async (_name, change, id, field) => {
    const { status, faults } = await put(change, id);
    expect(status).toBe(422);
    expect(faults).toContainEqual([
      field,
      field === 'body_md' ? expect.toSatisfy(() => true) : null,
      expect.any(String),
    ]);
    expect(
      (await api.db.pool.query(`select from help_content where id in ('page.legal', 'page.privacy', 'tab.gridops')`))
        .length,
    ).toBe(0);
  });

  test('a text that people must review is written with its mark, and keeps it', async () => {
    const change = {
      short_text: 'Technical note, not yet reviewed: which tables this page reads.',
      discipline_tags: ['needs-curation', 'indigenous'],
      aliases: ['tab.indigenous'],
    };
    expect((await put(change, 'page.indigenous')).status).toBe(200);
    const [version] = (await history('page.indigenous')).versions;
    expect(version?.file).toContain('tags: [indigenous]\n');
    expect(version?.file).toContain('curation: required\n');
  });

  test.each<[string, object]>([
    ['a field that nobody knows', { load_id: 1 }],
    ['a field that is missing', { title: undefined }],
    ['a title that is a number', { title: 1 }],
    ['a source that is a word', { related_sources: ['https://a.example/'] }],
    ['a source with more in it', { related_sources: [{ name: 'a', url: 'https://a.example/', onclick: 'x' }] }],
    ['a version that is none', { expected_load_id: 'x' }],
  ])('%s is no text', async (_name, change) => {
    expect((await put(change)).status).toBe(400);
  });
});

test('every text that ships can be written as it is, which changes nothing', async () => {
  await using fresh = await helpApi();
  const { pool } = fresh.db;
  const rows = await pool.query<Record<string, unknown> & { id: string }>(
    `select id, title, short_text, body_md, discipline_tags, related_sources, author from help_content order by id`,
  );
  expect(rows.map(({ id }) => id)).toEqual(expect.arrayContaining([...REQUIRED_IDS]));
  for (const { id, ...body } of rows)
    expect((await fresh.admin(`/admin/help/${id}`, 'PUT', body)).json()).toMatchObject({ id, outcome: 'unchanged' });
  expect(await pool.query(`select from etl.load where strategy = 'edit'`)).toEqual([]);
});

test('the history of a text that never was is 404, and the newest versions come first up to a limit', async () => {
  expect((await api.admin('/admin/help/page.never/history', 'GET')).json()).toMatchObject({
    status: 404,
    id: 'page.never',
  });
  expect((await api.admin('/admin/help/..%2f..%2fetc/history', 'GET')).json()).toMatchObject({ status: 404 });
  const all = await history();
  const two = (await api.admin(`${PATH}/history?limit=2`, 'GET')).json<History>();
  expect(two.versions).toEqual(all.versions.slice(0, 2));
  expect((await api.admin(`${PATH}/history?limit=0`, 'GET')).status).toBe(400);
});
