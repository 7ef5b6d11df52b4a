/** The document against the server: generated questions, of which none may break it, and none be answered otherwise than the document says. */
import fc from 'fast-check';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OpenProbe, openProbe } from '../../loaders/verify/probe.ts';
import { type Operation, operationsOf, recordOf, resolved, withLiveValues } from '../../serve/verify/document.ts';
import { contradictions, provenancesOf } from '../../serve/verify/provenance.ts';
import { jsonOf, mediaOf } from '../../serve/verify/session.ts';
import { type Shapes, shapesOf } from '../../serve/verify/shapes.ts';
import { ADMIN_KEY, type RunningApi, startApi } from '../support/api.ts';
import { type Case, casesOf } from './contract-cases.ts';
import { fullDatabase } from './full-database.ts';

const CASES = Number(process.env['PENSTOCK_CASES'] ?? 3_000);
const SEED = Number(process.env['PENSTOCK_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const AT_ONCE = 4;

let server: RunningApi;
let probe: OpenProbe;
let document: object;
let operations: Operation[];
let shapes: Shapes;

beforeAll(async () => {
  const db = await fullDatabase();
  server = await startApi({ url: db.url, settings: { anonKeys: ['public-key'] } });
  probe = openProbe({ baseUrl: server.url, timeoutMs: 30_000, userAgent: 'test' });
  document = (await (await fetch(`${server.url}/openapi.json`)).json()) as object;
  operations = withLiveValues(operationsOf(document), ['tab.home', 'page.trends']);
  shapes = shapesOf(document);
}, 300_000);
afterAll(async () => {
  await probe.close();
  await server.stop();
});

describe('the document', () => {
  test('is OpenAPI 3.1: what it refers to is there, operations have names of their own, and parameters of paths are in the path', () => {
    expect(recordOf(document)['openapi']).toMatch(/^3\.1\./);
    expect(operations.length).toBeGreaterThan(100);
    const text = JSON.stringify(document);
    const refs = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1]);
    expect(refs.filter((ref) => resolved({ $ref: ref }, document) === undefined)).toEqual([]);
    const ids = [...text.matchAll(/"operationId":"([^"]+)"/g)].map((match) => match[1]);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
    for (const { path, parameters } of operations)
      expect([...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort(), path).toEqual(
        parameters
          .filter((one) => one.in === 'path')
          .map(({ name }) => name)
          .sort(),
      );
  });

  test('every schema in it is one, in the dialect of OpenAPI 3.1', () => {
    const ajv = new Ajv2020({ strict: false });
    const schemas: unknown[] = [];
    const walk = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      for (const [name, part] of Object.entries(value)) {
        if (name === 'schema') schemas.push(part);
        walk(part);
      }
    };
    walk(document);
    schemas.push(...Object.values(recordOf(recordOf(recordOf(document)['components'])['schemas'])));
    expect(schemas.length).toBeGreaterThan(200);
    expect(schemas.filter((schema) => ajv.validateSchema(schema as object) !== true)).toEqual([]);
  });

  test('every answer in JSON has its provenance, and every refusal is a problem document', () => {
    const responses = operations.flatMap(({ method, path }) => {
      const said = recordOf(recordOf(recordOf(recordOf(document)['paths'])[path])[method.toLowerCase()])['responses'];
      return Object.entries(recordOf(said)).map(([status, response]) => ({
        name: `${method} ${path} ${status}`,
        status,
        content: recordOf(recordOf(response)['content']),
      }));
    });
    const good = responses.filter(
      ({ status, content }) => status === '200' && content['application/json'] !== undefined,
    );
    const without = good.filter(
      ({ content }) => !everyBranchHas(recordOf(content['application/json'])['schema'], 'provenance'),
    );
    expect(without.map(({ name }) => name)).toEqual([]);
    const refused = responses.filter(({ status }) => Number(status) >= 400);
    expect(
      refused.filter(({ content }) => content['application/problem+json'] === undefined).map(({ name }) => name),
    ).toEqual([]);
  });
});

function everyBranchHas(given: unknown, name: string): boolean {
  const schema = recordOf(resolved(given, document));
  const branches = (schema['anyOf'] ?? schema['oneOf']) as unknown[] | undefined;
  if (branches !== undefined) return branches.every((one) => everyBranchHas(one, name));
  const all = schema['allOf'] as unknown[] | undefined;
  if (all !== undefined && all.some((one) => everyBranchHas(one, name))) return true;
  return (schema['required'] as string[] | undefined)?.includes(name) === true;
}

