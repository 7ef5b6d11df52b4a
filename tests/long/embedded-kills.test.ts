/** kill -9 of the user, of the postmaster or of everything, at random moments: what was committed is there afterwards. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { acquire } from '../../loaders/postgres/embedded/index.ts';
import { serversIn, signal } from '../../loaders/postgres/embedded/processes.ts';
import { ask, child, dataFolder, finish, postmaster } from '../support/embedded.ts';
import { silentLog as log } from '../support/log.ts';

const ROUNDS = 40;

/** A small generator, so that a failing round can be run again. */
function random(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
}

it(`recovers from ${ROUNDS} kills at random moments`, async () => {
  const dataDir = dataFolder();
  const next = random(Number(process.env['SEED'] ?? 42));
  let committed = 0;
  for (let round = 1; round <= ROUNDS; round++) {
    const what = (['the user', 'the postmaster', 'everything'] as const)[Math.floor(next() * 3)] ?? 'everything';
    const user = child('acquire', dataDir);
    let over = false;
    const writing = (async () => {
      const { url } = await user.answer;
      if (url === undefined) return;
      await ask(url, 'create table if not exists ledger (n int primary key)');
      while (!over) {
        await ask(url, `insert into ledger values (${committed + 1})`);
        committed++;
      }
    })().catch(() => undefined);
    await sleep(next() * 3_000);
    if (what !== 'the postmaster') user.process.kill('SIGKILL');
    if (what === 'the postmaster' && postmaster(dataDir) > 0) process.kill(postmaster(dataDir), 'SIGKILL');
    if (what === 'everything') for (const server of serversIn(dataDir)) signal(server, 'SIGKILL');
    // Where the server survived, or was started again by the user, the writer goes on until it is told.
    over = true;
    await writing;
    await finish(user);
    const use = await acquire(dataDir, { log });
    await ask(use.url, 'create table if not exists ledger (n int primary key)');
    const [[rows, highest] = []] = await ask(use.url, 'select count(*)::int, coalesce(max(n), 0) from ledger');
    // The last insert may have been committed without our hearing of it.
    expect([committed, committed + 1], `round ${round}, killed ${what}`).toContain(highest);
    expect(rows).toBe(highest);
    committed = Number(highest);
    await use.release();
    expect(serversIn(dataDir)).toEqual([]);
  }
  expect(committed).toBeGreaterThan(ROUNDS);
});
