/** The OpenAPI 3.1 document, made from the endpoints. */
import { OpenAPIRegistry, OpenApiGeneratorV31, type ResponseConfig } from '@asteasolutions/zod-to-openapi';
import { ZodUnknown } from 'zod';
import type { Endpoint } from './endpoint.ts';
import { CSV_TYPE } from './media.ts';
import { problemSchema } from './problem.ts';

/** Statuses that any endpoint may answer with. */
const ALWAYS: Readonly<Record<number, string>> = {
  400: 'The question makes no sense; all its faults are named.',
  401: 'A key came along that this server does not know, or that has expired.',
  406: 'There is no such representation.',
  503: 'The database does not answer; Retry-After says when to ask again.',
};

export function openApiDocument(endpoints: readonly Endpoint[], version: string): object {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' });
  registry.registerComponent('securitySchemes', 'apikey', { type: 'apiKey', in: 'header', name: 'apikey' });
  for (const one of endpoints)
    for (const path of one.paths)
      registry.registerPath({
        method: one.method,
        path,
        // A slash and a hyphen stay apart: `/stream/hf/x` and `/stream-hf-x` are two operations.
        operationId: `${one.method}${path.replaceAll('/', '__').replaceAll(/[^a-zA-Z0-9_]+/g, '_')}`,
        tags: [one.tag],
        summary: one.summary,
        ...(one.description !== undefined && { description: one.description }),
        ...(path !== one.paths[0] && { 'x-same-as': one.paths[0] }),
        security: one.needs === 'service' ? [{ bearer: [] }] : [{}, { bearer: [] }, { apikey: [] }],
        request: {
          ...(one.params !== undefined && { params: one.params }),
          ...(one.query !== undefined && { query: one.query }),
          ...(one.body !== undefined && {
            body: { required: true, content: { 'application/json': { schema: one.body } } },
          }),
        },
        responses: answersOf(one),
      });
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Penstock',
      version,
      description:
        'Public electricity data, with where each number is from. Reads need no key. Every answer carries a provenance object; is_fallback says that rows are generated samples and no measurements. Instants are UTC and name the start of their interval.',
    },
  });
}

function answersOf(one: Endpoint): Record<string, ResponseConfig> {
  const media = Object.fromEntries(
    (one.media ?? []).map((type) => [type, { schema: type === CSV_TYPE ? { type: 'string' as const } : {} }]),
  );
  const problem = (description: string, schema: unknown = problemSchema): ResponseConfig =>
    ({ description, content: { 'application/problem+json': { schema } } }) as ResponseConfig;
  const refused = Object.entries({
    ...ALWAYS,
    ...(one.needs === 'service' && { 403: 'This needs the key of the service.' }),
    ...(one.limit !== 'none' && { 429: 'Too many calls in this minute; Retry-After says when to ask again.' }),
    ...(one.method !== 'get' && { 413: 'The body is too large.' }),
    ...(one.body !== undefined && { 415: 'The body is not sent as JSON.' }),
  }).map(([status, when]) => [status, problem(when)]);
  const own = Object.entries(one.refusals ?? {}).map(([status, { when, members }]) => [
    status,
    problem(when, members === undefined ? problemSchema : problemSchema.extend(members.shape)),
  ]);
  // A file has no form in JSON.
  const json = one.answer instanceof ZodUnknown ? {} : { 'application/json': { schema: one.answer } };
  return {
    200: { description: 'The answer.', content: { ...json, ...media } },
    ...(one.method === 'get' && { 304: { description: 'What If-None-Match names is still right.' } }),
    ...(Object.fromEntries(refused) as Record<string, ResponseConfig>),
    ...(Object.fromEntries(own) as Record<string, ResponseConfig>),
  };
}
