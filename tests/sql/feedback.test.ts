/** Feedback of readers: only through the functions, counted per client and in all, and refused with the HTTP status that says why. */
import { describe, expect, test } from 'vitest';
import type { Database } from '../../core/effects.ts';
import { type FreshDatabase, freshDatabase, testServers, type TestServer } from '../support/postgres.ts';

interface Caller {
  readonly role?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly sub?: string;
}

const ADA: Caller = { headers: { 'x-forwarded-for': '203.0.113.7' } };
const BOB: Caller = { headers: { 'x-forwarded-for': '198.51.100.9' } };

describe.each(testServers())('on $name', (server) => {
  test('a rating of a help text is stored, under its id when it was given under another name', async () => {
    const { pool } = await withHelp(server);
    const id = await help(pool, ADA, 'page.trends', 4, '  clear  ');
    await help(pool, { ...BOB, sub: 'bob' }, 'tab.trends', 5, null);
    expect(
      await pool.query('select help_id, rating::int, comment, user_id from public.help_feedback order by rating'),
    ).toEqual([
      { help_id: 'page.trends', rating: 4, comment: 'clear', user_id: null },
      { help_id: 'page.trends', rating: 5, comment: null, user_id: 'bob' },
    ]);
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    const stored = await pool.query<{ text: string }>('select to_jsonb(f)::text as text from public.help_feedback f');
    expect(stored.map(({ text }) => text).join()).not.toContain('203.0.113.7');
  });

  test.each([
    ['an unknown id', 'page.nowhere', 3, null, 'PT404'],
    ['no id', null, 3, null, 'PT404'],
    ['a path for an id', '../../etc/passwd', 3, null, 'PT404'],
    ['rating 0', 'page.trends', 0, null, 'PT400'],
    ['rating 6', 'page.trends', 6, null, 'PT400'],
    ['no rating', 'page.trends', null, null, 'PT400'],
    ['a comment of 2,001 characters', 'page.trends', 3, 'x'.repeat(2001), 'PT400'],
  ])('help feedback with %s is refused and not stored', async (_what, id, rating, comment, code) => {
    const { pool } = await withHelp(server);
    const before = await count(pool, 'help_feedback');
    await expect(help(pool, ADA, id, rating, comment)).rejects.toMatchObject({ code });
    expect(await count(pool, 'help_feedback')).toBe(before);
  });

  test('an eleventh feedback in an hour is refused, to this client only, however many calls come at once', async () => {
    const { pool } = await withHelp(server);
    await empty(pool);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 24 }, (_none, index) =>
        help(pool, index % 2 === 0 ? ADA : BOB, 'page.trends', 3, `call ${index}`),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(20);
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    expect(refused).toHaveLength(4);
    for (const reason of refused) expect(reason).toMatchObject({ code: 'PT429', hint: 'try again in an hour' });
    expect(
      await pool.query(
        'select count(*)::int as rows from public.help_feedback group by client_hash order by client_hash',
      ),
    ).toEqual([{ rows: 10 }, { rows: 10 }]);
    // The hour passes.
    await pool.query(`update public.help_feedback set ts = ts - interval '61 minutes'`);
    await help(pool, ADA, 'page.trends', 3, null);
  });

  test('one address with thirty subjects is one client, and so is one subject with thirty addresses', async () => {
    const { pool } = await withHelp(server);
    const call = await aCall(pool);
    const elsewhere = (index: number): Caller => ({ headers: { 'x-forwarded-for': `198.18.0.${index}` } });
    for (const caller of [
      (index: number) => ({ ...ADA, sub: `subject ${index}` }),
      (index: number) => ({ ...elsewhere(index), sub: 'ada' }),
    ]) {
      await empty(pool);
      const given = await Promise.allSettled(
        Array.from({ length: 30 }, (_none, index) => help(pool, caller(index), 'page.trends', 3, null)),
      );
      expect(given.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
      const answers = await Promise.allSettled(
        Array.from({ length: 32 }, (_none, index) => llm(pool, caller(index), { call, feedback: 'up' })),
      );
      expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(30);
      await help(pool, { ...BOB, sub: 'bob' }, 'page.trends', 3, null);
    }
  });

  test('all clients together are limited, too', async () => {
    const { pool } = await withHelp(server);
    await empty(pool);
    await pool.query(
      `insert into public.help_feedback (help_id, rating, client_hash, ts)
       select 'page.trends', 3, 'client ' || n, now() - interval '10 minutes' from generate_series(1, 499) n`,
    );
    await help(pool, ADA, 'page.trends', 3, null);
    await expect(help(pool, BOB, 'page.trends', 3, null)).rejects.toMatchObject({
      code: 'PT429',
      message: expect.stringContaining('all clients'),
    });
  });

  test('one client stays one: by the nearest proxy’s word, within a /64, and by the header that the deployment names', async () => {
    const { pool } = await withHelp(server);
    const hash = async (caller: Caller): Promise<unknown> =>
      await as(pool, { ...caller, role: 'service_role' }, async (tx) => {
        const [row] = await tx.query<{ hash: string }>('select etl.client_hash() as hash');
        return row?.hash;
      });
    const from = (address: string): Caller => ({ headers: { 'x-forwarded-for': address } });
    const ada = await hash(ADA);
    expect(await hash(from('10.0.0.1, 203.0.113.7'))).toBe(ada);
    expect(await hash(BOB)).not.toBe(ada);
    expect(await hash({ ...ADA, sub: 'ada' })).toBe(ada);
    expect(await hash(from('2001:db8:1:2::1'))).toBe(await hash(from('2001:db8:1:2:ffff::9')));
    expect(await hash(from('2001:db8:1:3::1'))).not.toBe(await hash(from('2001:db8:1:2::1')));
    expect(await hash(from('unknown'))).not.toBe(ada);
    // The same address as proxies write it, and as clients would to seem new.
    for (const same of ['203.0.113.7:40001', '203.0.113.7/24', '::ffff:203.0.113.7', '[::ffff:cb00:7107]:443'])
      expect(await hash(from(same)), same).toBe(ada);
    for (const same of ['[2001:db8:1:2::1]:1', '[2001:db8:1:2::7]', '2001:DB8:1:2::1/128', '2001:db8:1:2::1%eth0'])
      expect(await hash(from(same)), same).toBe(await hash(from('2001:db8:1:2::1')));
    expect(await hash(from('::ffff:203.0.113.8'))).toBe(await hash(from('203.0.113.8')));
    expect(await hash(from('::ffff:203.0.113.8'))).not.toBe(ada);
    // What is no address is one client, whatever it says.
    for (const none of ['_hidden', '203.0.113', '[', 'x'.repeat(5_000)])
      expect(await hash(from(none)), none).toBe(await hash(from('unknown')));
    expect(await hash({})).toMatch(/^[0-9a-f]{64}$/);
    const behindCdn: Caller = { headers: { 'x-forwarded-for': '10.0.0.1', 'cf-connecting-ip': '203.0.113.7' } };
    expect(await hash(behindCdn)).not.toBe(ada);
    await pool.query(
      `insert into etl.setting (name, value) values ('client_address_header', 'CF-Connecting-IP')
       on conflict (name) do update set value = excluded.value`,
    );
    expect(await hash(behindCdn)).toBe(ada);
    // Where there is no proxy, the setting is empty: no header counts, only the connection.
    await pool.query(`update etl.setting set value = '' where name = 'client_address_header'`);
    expect(await hash(ADA)).toBe(await hash(BOB));
    await pool.query(`delete from etl.setting where name = 'client_address_header'`);
  });

  test('nobody writes feedback past the functions', async () => {
    const { pool } = await withHelp(server);
    for (const role of ['anon', 'authenticated', 'service_role']) {
      for (const sql of [
        `insert into public.help_feedback (help_id, rating) values ('page.trends', 3)`,
        `insert into public.llm_feedback (endpoint, feedback) values ('explain-chart', 'up')`,
        `update public.help_feedback set rating = 1`,
      ]) {
        await expect(as(pool, { role }, (tx) => tx.query(sql))).rejects.toMatchObject({ code: '42501' });
      }
    }
    await expect(as(pool, {}, (tx) => tx.query('select * from public.help_feedback'))).rejects.toMatchObject({
      code: '42501',
    });
  });

  test('feedback on an answer names its call and endpoint, and outlives the call', async () => {
    const { pool } = await withHelp(server);
    const call = await aCall(pool);
    await llm(pool, ADA, { call, feedback: 'up', rating: 5, comment: 'good', detail: '{"panel": "x"}' });
    expect(
      await pool.query('select call_id, endpoint, feedback, rating::int, comment, detail from public.llm_feedback'),
    ).toEqual([
      {
        call_id: call,
        endpoint: 'explain-chart',
        feedback: 'up',
        rating: 5,
        comment: 'good',
        detail: { panel: 'x' },
      },
    ]);
    await pool.query('delete from public.llm_call_log where id = $1', [call]);
    expect(await pool.query('select call_id, endpoint from public.llm_feedback')).toEqual([
      { call_id: null, endpoint: 'explain-chart' },
    ]);
  });

  test.each<readonly [string, Said, string]>([
    ['a call that is not there', { call: '00000000-0000-0000-0000-000000000000', feedback: 'up' }, 'PT404'],
    ['no call', { call: null, feedback: 'up' }, 'PT404'],
    ['nothing to say', { comment: '   ' }, 'PT400'],
    ['another word than up and down', { feedback: 'sideways' }, 'PT400'],
    ['rating 6', { rating: 6 }, 'PT400'],
    ['rating 0', { rating: 0 }, 'PT400'],
    ['a comment of 2,001 characters', { comment: 'x'.repeat(2001) }, 'PT400'],
    ['a detail of 4,001 characters', { feedback: 'up', detail: `{"a": "${'x'.repeat(4000)}"}` }, 'PT400'],
  ])('feedback on an answer with %s is refused', async (_what, said, code) => {
    const { pool } = await withHelp(server);
    const call = said.call === undefined ? await aCall(pool) : said.call;
    await expect(llm(pool, ADA, { ...said, call })).rejects.toMatchObject({ code });
  });

  test('a client gives at most 30 feedbacks on answers in an hour', async () => {
    const { pool } = await withHelp(server);
    await empty(pool);
    const call = await aCall(pool);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 32 }, () => llm(pool, ADA, { call, feedback: 'up' })),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(30);
    await llm(pool, BOB, { call, feedback: 'down' });
    expect(await count(pool, 'llm_feedback')).toBe(31);
  });
});

