/** Feature flags open only what was verified here within a day; reviews keep everything that was decided. */
import { describe, expect, test } from 'vitest';
import type { Database } from '../../core/effects.ts';
import { freshDatabase, testServers } from '../support/postgres.ts';

describe.each(testServers())('on $name', (server) => {
  test('a flag cannot be enabled without a verification of its capability that passed here in the last 24 hours', async () => {
    const { pool } = await freshDatabase(server);
    await makeFlag(pool);
    await refused(pool, 'was never verified in this database');
    await verify(pool, { run: 'other', capability: 'help' });
    await refused(pool, 'was never verified in this database');
    await verify(pool, { run: 'elsewhere', identity: 'another server/1' });
    await refused(pool, 'was never verified in this database');
    await verify(pool, { run: 'old', hoursAgo: 25 });
    await refused(pool, 'is older than 24 hours');
    await verify(pool, { run: 'passed', hoursAgo: 3 });
    await verify(pool, { run: 'failed since', hoursAgo: 2, failed: 1 });
    await refused(pool, 'did not pass');
    await verify(pool, { run: 'checked nothing', hoursAgo: 1, checks: 0 });
    await refused(pool, 'did not pass');
    await verify(pool, { run: 'from the future', hoursAgo: -1 });
    await refused(pool, 'ends in the future');
    await pool.query(`delete from etl.verification where run_id = 'from the future'`);
    await verify(pool, { run: 'green' });
    await enable(pool, 'ada');
    expect(
      await pool.query(
        `select enabled, enabled_by, enabled_at > now() - interval '1 minute' as now, v.run_id
         from public.feature_flags f join etl.verification v using (verification_id)`,
      ),
    ).toEqual([{ enabled: true, enabled_by: 'ada', now: true, run_id: 'green' }]);
  });

  test('a flag that is inserted as enabled, or moved to another capability, is asked for its verification, too', async () => {
    const { pool } = await freshDatabase(server);
    await expect(makeFlag(pool, true)).rejects.toMatchObject({ code: 'PT409' });
    await makeFlag(pool);
    await verify(pool, { run: 'green' });
    await enable(pool, 'ada');
    await expect(pool.query(`update public.feature_flags set capability = 'help'`)).rejects.toMatchObject({
      code: 'PT409',
    });
    // What the database writes, nobody forges.
    await pool.query(`update public.feature_flags set title = 'Other', enabled_by = 'eve', enabled_at = '2000-01-01'`);
    expect(await pool.query(`select title, enabled_by from public.feature_flags`)).toEqual([
      { title: 'Other', enabled_by: 'ada' },
    ]);
  });

  test('a flag that is on keeps its key; one that is off may get another, and the log has both', async () => {
    const { pool } = await freshDatabase(server);
    await makeFlag(pool);
    await verify(pool, { run: 'green' });
    await enable(pool, 'ada');
    const rename = (rest: string): Promise<unknown> =>
      pool.query(`update public.feature_flags set key = 'sse.other'${rest}`);
    for (const rest of ['', ', enabled = false']) {
      await expect(rename(rest)).rejects.toMatchObject({
        code: 'PT409',
        message: 'flag sse.ontario-demand is enabled: it cannot become sse.other',
      });
    }
    await pool.query('update public.feature_flags set enabled = false');
    await expect(rename(', enabled = true')).rejects.toMatchObject({ code: 'PT409' });
    await rename('');
    expect(
      await pool.query('select key, old_key, change from etl.feature_flag_change order by feature_flag_change_id'),
    ).toEqual([
      { key: 'sse.ontario-demand', old_key: null, change: 'created' },
      { key: 'sse.ontario-demand', old_key: null, change: 'enabled' },
      { key: 'sse.ontario-demand', old_key: null, change: 'disabled' },
      { key: 'sse.other', old_key: 'sse.ontario-demand', change: 'edited' },
    ]);
  });

  test('who turned a flag on and off is kept, and cannot be changed afterwards', async () => {
    const { pool } = await freshDatabase(server);
    await makeFlag(pool);
    await verify(pool, { run: 'green' });
    await enable(pool, 'ada');
    await as(pool, 'bob', (tx) => tx.query('update public.feature_flags set enabled = false'));
    await pool.query('delete from public.feature_flags');
    expect(
      await pool.query(
        `select c.key, c.change, nullif(c.actor, session_user) as actor, v.run_id from etl.feature_flag_change c
         left join etl.verification v using (verification_id) order by feature_flag_change_id`,
      ),
    ).toEqual([
      { key: 'sse.ontario-demand', change: 'created', actor: null, run_id: null },
      { key: 'sse.ontario-demand', change: 'enabled', actor: 'ada', run_id: 'green' },
      { key: 'sse.ontario-demand', change: 'disabled', actor: 'bob', run_id: 'green' },
      { key: 'sse.ontario-demand', change: 'deleted', actor: null, run_id: null },
    ]);
    for (const sql of [
      `update etl.feature_flag_change set actor = 'eve'`,
      'delete from etl.feature_flag_change',
      'truncate etl.feature_flag_change',
    ]) {
      await expect(pool.query(sql)).rejects.toMatchObject({ code: '23001' });
    }
  });

  test('a decision about a finding is logged with who and when; seeing it again is no decision', async () => {
    const { pool } = await freshDatabase(server);
    await pool.query(
      `insert into etl.review (fingerprint, dataset, check_name, subject, first_run_id, last_run_id, first_seen_at, last_seen_at)
       values ('f1', 'ieso-demand', 'complete(hour, PT1H)', '2025-05-01T00:00Z', 'run 1', 'run 1', now() - interval '1 day', now() - interval '1 day')`,
    );
    await expect(pool.query(`update etl.review set state = 'acknowledged'`)).rejects.toMatchObject({ code: '23514' });
    await as(pool, 'ada', (tx) =>
      tx.query(`update etl.review set state = 'acknowledged', acknowledged_until = '2026-12-01T00:00Z', owner = 'ada'`),
    );
    await pool.query(`update etl.review set last_run_id = 'run 2', last_seen_at = now()`);
    await as(pool, 'bob', (tx) =>
      tx.query(
        `update etl.review set state = 'accepted', acknowledged_until = null, note = 'the publisher has no such hour', changed_by = 'eve'`,
      ),
    );
    expect(await pool.query('select state, owner, changed_by, last_run_id from etl.review')).toEqual([
      { state: 'accepted', owner: 'ada', changed_by: 'bob', last_run_id: 'run 2' },
    ]);
    expect(
      await pool.query(
        `select from_state, to_state, owner, note, nullif(actor, session_user) as actor from etl.review_change order by review_change_id`,
      ),
    ).toEqual([
      { from_state: null, to_state: 'open', owner: null, note: null, actor: null },
      { from_state: 'open', to_state: 'acknowledged', owner: 'ada', note: null, actor: 'ada' },
      {
        from_state: 'acknowledged',
        to_state: 'accepted',
        owner: 'ada',
        note: 'the publisher has no such hour',
        actor: 'bob',
      },
    ]);
    for (const sql of ['update etl.review_change set note = null', 'delete from etl.review_change']) {
      await expect(pool.query(sql)).rejects.toMatchObject({ code: '23001' });
    }
  });

  test('the service verifies, enables and reviews with its own rights; readers see flags and no more', async () => {
    const { pool } = await freshDatabase(server);
    await pool.transaction(async (tx) => {
      await tx.query('set local role service_role');
      await makeFlag(tx);
      await verify(tx, { run: 'green' });
      await enableHere(tx);
      await tx.query(
        `insert into etl.review (fingerprint, dataset, check_name, subject, first_run_id, last_run_id, first_seen_at, last_seen_at)
         values ('f1', 'ieso-demand', 'c', 's', 'r', 'r', now(), now())`,
      );
      await tx.query(`update etl.review set state = 'fixed'`);
    });
    await pool.transaction(async (tx) => {
      await tx.query('set local role anon');
      expect(await tx.query('select key, enabled from public.feature_flags')).toEqual([
        { key: 'sse.ontario-demand', enabled: true },
      ]);
    });
    await expect(
      pool.transaction(async (tx) => {
        await tx.query('set local role anon');
        await tx.query('update public.feature_flags set enabled = false');
      }),
    ).rejects.toMatchObject({ code: '42501' });
    expect(await pool.query('select to_state from etl.review_change order by review_change_id')).toEqual([
      { to_state: 'open' },
      { to_state: 'fixed' },
    ]);
  });
});

