/** Redirects: followed inside the publisher's hosts, refused outside, and never with the key to another origin. */
import { afterEach, describe, expect, test } from 'vitest';
import { addressFault, redirectTarget } from '../../loaders/source/redirect.ts';
import {
  answer,
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

const to = (location: string, status = 302): Handler => answer(status, { location });
const KEY = { 'API-KEY': 'hunter2secret', Authorization: 'Bearer hunter3secret' };

describe('a redirect', () => {
  test.each([301, 302, 303, 307, 308])('of %i is followed, and the last address is reported', async (status) => {
    const server = await publisherServer(
      inTurn(to('/other.csv?X-Goog-Signature=abc', status), answer(200, {}, 'data')),
    );
    const sink = memorySink();
    const reply = await testClient().http.download(requestTo(server), sink);
    expect(reply).toMatchObject({ outcome: 'downloaded', url: `http://${server.host}/other.csv?X-Goog-Signature=***` });
    expect(sink.text()).toBe('data');
  });

  test('to a foreign host is refused and that host is not asked', async () => {
    const foreign = await publisherServer(answer(200, {}, 'evil'));
    const server = await publisherServer(to(foreign.url));
    const fault = await faultOf(testClient().http.download(requestTo(server), memorySink()));
    expect(fault).toMatchObject({ code: 'HTTP_HOST_REFUSED', where: server.url });
    expect(fault.what).toContain(foreign.host);
    expect(foreign.requests).toHaveLength(0);
    expect(server.requests).toHaveLength(1);
  });

  test('within the origin carries the key', async () => {
    const server = await publisherServer(inTurn(to('/there'), answer(200)));
    await testClient().http.download(requestTo(server, { headers: KEY }), memorySink());
    expect(server.requests.map(({ headers }) => [headers['api-key'], headers.authorization])).toEqual(
      Array.from({ length: 2 }, () => ['hunter2secret', 'Bearer hunter3secret']),
    );
  });

  test('to another origin, also an allowed one, does not carry the key, nor does the way back', async () => {
    const other = await publisherServer((_, response) =>
      response.writeHead(302, { location: `${server.url}?back` }).end(),
    );
    const server = await publisherServer(inTurn(to(other.url), answer(200, {}, 'data')));
    const request = requestTo(server, { headers: KEY, hosts: [server.host, other.host] });
    await testClient().http.download(request, memorySink());
    expect(server.requests[0]?.headers['api-key']).toBe('hunter2secret');
    for (const { headers } of [...other.requests, ...server.requests.slice(1)]) {
      expect(headers).not.toHaveProperty('api-key');
      expect(headers).not.toHaveProperty('authorization');
    }
    expect(other.requests).toHaveLength(1);
  });

  test('in a circle ends after five', async () => {
    const server = await publisherServer(to('/file.csv'));
    const fault = await faultOf(testClient().http.download(requestTo(server), memorySink()));
    expect(fault.code).toBe('HTTP_REDIRECT_LOOP');
    expect(server.requests).toHaveLength(6);
  });

  test.each([
    ['without an address', answer(302)],
    ['to something that is no address', to('http://[')],
  ])('%s is a fault', async (_, handler) => {
    const server = await publisherServer(handler);
    expect((await faultOf(testClient().http.download(requestTo(server), memorySink()))).code).toBe(
      'HTTP_REDIRECT_INVALID',
    );
  });

  test('from https to http is refused', () => {
    const from = new URL('https://a.example/x');
    expect(() => redirectTarget(from, 'http://a.example/x', ['a.example'])).toThrow('HTTP_REDIRECT_INSECURE');
    expect(redirectTarget(from, '//a.example/y', ['a.example']).href).toBe('https://a.example/y');
  });
});

test('the first address must be on the list as well', async () => {
  const server = await publisherServer(answer(200));
  const fault = await faultOf(
    testClient().http.download(requestTo(server, { hosts: ['elsewhere.example'] }), memorySink()),
  );
  expect(fault.code).toBe('HTTP_HOST_REFUSED');
  expect(server.requests).toHaveLength(0);
});

test.each([
  ['https://a.example/x', null],
  ['https://A.EXAMPLE:443/x', null],
  ['https://b.example:8443/x', null],
  ['https://b.example/x', 'HTTP_HOST_REFUSED'],
  ['https://a.example:8443/x', 'HTTP_HOST_REFUSED'],
  ['https://a.example.evil.example/x', 'HTTP_HOST_REFUSED'],
  ['https://sub.a.example/x', 'HTTP_HOST_REFUSED'],
  ['https://a.example@evil.example/x', 'HTTP_HOST_REFUSED'],
  ['https://a.example./x', 'HTTP_HOST_REFUSED'],
  ['ftp://a.example/x', 'HTTP_SCHEME_REFUSED'],
  ['file:///etc/passwd', 'HTTP_SCHEME_REFUSED'],
])('with a.example and b.example:8443 on the list, %s gets %j', (url, code) => {
  expect(addressFault(new URL(url), ['a.example', 'b.example:8443'])?.code ?? null).toBe(code);
});

test('an address that is none is a fault', async () => {
  const request = { url: 'not an address', hosts: [], maxBytes: 1, pace: { perSecond: 1, concurrent: 1 } };
  expect((await faultOf(testClient().http.download(request, memorySink()))).code).toBe('HTTP_URL_INVALID');
});