interface Said {
  readonly call?: string | null;
  readonly feedback?: string;
  readonly rating?: number;
  readonly comment?: string;
  readonly detail?: string;
}

const databases = new Map<string, Promise<FreshDatabase>>();

/** A database with one help text and another name of it. */
async function withHelp(server: TestServer): Promise<FreshDatabase> {
  const there = databases.get(server.name) ?? makeHelp(server);
  databases.set(server.name, there);
  return await there;
}

async function makeHelp(server: TestServer): Promise<FreshDatabase> {
  const database = await freshDatabase(server);
  // By hand, as an administrator would: the edit trigger makes their load.
  await database.pool.query(
    `insert into public.help_content (id, title, short_text, body_md, discipline_tags, related_sources, last_updated, author)
     values ('page.trends', 'Trends', 'What it shows.', 'Text.', '{}', '[]', now(), 'test')`,
  );
  await database.pool.query(`insert into public.help_alias (alias, help_id) values ('tab.trends', 'page.trends')`);
  return database;
}

async function as<T>(
  db: Database,
  { role = 'anon', headers = {}, sub }: Caller,
  work: (tx: Database) => Promise<T>,
): Promise<T> {
  return await db.transaction(async (tx) => {
    await tx.query(
      `select set_config('role', $1, true), set_config('request.headers', $2, true), set_config('request.jwt.claims', $3, true)`,
      [role, JSON.stringify(headers), JSON.stringify(sub === undefined ? { role } : { role, sub })],
    );
    return await work(tx);
  });
}

