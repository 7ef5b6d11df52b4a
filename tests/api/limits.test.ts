/** Limits against a model: whatever the number of servers, clients and calls, nobody gets more than the limit, and one server alone gives all of it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Database } from '../../core/effects.ts';
import { createLimiter } from '../../serve/api/limits.ts';
import { Problem } from '../../serve/api/problem.ts';

const MINUTE = 60_000;

/** The function of the database, with the database's own clock. */
function counting(now: () => number): Database {
  const taken = new Map<string, number>();
  const query = async <Row extends object>(_text: string, params: readonly unknown[] = []): Promise<Row[]> => {
    const [address, key, limitClass, want, limit] = params as [string, string | null, string, number, number];
    const minute = Math.floor(now() / MINUTE);
    const bucket = JSON.stringify([address, key, limitClass, minute]);
    const before = taken.get(bucket) ?? 0;
    // Another server may be asking as well.
    await Promise.resolve();
    const current = Math.max(before, taken.get(bucket) ?? 0);
    const granted = Math.max(0, Math.min(want, limit - current));
    taken.set(bucket, current + granted);
    return [{ granted, taken: current + granted, left_ms: (minute + 1) * MINUTE - now() }] as unknown as Row[];
  };
  return { query, transaction: (work) => work({ query, transaction: () => Promise.reject(new Error('no')) }) };
}

const allowed = (call: Promise<unknown>): Promise<boolean> =>
  call.then(
    () => true,
    (error: unknown) => {
      if (error instanceof Problem) return false;
      throw error;
    },
  );

describe('a limiter', () => {
  test('never gives a client more than the limit in a minute, over any number of servers', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 4 }),
        fc.array(
          fc.record({
            server: fc.nat(3),
            client: fc.nat(2),
            wait: fc.nat(400),
            together: fc.integer({ min: 1, max: 5 }),
          }),
          { maxLength: 80 },
        ),
        async (limit, servers, steps) => {
          let now = 17;
          const clock = { now: () => now };
          const database = counting(clock.now);
          const limiters = Array.from({ length: servers }, () =>
            createLimiter(database, { read: limit, write: 1, stream: 1 }, clock),
          );
          const given = new Map<string, number>();
          for (const { server, client, wait, together } of steps) {
            now += wait * 10;
            const limiter = limiters[server % servers]!;
            const calls = await Promise.all(
              Array.from({ length: together }, () =>
                allowed(limiter.admit('read', { address: `192.0.2.${client}`, keyHash: null })),
              ),
            );
            const bucket = `${client} ${Math.floor(now / MINUTE)}`;
            given.set(bucket, (given.get(bucket) ?? 0) + calls.filter(Boolean).length);
          }
          for (const count of given.values()) expect(count).toBeLessThanOrEqual(limit);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('one server gives all of the limit, and counts down', async () => {
    for (const limit of [1, 2, 19, 20, 21, 600]) {
      const clock = { now: () => 1_000 };
      const limiter = createLimiter(counting(clock.now), { read: limit, write: null, stream: null }, clock);
      const client = { address: '192.0.2.1', keyHash: null };
      for (let left = limit - 1; left >= 0; left -= 1)
        expect(await limiter.admit('read', client)).toMatchObject({ limit, remaining: left });
      await expect(limiter.admit('read', client)).rejects.toMatchObject({
        fault: { code: 'RATE_LIMITED' },
        headers: { 'Retry-After': '59' },
      });
    }
  });

  test('without the count of the database nobody is let in', async () => {
    const gone = (): Promise<never> => Promise.reject(new Error('gone'));
    const limiter = createLimiter(
      { query: gone, transaction: gone },
      { read: 5, write: 5, stream: 5 },
      { now: () => 0 },
    );
    await expect(limiter.admit('read', { address: null, keyHash: null })).rejects.toThrow('gone');
  });

  test('a class without a limit asks nobody', async () => {
    const gone = (): Promise<never> => Promise.reject(new Error('gone'));
    const limiter = createLimiter(
      { query: gone, transaction: gone },
      { read: null, write: 5, stream: 5 },
      { now: () => 0 },
    );
    expect(await limiter.admit('read', { address: null, keyHash: null })).toBeNull();
  });
});
