/** Bytes of events, against a parser that others wrote; ids of events, and what is none. */
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { STREAM_KEYS } from '../../core/flags.ts';
import { eventIdText, readEventId } from '../../serve/sse/event-id.ts';
import { dataPacket, frameBytes } from '../../serve/sse/frame.ts';
import { createListener, UNREAD_MAX_BYTES } from '../../serve/sse/listener.ts';

/** Events as a client gets them, cut into pieces of any length. */
function parsed(bytes: Uint8Array, pieces: number): EventSourceMessage[] {
  const events: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => events.push(event) });
  const decoder = new TextDecoder();
  for (let at = 0; at < bytes.length; at += pieces)
    parser.feed(decoder.decode(bytes.subarray(at, at + pieces), { stream: true }));
  return events;
}

/** UTF-8 has no half of a pair. */
function wellFormed(text: string): string {
  return new TextDecoder().decode(new TextEncoder().encode(text));
}

test('any text arrives as it was sent, line ends as LF, however it is cut', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }).filter((text) => !text.includes('\uFEFF')),
      fc.integer({ min: 1, max: 50 }),
      (data, pieces) => {
        const [event, ...others] = parsed(frameBytes({ event: 'data', id: 'x:1', data }), pieces);
        expect(others).toEqual([]);
        expect(event).toEqual({ event: 'data', id: 'x:1', data: wellFormed(data.replaceAll(/\r\n|\r/g, '\n')) });
      },
    ),
    { numRuns: 1_000 },
  );
});

test('a packet of both forms is one named and one unnamed event with the same data; the first owes the second', () => {
  const packet = dataPacket('ontario-demand', 7, '{"rows":[]}', 'rest');
  expect(parsed(packet.bytes('both'), 3)).toEqual([
    { event: 'data', id: 'ontario-demand:7~', data: '{"rows":[]}' },
    { event: undefined, id: 'ontario-demand:7', data: '{"rows":[]}' },
  ]);
  expect(packet.bytes('both')).toBe(packet.bytes('both'));
  expect(parsed(packet.bytes('unnamed'), 9)).toEqual([
    { event: undefined, id: 'ontario-demand:7', data: '{"rows":[]}' },
  ]);
});

test('an id is read as it was written, and what was never written is none', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...STREAM_KEYS),
      fc.integer({ min: 0, max: 999_999_999_999_999 }),
      fc.constantFrom('none' as const, 'rest' as const, 'anew' as const),
      (stream, load, cut) => {
        expect(readEventId(eventIdText({ stream, load, cut }))).toEqual({ stream, load, cut });
      },
    ),
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const read = readEventId(text);
      expect(read === null || eventIdText(read) === text).toBe(true);
    }),
    { numRuns: 5_000 },
  );
});

test('a client gets all that is pushed, in order, whenever it reads; it is slow only by what came after the beginning', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(fc.constant('read'), fc.integer({ min: 1, max: 9 }))), async (steps) => {
      let gone = 0;
      const listener = createListener('named', false, () => (gone += 1));
      const reader = listener.body.getReader();
      const sent: number[] = [];
      const reads: ReturnType<typeof reader.read>[] = [];
      for (const step of steps)
        if (typeof step === 'string') reads.push(reader.read());
        else {
          sent.push(step);
          listener.push(Uint8Array.of(step));
        }
      listener.end(Uint8Array.of(255), false);
      const heard = (await Promise.all(reads)).flatMap(({ value }) => [...(value ?? [])]);
      for (let next = await reader.read(); !next.done; next = await reader.read()) heard.push(...next.value);
      expect(heard).toEqual([...sent, 255]);
      expect([listener.closed, gone]).toEqual([true, 1]);
    }),
  );
  const listener = createListener('named', false, () => undefined);
  listener.push(new Uint8Array(UNREAD_MAX_BYTES * 3));
  listener.settled();
  expect(listener.slow).toBe(false);
  listener.push(new Uint8Array(UNREAD_MAX_BYTES));
  expect(listener.slow).toBe(false);
  listener.push(new Uint8Array(1));
  expect(listener.slow).toBe(true);
  await listener.body.getReader().read();
  // What it lacked at the beginning is read; what came since still waits.
  expect(listener.slow).toBe(true);
});
