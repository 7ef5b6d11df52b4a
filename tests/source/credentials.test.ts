/** Credentials: which request carries which, and that they stay with the host they are for. */
import { afterEach, describe, expect, test } from 'vitest';
import { type Credentials, credentialVariables } from '../../core/pipeline.ts';
import {
  credentialHeaders,
  notSetLine,
  secretsOfHeaders,
  secretValues,
  waysIn,
} from '../../loaders/source/credentials.ts';
import { answer, closeAll, faultOf, memorySink, publisherServer, requestTo, testClient } from './publisher-server.ts';

afterEach(closeAll);

const AESO: Credentials = {
  hosts: ['apimgw.aeso.ca'],
  from: [{ kind: 'header', header: 'API-KEY', env: 'AESO_API_KEY' }],
  required: true,
  getOneAt: 'https://developer-apim.aeso.ca',
};
const KAGGLE: Credentials = {
  hosts: ['www.kaggle.com'],
  from: [
    { kind: 'bearer', env: 'KAGGLE_API_TOKEN' },
    { kind: 'basic', user: 'KAGGLE_USERNAME', password: 'KAGGLE_KEY' },
  ],
  required: false,
  getOneAt: 'https://www.kaggle.com/settings',
};
const API = 'https://apimgw.aeso.ca/public/price';
const FILE = 'https://www.kaggle.com/api/v1/datasets/download/x/y';
const BASIC = `Basic ${Buffer.from('jane:k3y-of-jane').toString('base64')}`;

describe('the headers of a request', () => {
  test.each<[string, Credentials | undefined, string, Record<string, string>, Record<string, string> | null]>([
    ['are none without credentials', undefined, API, { AESO_API_KEY: 'k' }, {}],
    ['carry the key in its header', AESO, API, { AESO_API_KEY: ' k3y\n' }, { 'API-KEY': 'k3y' }],
    ['are unknown while the key is not set', AESO, API, {}, null],
    ['are unknown while the key is blank', AESO, API, { AESO_API_KEY: '  ' }, null],
    ['are none for a host without credentials', AESO, 'http://ets.aeso.ca/x', { AESO_API_KEY: 'k' }, {}],
    ['need no key for a host without credentials', AESO, 'http://ets.aeso.ca/x', {}, {}],
    [
      'are none for a host whose name only begins alike',
      AESO,
      'https://apimgw.aeso.ca.evil.org/',
      { AESO_API_KEY: 'k' },
      {},
    ],
    ['carry a token', KAGGLE, FILE, { KAGGLE_API_TOKEN: 't0ken' }, { authorization: 'Bearer t0ken' }],
    [
      'carry user name and key',
      KAGGLE,
      FILE,
      { KAGGLE_USERNAME: 'jane', KAGGLE_KEY: 'k3y-of-jane' },
      { authorization: BASIC },
    ],
    [
      'carry the token where both are set',
      KAGGLE,
      FILE,
      { KAGGLE_USERNAME: 'jane', KAGGLE_KEY: 'k3y-of-jane', KAGGLE_API_TOKEN: 't0ken' },
      { authorization: 'Bearer t0ken' },
    ],
    ['are none with half of a pair, where none are needed', KAGGLE, FILE, { KAGGLE_USERNAME: 'jane' }, {}],
    ['are none without anything set, where none are needed', KAGGLE, FILE, {}, {}],
  ])('%s', (_, credentials, url, env, expected) => {
    expect(credentialHeaders(credentials, url, env)).toEqual(expected);
  });
});

describe('what is said', () => {
  test('names the variable and where to get a key', () => {
    expect(notSetLine(AESO)).toBe('AESO_API_KEY is not set: get one at https://developer-apim.aeso.ca');
  });
  test('names every alternative', () => {
    expect(notSetLine({ ...KAGGLE, required: true })).toBe(
      'none of KAGGLE_API_TOKEN, or KAGGLE_USERNAME and KAGGLE_KEY is set: get one at https://www.kaggle.com/settings',
    );
    expect(waysIn(KAGGLE)).toBe('KAGGLE_API_TOKEN, or KAGGLE_USERNAME and KAGGLE_KEY');
    expect(credentialVariables(KAGGLE)).toEqual(['KAGGLE_API_TOKEN', 'KAGGLE_USERNAME', 'KAGGLE_KEY']);
  });
});

describe('secrets', () => {
  test('are every value that is set, and what is sent of it', () => {
    const env = { KAGGLE_API_TOKEN: 't0ken', KAGGLE_USERNAME: 'jane', KAGGLE_KEY: 'k3y-of-jane' };
    const secrets = secretValues(KAGGLE, env);
    expect(secrets).toEqual(expect.arrayContaining(['t0ken', 'k3y-of-jane', BASIC.slice('Basic '.length)]));
    expect(secrets).not.toContain('jane');
  });
  test('of a header are its parts too', () => {
    expect(secretsOfHeaders({ authorization: 'Bearer t0ken' })).toContain('t0ken');
    expect(secretsOfHeaders({ authorization: BASIC })).toEqual(
      expect.arrayContaining(['k3y-of-jane', BASIC.slice('Basic '.length)]),
    );
    expect(secretsOfHeaders({ 'API-KEY': 'k3y' })).toEqual(['k3y']);
  });

  test.each([{ authorization: 'Bearer t0ken-of-jane' }, { authorization: BASIC }])(
    'are not sent to the storage that a download is redirected to: %j',
    async (headers) => {
      const storage = await publisherServer(answer(200, {}, 'a,b\n1,2\n'));
      const front = await publisherServer(answer(302, { location: storage.url }));
      const { http } = testClient();
      const request = requestTo(front, { hosts: [front.host, storage.host], headers });
      expect((await http.download(request, memorySink())).outcome).toBe('downloaded');
      expect(front.requests[0]?.headers.authorization).toBe(headers.authorization);
      expect(storage.requests[0]?.headers).not.toHaveProperty('authorization');
    },
  );

  test('that an answer echoes stand in no fault', async () => {
    const server = await publisherServer(
      answer(302, { location: 'http://elsewhere.example/?who=jane&what=k3y-of-jane' }),
    );
    const { http } = testClient();
    const fault = await faultOf(http.download(requestTo(server, { headers: { authorization: BASIC } }), memorySink()));
    expect(fault.code).toBe('HTTP_HOST_REFUSED');
    expect(fault.message).not.toContain('k3y-of-jane');
  });
});
