/** Which edge functions there are: one for each name behind `/functions/v1/` in the API, and one for what is asked behind `/api`. */
import type { Database, Notices } from '../../core/effects.ts';
import { endpointsOf } from '../../serve/api/app.ts';
import type { Endpoint } from '../../serve/api/endpoint.ts';
import type { ApiDependencies } from '../../serve/dependencies.ts';
import { createHub } from '../../serve/sse/hub.ts';

const BEHIND = '/functions/v1/';

export interface EdgeFunction {
  readonly name: string;
  /** It streams, and so it listens to the database. */
  readonly streams: boolean;
}

/** The endpoints as values; nothing can be asked through them. */
export function everyEndpoint(): Endpoint[] {
  const nobody: Database = {
    query: () => Promise.reject(new Error('there is no database')),
    transaction: () => Promise.reject(new Error('there is no database')),
  };
  const deaf: Notices = { listen: () => () => undefined, restored: () => () => undefined, connected: false };
  const api: ApiDependencies = {
    version: '0',
    clock: { now: () => 0, sleep: () => Promise.resolve() },
    reads: nobody,
    service: nobody,
    notices: deaf,
    settings: {
      anonKeys: [],
      jwtSecret: null,
      origins: 'local',
      limits: { read: null, write: null, stream: null },
      addressHeader: null,
      cursorKey: 'none',
    },
    connectionAddress: () => null,
  };
  const hub = createHub(api);
  hub.close();
  return endpointsOf(api, hub);
}

export function edgeFunctions(endpoints: readonly Endpoint[]): EdgeFunction[] {
  const streams = new Map<string, boolean>();
  for (const { paths, limit } of endpoints)
    for (const name of paths.flatMap(functionOf)) streams.set(name, (streams.get(name) ?? false) || limit === 'stream');
  // `/health` says that the process answers; it is a route of the server, and no endpoint.
  if (!streams.has('health')) streams.set('health', false);
  return [...streams]
    .map(([name, streaming]) => ({ name, streams: streaming }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function functionOf(path: string): string[] {
  const [, name = ''] = /^\/(?:functions\/v1\/)?([a-z][a-z0-9-]*)/.exec(path) ?? [];
  return path.startsWith(BEHIND) || name === 'api' ? [name] : [];
}
