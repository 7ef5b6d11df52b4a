/** The client that tells others: patient within limits, no redirects, and no secret in any error. */
import { describe, expect, test } from 'vitest';
import type { PostRequest } from '../../core/effects.ts';
import { Fault } from '../../core/errors.ts';
import { createPoster } from '../../loaders/notify/poster.ts';
import { freePort } from '../support/server.ts';
import { receiver, status } from './receiver.ts';

const waits: number[] = [];
const poster = createPoster({
  clock: { now: () => Date.parse('2026-01-01T00:00Z'), sleep: async (ms) => void waits.push(ms) },
  random: () => 0.5,
  userAgent: 'penstock/test',
});

async function post(url: string, change: Partial<PostRequest> = {}): Promise<{ error: Fault | null; waits: number[] }> {
  waits.length = 0;
  const request = {
    url,
    body: '{"a":1}',
    headers: { authorization: 'Bearer s3cret-k3y' },
    timeoutMs: 5_000,
    attempts: 3,
  };
  const error = await poster.post({ ...request, ...change }).then(
    () => null,
    (fault: unknown) => fault as Fault,
  );
  return { error, waits: [...waits] };
}

describe('a message', () => {
  test('is posted once as JSON where the receiver takes it', async () => {
    await using to = await receiver(status(200));
    expect(await post(to.url)).toEqual({ error: null, waits: [] });
    expect(to.messages).toMatchObject([
      {
        path: '/T0KEN/s3cret-p4th',
        body: '{"a":1}',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'penstock/test',
          authorization: 'Bearer s3cret-k3y',
        },
      },
    ]);
  });

  test('is tried again after 500, with growing pauses, and is through at the third', async () => {
    await using to = await receiver(status(500), status(503), status(204));
    expect(await post(to.url)).toEqual({ error: null, waits: [250, 500] });
    expect(to.messages).toHaveLength(3);
  });

  test('waits as long as Retry-After says, in seconds or as a date', async () => {
    await using to = await receiver(
      status(429, { 'retry-after': '7' }),
      status(429, { 'retry-after': 'Thu, 01 Jan 2026 00:00:09 GMT' }),
      status(200),
    );
    expect(await post(to.url)).toEqual({ error: null, waits: [7_000, 9_000] });
  });

  test('is not tried again when the receiver wants a longer pause than that', async () => {
    await using to = await receiver(status(429, { 'retry-after': '3600' }));
    expect((await post(to.url)).error).toMatchObject({ code: 'POST_REFUSED', what: 'the receiver answered 429' });
    expect(to.messages).toHaveLength(1);
  });

  test('is given up after the last attempt, and not tried again where that cures nothing', async () => {
    await using broken = await receiver(status(500));
    expect((await post(broken.url)).error).toMatchObject({ code: 'POST_REFUSED' });
    expect(broken.messages).toHaveLength(3);
    await using gone = await receiver(status(404));
    expect((await post(gone.url)).error).toMatchObject({ code: 'POST_REFUSED', what: 'the receiver answered 404' });
    expect(gone.messages).toHaveLength(1);
  });

  test('does not follow a redirect: it would carry the key to another host', async () => {
    await using other = await receiver(status(200));
    await using to = await receiver(status(307, { location: other.url }));
    expect((await post(to.url)).error).toMatchObject({ code: 'POST_REDIRECTED' });
    expect([to.messages.length, other.messages.length]).toEqual([1, 0]);
  });

  test('to a receiver that hangs, refuses or has no name ends with a fault', async () => {
    await using hanging = await receiver(() => undefined);
    expect((await post(hanging.url, { timeoutMs: 2_000, attempts: 2 })).error).toMatchObject({ code: 'POST_TIMEOUT' });
    expect(hanging.messages).toHaveLength(2);
    const refused = await post(`http://127.0.0.1:${await freePort()}/s3cret-p4th`);
    expect(refused.error).toMatchObject({ code: 'POST_NOT_REACHED', what: expect.stringContaining('ECONNREFUSED') });
    expect((await post('http://no-such-host.invalid/s3cret-p4th')).error).toMatchObject({ code: 'POST_NOT_REACHED' });
  });

  test('to what is no web address is a fault of configuration', async () => {
    for (const url of ['s3cret-p4th', 'ftp://example.org/s3cret-p4th', 'https://'])
      expect((await post(url)).error).toMatchObject({ code: 'POST_ADDRESS_INVALID', kind: 'configuration' });
  });

  test('ends at once when the process is stopped', async () => {
    await using hanging = await receiver(() => undefined);
    const stop = new AbortController();
    const sending = post(hanging.url, { signal: stop.signal });
    await expect.poll(() => hanging.messages.length).toBe(1);
    stop.abort(new Error('stopped'));
    expect((await sending).error?.message).toBe('stopped');
  });

  test('never names its address or its key when it fails, not even in the stack', async () => {
    await using refusing = await receiver(status(403));
    await using moving = await receiver(status(302, { location: 'https://evil.example/s3cret-p4th' }));
    await using hanging = await receiver(() => undefined);
    const urls = [
      refusing.url,
      moving.url,
      hanging.url,
      'nonsense:s3cret-p4th',
      'http://u:s3cret@127.0.0.1:9/s3cret-p4th',
    ];
    for (const url of urls) {
      const { error } = await post(url, { timeoutMs: 50, attempts: 1 });
      expect(error).toBeInstanceOf(Fault);
      const said = [error?.message, error?.stack, JSON.stringify(error), String(error?.cause)].join('\n');
      expect(said).not.toMatch(/s3cret|T0KEN|Bearer/);
    }
  });
});
