/** Questions made from the OpenAPI document: good ones, bad ones and absurd ones. */
import fc from 'fast-check';
import {
  goodValues,
  guess,
  type JsonSchema,
  type Operation,
  type Parameter,
  resolved,
} from '../../serve/verify/document.ts';

export interface Case {
  readonly operation: Operation;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

const ABSURD = [
  '',
  ' ',
  '0',
  '-1',
  '1e9',
  '1e400',
  '99999999999999999999999999',
  '0x10',
  'NaN',
  'null',
  'undefined',
  '[]',
  '{}',
  '\u0000',
  'a\u0000b',
  '😀'.repeat(50),
  '\ud800',
  '‮override',
  'é́́́',
  '１２',
  "'; drop table etl.load; --",
  '%',
  '%00',
  '../../etc/passwd',
  '..%2f..%2fetc%2fpasswd',
  '<script>alert(1)</script>',
  '2026-02-30',
  '-infinity',
  '292278994-08-17T00:00:00Z',
  'x'.repeat(5_000),
  'constructor',
  '__proto__',
];

const odd = fc.oneof(
  fc.constantFrom(...ABSURD),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.integer().map(String),
  fc.double().map(String),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.base64String({ maxLength: 80 }),
);

function valueOf(parameter: Parameter): fc.Arbitrary<string> {
  const good = [...goodValues(parameter), guess(parameter)];
  return fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...good) }, { weight: 2, arbitrary: odd });
}

/** Lone surrogates have no escape: they are sent as what a client makes of them. */
function escaped(text: string): string {
  return encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, '\ufffd'));
}

const accepts = fc.constantFrom(
  undefined,
  'application/json',
  '*/*',
  'text/html',
  'text/csv',
  'application/vnd.apache.arrow.stream',
  'application/vnd.apache.parquet',
  'text/event-stream',
  'image/png',
  'application/json;q=0, text/csv',
  ';;;,,,',
  'a'.repeat(3_000),
);

export function casesOf(
  operations: readonly Operation[],
  document: object,
  keys: { readonly service: string; readonly anon: string },
): fc.Arbitrary<Case> {
  const auth = fc.oneof(
    { weight: 6, arbitrary: fc.constant({}) },
    { weight: 2, arbitrary: fc.constant({ authorization: `Bearer ${keys.service}` }) },
    { weight: 1, arbitrary: fc.constant({ apikey: keys.anon }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom({ apikey: 'wrong' }, { authorization: 'Bearer a.b.c' }, { authorization: 'Basic x' }),
    },
  );
  return fc.constantFrom(...operations).chain((operation) =>
    fc
      .record({
        params: fc.record(
          Object.fromEntries(
            operation.parameters.filter((one) => one.in === 'path').map((one) => [one.name, valueOf(one)]),
          ),
        ),
        query: fc.record(
          Object.fromEntries(
            operation.parameters
              .filter((one) => one.in === 'query')
              .map((one) => [one.name, fc.oneof(fc.constant(undefined), valueOf(one))]),
          ),
        ),
        twice: fc.boolean(),
        stranger: fc.option(fc.tuple(odd, odd), { freq: 6 }),
        accept: fc.oneof({ weight: 3, arbitrary: fc.constant('application/json') }, { weight: 1, arbitrary: accepts }),
        auth,
        extra: fc.constantFrom(
          {},
          { 'if-none-match': '*' },
          { 'if-none-match': 'W/"' },
          { 'last-event-id': '99999999999999' },
          { 'x-user-id': "'; --" },
          { origin: 'https://stranger.invalid' },
          { 'accept-encoding': 'gzip;q=0, br, *;q=1' },
          { range: 'bytes=0-1' },
          { 'x-forwarded-for': '999.999.1.1, é' },
        ),
        method: fc.oneof(
          { weight: 12, arbitrary: fc.constant(operation.method) },
          { weight: 1, arbitrary: fc.constantFrom('POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS') },
        ),
        body: bodyOf(operation, document),
        bodyType: fc.oneof(
          { weight: 8, arbitrary: fc.constant('application/json') },
          {
            weight: 1,
            arbitrary: fc.constantFrom(
              'text/plain',
              'application/x-www-form-urlencoded',
              'application/json; charset=x',
            ),
          },
        ),
      })
      .map(({ params, query, twice, stranger, accept, auth: key, extra, method, body, bodyType }) => {
        const words = Object.entries(query).flatMap(([name, value]) =>
          value === undefined ? [] : [`${name}=${escaped(String(value))}`],
        );
        if (twice && words[0] !== undefined) words.push(words[0]);
        if (stranger !== null) words.push(`${escaped(stranger[0])}=${escaped(stranger[1])}`);
        const at = operation.path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => escaped(String(params[name])));
        const sends = body !== undefined && !['GET', 'HEAD', 'OPTIONS'].includes(method);
        return {
          operation,
          method,
          path: words.length === 0 ? at : `${at}?${words.join('&')}`,
          headers: {
            ...(accept !== undefined && { accept }),
            ...(sends && { 'content-type': bodyType }),
            ...key,
            ...extra,
          },
          ...(sends && { body }),
        };
      }),
  );
}

