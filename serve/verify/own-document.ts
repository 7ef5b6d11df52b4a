/** The document of this version without a server: for servers that have none of their own. */
import type { Database } from '../../core/effects.ts';
import { endpointsOf } from '../api/app.ts';
import { openApiDocument } from '../api/document.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { createHub } from '../sse/hub.ts';

/** Nothing is ever asked of it: only the schemas of the endpoints are read. */
const NO_DATABASE: Database = {
  query: () => Promise.reject(new Error('there is no database behind a document')),
  transaction: () => Promise.reject(new Error('there is no database behind a document')),
};

export function ownDocument(version: string): object {
  const api = {
    version,
    clock: { now: () => 0, sleep: () => Promise.resolve() },
    reads: NO_DATABASE,
    service: NO_DATABASE,
    notices: { listen: () => () => undefined, restored: () => () => undefined, connected: false },
    settings: {
      anonKeys: [],
      jwtSecret: null,
      origins: 'local',
      limits: { read: null, write: null, stream: null },
      addressHeader: null,
      cursorKey: '',
    },
    connectionAddress: () => null,
  } as unknown as ApiDependencies;
  const hub = createHub(api);
  try {
    return openApiDocument(endpointsOf(api, hub), version);
  } finally {
    hub.close();
  }
}
