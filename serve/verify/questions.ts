/** What to ask of an operation: good values for its address, small pages, every form. */
import { JSON_TYPE } from '../api/media.ts';
import { filled, goodValues, guess, type Operation, type Parameter } from './document.ts';

export const EVENTS_TYPE = 'text/event-stream';

export interface Question {
  readonly operation: Operation;
  /** With its values and its query. */
  readonly path: string;
  readonly accept: string;
  /** The document names no good value for something that is needed: any refusal it documents will do. */
  readonly guessed: boolean;
}

const MOST_VALUES = 30;
const WEEK_MS = 7 * 24 * 3_600_000;

/** The first path is asked with every value that its address can have, and in every form; its other names once. */
export function questionsOf(operation: Operation, nowMs: number): Question[] {
  const { path, primary, parameters } = operation;
  const isPrimary = path === primary;
  const inQuery = parameters.filter((one) => one.in === 'query');
  const isPaged = inQuery.some(({ name }) => name === 'limit');
  const query = Object.fromEntries(inQuery.flatMap((one) => queryValue(one, isPaged, nowMs)));
  let guessed = inQuery.some((one) => one.required && goodValues(one).length === 0);
  const values = (one: Parameter): readonly string[] => {
    const named = goodValues(one);
    if (named.length > 0) return isPrimary ? named.slice(0, MOST_VALUES) : named.slice(0, 1);
    guessed = true;
    return [guess(one)];
  };
  const [first, ...others] = parameters.filter((one) => one.in === 'path');
  const rest = Object.fromEntries(others.map((one) => [one.name, values(one)[0] ?? '']));
  const paramSets = first === undefined ? [{}] : values(first).map((value) => ({ ...rest, [first.name]: value }));
  const media = (operation.responses['200'] ?? []).filter((type) => type !== EVENTS_TYPE);
  const [params = {}] = paramSets;
  if (media.includes(JSON_TYPE)) {
    const forms = isPrimary ? media.filter((type) => type !== JSON_TYPE) : [];
    return [
      ...paramSets.map((one) => ({ operation, path: filled(path, one, query), accept: JSON_TYPE, guessed })),
      ...forms.map((accept) => ({ operation, path: filled(path, params, query), accept, guessed })),
    ];
  }
  // A file: its form is a word of the question, where there are several.
  const form = inQuery.find(({ name }) => name === 'format');
  const formats = form === undefined || !isPrimary ? [{}] : goodValues(form).map((format) => ({ format }));
  return formats.map((one) => ({
    operation,
    path: filled(path, params, { ...query, ...one }),
    accept: '*/*',
    guessed,
  }));
}

/** Pages are kept small, whether all of them are there is asked elsewhere; what has no pages is asked for a week. */
function queryValue(one: Parameter, isPaged: boolean, nowMs: number): [string, string][] {
  if (one.name === 'limit') return [['limit', '5']];
  if (one.name === 'from' && !isPaged) return [['from', new Date(nowMs - WEEK_MS).toISOString()]];
  if (one.required) return [[one.name, goodValues(one)[0] ?? guess(one)]];
  const example = one.example ?? one.schema.example ?? one.schema.examples?.[0];
  return example === undefined || typeof example === 'object' ? [] : [[one.name, String(example)]];
}
