/** Whether an answer has the shape that the document says, by its operation, status and media type. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { Operation } from './document.ts';

export interface Shapes {
  /** What is wrong; empty: nothing. `null`: the document says nothing of this status and media type. */
  faults(operation: Pick<Operation, 'method' | 'path'>, status: number, media: string, body: unknown): string[] | null;
}

const MOST = 3;

export function shapesOf(document: object): Shapes {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: true });
  (formats as unknown as (to: Ajv2020) => void)(ajv);
  ajv.addSchema(document, 'document');
  const compiled = new Map<string, ValidateFunction | null>();
  const at = (ref: string): ValidateFunction | null => {
    const known = compiled.get(ref);
    if (known !== undefined) return known;
    const made = schemaAt(document, ref) === undefined ? null : ajv.compile({ $ref: `document#${ref}` });
    compiled.set(ref, made);
    return made;
  };
  return {
    faults: ({ method, path }, status, media, body) => {
      const steps = ['paths', path, method.toLowerCase(), 'responses', String(status), 'content', media, 'schema'];
      const validate = at(
        steps.map((step) => `/${encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join(''),
      );
      if (validate === null) return null;
      if (validate(body)) return [];
      const said = (validate.errors ?? []).map(
        ({ instancePath, message, params }) =>
          `${instancePath === '' ? 'the body' : instancePath} ${message ?? 'is wrong'}${'allowedValues' in params ? `: ${String(params['allowedValues'])}` : ''}`,
      );
      return said.length <= MOST ? said : [...said.slice(0, MOST), `and ${said.length - MOST} more`];
    },
  };
}

function schemaAt(document: object, pointer: string): unknown {
  return pointer
    .slice(1)
    .split('/')
    .map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>(
      (value, step) =>
        typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[step] : undefined,
      document,
    );
}
