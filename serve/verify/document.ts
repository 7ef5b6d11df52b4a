/** An OpenAPI document as a list of what can be asked, with what to ask it with. */

import { STREAM_KEYS } from '../../core/flags.ts';

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly schema: JsonSchema;
  readonly example: unknown;
}

export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly example?: unknown;
  readonly examples?: readonly unknown[];
  readonly format?: string;
  readonly minimum?: number;
  readonly [word: string]: unknown;
}

export interface Operation {
  /** Upper case. */
  readonly method: string;
  /** As the document writes it: `/help/{id}`. */
  readonly path: string;
  /** The path that it is another name of. */
  readonly primary: string;
  readonly tag: string;
  readonly needsService: boolean;
  readonly hasBody: boolean;
  /** Of a JSON body; null without one. */
  readonly bodySchema: JsonSchema | null;
  readonly parameters: readonly Parameter[];
  /** Media types by status: `{ "200": ["application/json"] }`. */
  readonly responses: Readonly<Record<string, readonly string[]>>;
}

const METHODS: readonly string[] = ['get', 'post', 'put', 'delete'];

/** What is no operation is left out; whether the document is a good one is asked elsewhere. */
export function operationsOf(document: unknown): Operation[] {
  const found: Operation[] = [];
  for (const [path, item] of Object.entries(recordOf(recordOf(document)['paths'])))
    for (const method of METHODS) {
      const said = recordOf(item)[method];
      if (said === undefined) continue;
      found.push(operationOf(method, path, recordOf(said), document));
    }
  return found;
}

function operationOf(method: string, path: string, said: Record<string, unknown>, document: unknown): Operation {
  const security = Array.isArray(said['security']) ? (said['security'] as unknown[]) : [];
  return {
    method: method.toUpperCase(),
    path,
    primary: typeof said['x-same-as'] === 'string' ? said['x-same-as'] : path,
    tag: Array.isArray(said['tags']) ? String(said['tags'][0] ?? '') : '',
    needsService: security.length > 0 && security.every((one) => Object.keys(recordOf(one)).length > 0),
    hasBody: said['requestBody'] !== undefined,
    bodySchema: bodySchemaOf(said['requestBody'], document),
    parameters: (Array.isArray(said['parameters']) ? said['parameters'] : []).map((one) => {
      const parameter = recordOf(resolved(one, document));
      return {
        name: String(parameter['name']),
        in: parameter['in'] as Parameter['in'],
        required: parameter['required'] === true,
        schema: recordOf(resolved(parameter['schema'], document)),
        example: parameter['example'],
      };
    }),
    responses: Object.fromEntries(
      Object.entries(recordOf(said['responses'])).map(([status, response]) => [
        status,
        Object.keys(recordOf(recordOf(response)['content'])),
      ]),
    ),
  };
}

function bodySchemaOf(body: unknown, document: unknown): JsonSchema | null {
  const schema = recordOf(recordOf(recordOf(body)['content'])['application/json'])['schema'];
  return schema === undefined ? null : recordOf(resolved(schema, document));
}

/** Follows `$ref` within the document. */
export function resolved(value: unknown, document: unknown): unknown {
  const ref = recordOf(value)['$ref'];
  if (typeof ref !== 'string' || !ref.startsWith('#/')) return value;
  return ref
    .slice(2)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((at, step) => recordOf(at)[step], document);
}

export function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** What the document cannot name, since it depends on the data: ids of help texts, and the series that every server has. */
export function withLiveValues(operations: readonly Operation[], helpIds: readonly string[]): Operation[] {
  const valuesOf = ({ path }: Operation, one: Parameter): readonly string[] => {
    if (one.in !== 'path' || goodValues(one).length > 0) return [];
    if (one.name === 'dataset') return STREAM_KEYS;
    return one.name === 'id' && path.includes('help') ? helpIds : [];
  };
  return operations.map((operation) => ({
    ...operation,
    parameters: operation.parameters.map((one) => {
      const values = valuesOf(operation, one);
      return values.length === 0 ? one : { ...one, schema: { ...one.schema, examples: values } };
    }),
  }));
}

/** Values that the document itself says are good, best first; empty where it says none. */
export function goodValues({ schema, example }: Parameter): string[] {
  const said = [example, schema.example, ...(schema.examples ?? []), schema.default, ...(schema.enum ?? [])];
  const values = said.filter((value) => value !== undefined && value !== null && typeof value !== 'object');
  return [...new Set(values.map(String))];
}

/** A value of the right kind where the document names none: it may mean nothing to the server. */
export function guess({ schema }: Parameter): string {
  if (schema.type === 'integer' || schema.type === 'number') return String(schema.minimum ?? 1);
  if (schema.type === 'boolean') return 'true';
  if (schema.format === 'date-time') return '2026-01-01T00:00:00Z';
  if (schema.format === 'date') return '2026-01-01';
  if (schema.format === 'uuid') return '00000000-0000-4000-8000-000000000000';
  return 'penstock-verify';
}

/** `/help/{id}` with its values, escaped, and the query behind it. */
export function filled(
  path: string,
  params: Readonly<Record<string, string>>,
  query: Readonly<Record<string, string>>,
): string {
  const at = path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => encodeURIComponent(params[name] ?? ''));
  const words = new URLSearchParams(query).toString();
  return words === '' ? at : `${at}?${words}`;
}
