/** Follows the paths of a JSON definition: to the rows of a document, and from a row to its cells. */
import type { JsonDecode } from '../../../core/decode.ts';
import { cellText, isList, isObject, type JsonObject, jsonText, type JsonValue, member } from './json-text.ts';

/** What a path leads to, with the objects around it from the outermost to the innermost; lists between them do not count. */
export interface Found {
  readonly value: JsonValue;
  readonly around: readonly JsonObject[];
}

interface Walk {
  readonly found: Found[];
  /** The path leads to something, if only to an empty list. */
  there: boolean;
}

/** What the first path finds that leads to something; null where none does. */
export function findRows(document: JsonValue, paths: readonly string[]): readonly Found[] | null {
  for (const path of paths) {
    const walk: Walk = { found: [], there: false };
    follow(document, stepsOf(path), [], walk);
    if (walk.there) return walk.found;
  }
  return null;
}

function follow(value: JsonValue, steps: readonly string[], around: readonly JsonObject[], walk: Walk): void {
  const [step, ...rest] = steps;
  if (isList(value)) {
    walk.there ||= step === undefined || value.length === 0;
    for (const item of value) {
      if (step === undefined) walk.found.push({ value: item, around });
      else follow(item, steps, around, walk);
    }
  } else if (!isObject(value)) {
    // Beside real rows this is a row that cannot be used; alone it is another report.
    if (value !== null) walk.found.push({ value, around });
  } else if (step === undefined) {
    walk.there = true;
    walk.found.push({ value, around });
  } else {
    const next = member(value, step);
    if (next !== undefined) follow(next, rest, [...around, value], walk);
  }
}

/** Cells of a row, or the reason why it has none. */
export type Cells = readonly (string | null)[] | string;

/**
 * Reads the columns of a row.
 * @throws RangeError for a column that climbs above the document on each path
 */
export function cellReader(spec: JsonDecode): (row: Found) => Cells {
  const deepest = Math.max(...spec.rows.map((path) => stepsOf(path).length));
  const columns = Object.values(spec.columns).map((path) => {
    const steps = path.split('/');
    const climbs = steps.filter((step) => step === '..').length;
    if (climbs > deepest) throw new RangeError(`${path} climbs above the document`);
    return { path, climbs, names: steps.slice(climbs) };
  });
  return ({ value, around }) => {
    if (!isObject(value)) return `the row is ${kindOf(value)}, an object was expected`;
    const cells: (string | null)[] = [];
    for (const { path, climbs, names } of columns) {
      let at: JsonValue | undefined = climbs === 0 ? value : around[around.length - climbs];
      for (const name of names) {
        if (at === undefined || at === null) break;
        if (!isObject(at)) return `${kindOf(at)} stands on the way to ${path}, an object was expected`;
        at = member(at, name);
      }
      const text = cellText(at);
      if (text?.includes('\0') === true) return 'the row holds a NUL byte';
      if (text !== null && /\p{Surrogate}/u.test(text)) return 'the row holds half of a character';
      cells.push(text);
    }
    return cells;
  };
}

/** What is there instead of the rows, for the message: the members of the deepest object on the way of any path. */
export function whatIsThere(document: JsonValue, paths: readonly string[]): string {
  let deepest = { depth: -1, text: '' };
  for (const path of paths) {
    const steps = stepsOf(path);
    let at: JsonValue = document;
    let depth = 0;
    for (const step of steps) {
      const from: JsonValue = isList(at) ? (at.find(isObject) ?? at) : at;
      const next: JsonValue | undefined = isObject(from) ? member(from, step) : undefined;
      at = next === undefined ? from : next;
      if (next === undefined) break;
      depth += 1;
    }
    if (depth <= deepest.depth) continue;
    const place = depth === 0 ? 'the document' : steps.slice(0, depth).join('/');
    deepest = { depth, text: `${place} ${isObject(at) ? membersOf(at) : `is ${kindOf(at)}`}` };
  }
  return deepest.text;
}

function stepsOf(path: string): string[] {
  return path === '' ? [] : path.split('/');
}

function membersOf(object: JsonObject): string {
  const names = Object.keys(object);
  if (names.length === 0) return 'is an object without members';
  const shown = names.slice(0, 20).map((name) => JSON.stringify(shorten(name)));
  return `has the members [${shown.join(', ')}${names.length > shown.length ? ', …' : ''}]`;
}

function kindOf(value: JsonValue): string {
  if (isList(value)) return 'a list';
  return isObject(value) ? 'an object' : shorten(jsonText(value));
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
