/** Not yet. */
import type { Endpoint } from '../api/endpoint.ts';
import type { ApiDependencies } from '../dependencies.ts';
import type { StreamHub } from '../sse/hub.ts';

export function readinessEndpoints(_api: ApiDependencies, _hub: StreamHub): Endpoint[] {
  return [];
}