function bodyOf(operation: Operation, document: object): fc.Arbitrary<string | undefined> {
  const schema = operation.bodySchema;
  const json = fc.json({ maxDepth: 3 });
  const broken = fc.constantFrom(
    '',
    '{',
    '[1,',
    '\u0000',
    '"',
    '{"__proto__":{"x":1}}',
    '[]',
    'null',
    `"${'x'.repeat(70_000)}"`,
  );
  if (schema === null) return fc.oneof({ weight: 6, arbitrary: fc.constant(undefined) }, json, broken);
  return fc.oneof(
    { weight: 6, arbitrary: fromSchema(schema, document).map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: json },
    { weight: 1, arbitrary: broken },
  );
}

/** Values that mostly fit a schema. */
function fromSchema(given: JsonSchema, document: object, depth = 0): fc.Arbitrary<unknown> {
  const schema = resolved(given, document) as JsonSchema;
  if (depth > 4) return fc.constant(null);
  const said = schema.enum ?? (schema.example === undefined ? [] : [schema.example]);
  const branches = (schema['anyOf'] ?? schema['oneOf']) as JsonSchema[] | undefined;
  if (schema['const'] !== undefined) return fc.constant(schema['const']);
  if (said.length > 0)
    return fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...said) }, { weight: 1, arbitrary: odd });
  if (branches !== undefined) return fc.oneof(...branches.map((one) => fromSchema(one, document, depth + 1)));
  const types = Array.isArray(schema.type) ? schema.type : [schema.type];
  return fc.oneof(...types.map((type) => ofType(String(type), schema, document, depth)));
}

function ofType(type: string, schema: JsonSchema, document: object, depth: number): fc.Arbitrary<unknown> {
  switch (type) {
    case 'object': {
      const properties = (schema['properties'] ?? {}) as Record<string, JsonSchema>;
      const required = (schema['required'] ?? []) as string[];
      return fc.record(
        Object.fromEntries(
          Object.entries(properties).map(([name, one]) => [name, fromSchema(one, document, depth + 1)]),
        ),
        { requiredKeys: required.filter((name) => name in properties) },
      );
    }
    case 'array':
      return fc.array(fromSchema((schema['items'] ?? {}) as JsonSchema, document, depth + 1), { maxLength: 4 });
    case 'integer':
      return fc.oneof(
        fc.integer({ min: schema.minimum ?? 0, max: Math.max(schema.minimum ?? 0, 1_000) }),
        fc.integer(),
      );
    case 'number':
      return fc.double({ noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'string':
      return fc.oneof(
        { weight: 2, arbitrary: fc.string({ maxLength: 40, unit: 'grapheme' }) },
        { weight: 1, arbitrary: odd },
      );
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}
