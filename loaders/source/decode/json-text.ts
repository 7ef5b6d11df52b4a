/** JSON text to values and back, numbers as the text that was published. */
import { parse } from 'lossless-json';

/** A number as published: `181.10` keeps its zero, and 30 digits keep all of them. */
export class NumberText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type JsonValue = string | boolean | null | NumberText | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: JsonValue;
}

/**
 * The document, read strictly. A name that occurs twice in an object with different values is refused: nobody can tell which counts.
 * The text must not be nested too deeply, see {@link tooDeepAt}.
 * @throws SyntaxError that ends with ` at position <0-based>`
 */
export function parseJson(text: string): JsonValue {
  return parse(text, null, (number) => new NumberText(number)) as JsonValue;
}

/** Where objects and lists are nested deeper than `max` for the first time, -1 for nowhere. Looked at first, since parsing recurs. */
export function tooDeepAt(text: string, max: number): number {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22: // A text: on to its closing quote.
        for (at += 1; at < text.length && text.charCodeAt(at) !== 0x22; at++) if (text.charCodeAt(at) === 0x5c) at += 1;
        break;
      case 0x5b:
      case 0x7b:
        depth += 1;
        if (depth > max) return at;
        break;
      case 0x5d:
      case 0x7d:
        depth -= 1;
        break;
      default:
    }
  }
  return -1;
}

export function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof NumberText);
}

/** Compact JSON text of a value. */
export function jsonText(value: JsonValue): string {
  if (value instanceof NumberText) return value.text;
  if (isList(value)) return `[${value.map(jsonText).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([name, held]) => `${JSON.stringify(name)}:${jsonText(held)}`)
    .join(',')}}`;
}

/** A value as the text of a cell: texts without quotes, numbers and flags as published, objects and lists as JSON. */
export function cellText(value: JsonValue | undefined): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : jsonText(value);
}

export function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** A member of the object itself; what objects inherit in JavaScript is none. */
export function member(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}