async function makeFlag(db: Database, enabled = false): Promise<void> {
  await db.query(
    `insert into public.feature_flags (key, title, description, capability, enabled)
     values ('sse.ontario-demand', 'Live demand', 'Pushes new rows.', 'stream:ontario-demand', $1)`,
    [enabled],
  );
}

interface Verified {
  readonly run: string;
  readonly capability?: string;
  readonly identity?: string;
  readonly hoursAgo?: number;
  readonly checks?: number;
  readonly failed?: number;
}

async function verify(db: Database, verified: Verified): Promise<void> {
  const { run, capability = 'stream:ontario-demand', identity = null, hoursAgo = 0, checks = 3, failed = 0 } = verified;
  await db.query(
    `insert into etl.verification (run_id, capability, base_url, database_identity, started_at, finished_at, checks_run, checks_failed, version)
     values ($1, $2, 'http://127.0.0.1:8080', coalesce($3, etl.database_identity()),
       now() - $4 * interval '1 hour' - interval '1 minute', now() - $4 * interval '1 hour', $5, $6, '0.1.0')`,
    [run, capability, identity, hoursAgo, checks, failed],
  );
}

async function as<T>(db: Database, actor: string, work: (tx: Database) => Promise<T>): Promise<T> {
  return await db.transaction(async (tx) => {
    await tx.query(`select set_config('penstock.actor', $1, true)`, [actor]);
    return await work(tx);
  });
}

async function enableHere(db: Database): Promise<void> {
  await db.query('update public.feature_flags set enabled = true');
}

async function enable(db: Database, actor: string): Promise<void> {
  await as(db, actor, enableHere);
}

async function refused(db: Database, reason: string): Promise<void> {
  await expect(enable(db, 'ada')).rejects.toMatchObject({ code: 'PT409', message: expect.stringContaining(reason) });
  expect(await db.query('select enabled, enabled_by from public.feature_flags')).toEqual([
    { enabled: false, enabled_by: null },
  ]);
}