async function help(db: Database, caller: Caller, id: string | null, rating: number | null, comment: string | null) {
  return await as(db, caller, async (tx) => {
    const [row] = await tx.query<{ id: string }>('select public.submit_help_feedback($1, $2::smallint, $3) as id', [
      id,
      rating,
      comment,
    ]);
    return row?.id;
  });
}

async function llm(db: Database, caller: Caller, said: Said): Promise<void> {
  await as(db, caller, (tx) =>
    tx.query('select public.submit_llm_feedback($1, $2, $3::smallint, $4, $5::jsonb)', [
      said.call,
      said.feedback,
      said.rating,
      said.comment,
      said.detail,
    ]),
  );
}

async function aCall(db: Database): Promise<string> {
  const [row] = await as(db, { role: 'service_role' }, (tx) =>
    tx.query<{ id: string }>(
      `insert into public.llm_call_log (endpoint, status_code) values ('explain-chart', 200) returning id`,
    ),
  );
  if (row === undefined) throw new Error('no call');
  return row.id;
}

async function count(db: Database, table: string): Promise<number> {
  const [row] = await db.query<{ rows: number }>(`select count(*)::int as rows from public.${table}`);
  return row?.rows ?? -1;
}

async function empty(db: Database): Promise<void> {
  await db.query('delete from public.help_feedback');
  await db.query('delete from public.llm_feedback');
}