test(`no generated question of ${CASES} breaks the server, and each answer is as the document says (seed ${SEED})`, async () => {
  const cases = fc.sample(casesOf(operations, document, { service: ADMIN_KEY, anon: 'public-key' }), {
    numRuns: CASES,
    seed: SEED,
  });
  const faults = new Map<string, string>();
  const statuses = new Map<string, number>();
  const waiting = [...cases];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
        const { status, fault } = await tried(one);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        const name = `${one.operation.method} ${one.operation.primary}: ${fault}`;
        if (fault !== null && !faults.has(name))
          faults.set(
            name,
            `${one.method} ${one.path.slice(0, 300)} ${JSON.stringify(one.headers).slice(0, 300)} ${one.body?.slice(0, 200) ?? ''}`,
          );
      }
    }),
  );
  console.log(
    `seed ${SEED}: ${[...statuses]
      .sort()
      .map(([status, count]) => `${count} × ${status}`)
      .join(', ')}`,
  );
  expect([...faults].map(([fault, question]) => `${fault}\n  ${question}`)).toEqual([]);
  // Questions that nobody answers prove nothing.
  expect(statuses.get('200') ?? 0).toBeGreaterThan(CASES / 10);
  expect(statuses.get('400') ?? 0).toBeGreaterThan(CASES / 20);
}, 600_000);

async function tried({
  operation,
  method,
  path,
  headers,
  body,
}: Case): Promise<{ status: string; fault: string | null }> {
  const answer = await probe.ask({
    method,
    path,
    headers,
    ...(body !== undefined && { body }),
    ...(headers['accept']?.includes('text/event-stream') && { enough: (text) => text.includes('\n\n') }),
  });
  if (answer.outcome !== 'answered')
    return {
      status: answer.outcome,
      fault: answer.outcome === 'failed' ? answer.why : `no answer in 30 s, status ${answer.status}`,
    };
  const status = String(answer.status);
  const of = (fault: string | null): { status: string; fault: string | null } => ({
    status,
    fault: fault && `${status} ${fault}`,
  });
  // No upstream is configured here, and no flag is on: those refusals are meant.
  const off =
    answer.status === 503 &&
    (answer.headers['x-llm-mode'] === 'disabled' || recordOf(jsonOf(answer))['code'] === 'FLAG_OFF');
  if (answer.status >= 500 && !off)
    return of(`is an error of the server: ${new TextDecoder().decode(answer.bytes).slice(0, 200)}`);
  if (method === 'HEAD' || method === 'OPTIONS' || [204, 304].includes(answer.status)) return of(null);
  const media = mediaOf(answer);
  const json = media.includes('json') ? jsonOf(answer) : undefined;
  if (answer.status >= 400) {
    if (media === 'text/html' && headers['accept']?.includes('text/html')) return of(null);
    if (media !== 'application/problem+json') return of(`is no problem document but ${media}`);
    const code = recordOf(json)['code'];
    if (typeof code !== 'string') return of('has no code');
    // These say that it was no question of this operation.
    if (['HTTP_PATH_UNKNOWN', 'HTTP_METHOD_REFUSED'].includes(code) || method !== operation.method) return of(null);
    const faults = shapes.faults(operation, answer.status, media, json);
    return of(
      faults === null ? `is not in the document (${code})` : faults[0] === undefined ? null : faults.join('; '),
    );
  }
  if (method !== operation.method) return of(null);
  const responses = operation.responses[status];
  if (responses === undefined) return of('is not in the document');
  if (!responses.includes(media)) return of(`comes as ${media}, which is not in the document`);
  if (media !== 'application/json') return of(null);
  if (json === undefined) return of('is no JSON');
  const faults = shapes.faults(operation, answer.status, media, json) ?? [];
  if (faults.length > 0) return of(faults.join('; '));
  const said = provenancesOf(json);
  if (said.length === 0) return of('has no provenance');
  const contradicting = said.flatMap((one) => contradictions(one, Date.now()));
  return of(contradicting.length === 0 ? null : contradicting.join('; '));
}
