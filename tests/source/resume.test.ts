/** Bodies that break off: what arrived is kept where the publisher can go on, and thrown away where it cannot. */
import { array, assert, asyncProperty, constantFrom, integer, nat, record, uint8Array } from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { strongValidator } from '../../loaders/source/validators.ts';
import {
  answer,
  breakOff,
  closeAll,
  faultOf,
  type Handler,
  inTurn,
  memorySink,
  publisherServer,
  requestTo,
  testClient,
} from './publisher-server.ts';

afterEach(closeAll);

const BODY = 'Date,Hour,Market Demand\n2025-01-01,1,14000\n';
const LENGTH = String(BODY.length);
const RANGES = { 'accept-ranges': 'bytes', etag: '"one"' };
const half = breakOff({ ...RANGES, 'content-length': LENGTH }, BODY.slice(0, 20));

const closed: Handler = (_, response) => {
  response.writeHead(200, { 'content-length': '100', connection: 'close' });
  response.write('x'.repeat(40), () => response.socket?.end());
};

/** The rest from byte 20, as a correct server sends it. */
function rest(headers: Record<string, string> = {}, from = 20): Handler {
  return answer(
    206,
    { etag: '"one"', 'content-range': `bytes ${from}-${BODY.length - 1}/${BODY.length}`, ...headers },
    BODY.slice(from),
  );
}

describe('a body that breaks off', () => {
  test('goes on where it stopped', async () => {
    const server = await publisherServer(inTurn(half, rest()));
    const sink = memorySink();
    const reply = await testClient().http.download(requestTo(server), sink);
    expect(sink.text()).toBe(BODY);
    expect(sink.restarts).toBe(0);
    expect(server.requests[1]?.headers).toMatchObject({ range: 'bytes=20-', 'if-range': '"one"' });
    expect(reply).toMatchObject({ outcome: 'downloaded', validators: { etag: '"one"' } });
  });

  test('starts again when the publisher ignores the range', async () => {
    const server = await publisherServer(inTurn(half, answer(200, RANGES, 'another issue')));
    const sink = memorySink();
    await testClient().http.download(requestTo(server), sink);
    expect(sink.text()).toBe('another issue');
    expect(sink.restarts).toBe(1);
  });

  test.each([
    ['an answer from another byte', rest({ 'content-range': `bytes 19-${BODY.length - 1}/${BODY.length}` })],
    ['an answer of another length', rest({ 'content-range': 'bytes 20-99/100' })],
    ['an answer of another issue', rest({ etag: '"two"' })],
    ['an answer without Content-Range', answer(206, {}, BODY.slice(20))],
    ['416', answer(416)],
  ])('is asked for from the start after %s to the range', async (_, wrong) => {
    const server = await publisherServer(inTurn(half, wrong, answer(200, RANGES, BODY)));
    const sink = memorySink();
    await testClient().http.download(requestTo(server), sink);
    expect(sink.text()).toBe(BODY);
    expect(server.requests[2]?.headers).not.toHaveProperty('range');
  });

  test.each([
    ['a weak ETag', { 'accept-ranges': 'bytes', etag: 'W/"one"' }],
    ['no validator', { 'accept-ranges': 'bytes' }],
    ['no word about ranges', { etag: '"one"' }],
    ['ranges refused', { etag: '"one"', 'accept-ranges': 'none' }],
  ])('is asked for from the start with %s', async (_, headers) => {
    const server = await publisherServer(
      inTurn(breakOff({ ...headers, 'content-length': LENGTH }, BODY.slice(0, 20)), answer(200, {}, BODY)),
    );
    const sink = memorySink();
    await testClient().http.download(requestTo(server), sink);
    expect(sink.text()).toBe(BODY);
    expect(sink.restarts).toBe(1);
    expect(server.requests[1]?.headers).not.toHaveProperty('range');
  });

  test.each([
    ['closed', closed],
    ['reset', breakOff({ 'content-length': '100' }, 'x'.repeat(40))],
  ])('is a fault that says how much was missing when the connection is %s each time', async (_, short) => {
    const server = await publisherServer(short);
    const fault = await faultOf(testClient({ attempts: 2 }).http.download(requestTo(server), memorySink()));
    expect(fault).toMatchObject({ code: 'HTTP_BODY_SHORT', what: 'the body ended after 40 of 100 bytes' });
    expect(fault.message).toContain('nothing of this interval was loaded');
    expect(server.requests).toHaveLength(2);
  });

  test('is a fault when it is chunked and its end never comes', async () => {
    const server = await publisherServer(breakOff({ 'transfer-encoding': 'chunked' }, 'x'));
    const fault = await faultOf(testClient({ attempts: 2 }).http.download(requestTo(server), memorySink()));
    expect(fault.code).toBe('HTTP_CONNECTION_LOST');
  });

  test('is asked for without the validators of an older copy', async () => {
    const server = await publisherServer(inTurn(half, rest()));
    await testClient().http.download(requestTo(server, { validators: { etag: '"old"' } }), memorySink());
    expect(server.requests[0]?.headers['if-none-match']).toBe('"old"');
    expect(server.requests[1]?.headers).not.toHaveProperty('if-none-match');
  });

  test('counts the part that was there against the size cap', async () => {
    const server = await publisherServer(inTurn(half, rest({ 'content-range': `bytes 20-${BODY.length - 1}/*` })));
    const fault = await faultOf(
      testClient().http.download(requestTo(server, { maxBytes: BODY.length - 1 }), memorySink()),
    );
    expect(fault.code).toBe('HTTP_TOO_LARGE');
  });
});

