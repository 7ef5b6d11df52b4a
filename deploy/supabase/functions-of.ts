/** Which edge functions there are: one for each name behind `/functions/v1/` in the API's document, and one for what is asked behind `/api`. */
import { operationsOf } from '../../serve/verify/document.ts';
import { ownDocument } from '../../serve/verify/own-document.ts';

const EVENTS = 'text/event-stream';

export interface EdgeFunction {
  readonly name: string;
  /** It listens to the database: it streams, or it says whether the server hears of loads. */
  readonly listens: boolean;
}

/** @param document OpenAPI */
export function edgeFunctions(document: object = ownDocument('0')): EdgeFunction[] {
  // `/health` says that the process answers; it is a route of the server, and no endpoint.
  const listens = new Map([['health', false]]);
  for (const { path, responses } of operationsOf(document)) {
    const name = functionOf(path);
    if (name === null) continue;
    const hears = name === 'ready' || responses['200']?.includes(EVENTS) === true;
    listens.set(name, listens.get(name) === true || hears);
  }
  return [...listens].map(([name, hears]) => ({ name, listens: hears })).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function functionOf(path: string): string | null {
  return /^\/functions\/v1\/([^/]+)/.exec(path)?.[1] ?? /^\/(api)\//.exec(path)?.[1] ?? null;
}
