/** Whether the server can do its work: health of the streams. */
import type { Endpoint } from '../api/endpoint.ts';
import type { ApiDependencies } from '../dependencies.ts';
import type { StreamHub } from '../sse/hub.ts';
import { streamHealthEndpoints } from './stream-health.ts';

export function readinessEndpoints(api: ApiDependencies, _hub: StreamHub): Endpoint[] {
  return [...streamHealthEndpoints(api)];
}