test.each([
  ['a strong ETag', { etag: '"a"' }, '"a"'],
  ['a weak ETag beside a date', { etag: 'W/"a"', 'last-modified': at(0), date: at(60) }, null],
  ['a date well before the answer', { 'last-modified': at(0), date: at(60) }, at(0)],
  ['a date in the second of the answer', { 'last-modified': at(0), date: at(0) }, null],
  ['a date beside no clock of the publisher', { 'last-modified': at(0) }, null],
  ['nothing', {}, null],
])('%s decides whether a body may be resumed', (_, headers, expected) => {
  expect(strongValidator(headers)).toBe(expected);
});

test('any body cut into any chunks and broken off anywhere arrives whole', { timeout: 60_000 }, async () => {
  const body = uint8Array({ minLength: 1, maxLength: 20_000 });
  const cuts = array(record({ at: nat(20_000), chunk: integer({ min: 1, max: 5_000 }) }), { maxLength: 5 });
  const kinds = constantFrom('strong', 'dated', 'weak', 'deaf');
  let current: { bytes: Uint8Array; breaks: { at: number; chunk: number }[]; kind: string } = {
    bytes: new Uint8Array(),
    breaks: [],
    kind: '',
  };
  let served = 0;
  const server = await publisherServer((request, response) => {
    const { bytes, kind } = current;
    const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
    const from = range !== null && kind !== 'deaf' ? Number(range[1]) : 0;
    const cut = current.breaks[served++];
    response.writeHead(from > 0 ? 206 : 200, {
      ...(kind !== 'weak' && { 'accept-ranges': 'bytes' }),
      ...(kind === 'dated' ? { 'last-modified': at(0), date: at(60) } : { etag: kind === 'weak' ? 'W/"e"' : '"e"' }),
      ...(from > 0 && { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` }),
      'content-length': String(bytes.length - from),
    });
    const end = cut === undefined ? bytes.length : Math.min(from + cut.at, bytes.length);
    const step = cut?.chunk ?? 4_096;
    const next = (i: number): void => {
      if (i < end) response.write(bytes.subarray(i, Math.min(i + step, end)), () => next(i + step));
      else if (end === bytes.length) response.end();
      else response.socket?.resetAndDestroy();
    };
    if (end === from && end < bytes.length) response.socket?.resetAndDestroy();
    else next(from);
  });
  const { http } = testClient({ attempts: 7 });
  await assert(
    asyncProperty(body, cuts, kinds, async (bytes, breaks, kind) => {
      current = { bytes, breaks, kind };
      served = 0;
      const sink = memorySink();
      await http.download(requestTo(server), sink);
      expect(sink.bytes().equals(bytes)).toBe(true);
    }),
    { numRuns: 150 },
  );
});

/** An HTTP date, this many seconds after the start of 2025. */
function at(seconds: number): string {
  return new Date(Date.UTC(2025, 0, 1) + seconds * 1_000).toUTCString();
}
