/** Not yet. */
import type { Endpoint } from '../api/endpoint.ts';
import type { ApiDependencies } from '../dependencies.ts';

export function opsEndpoints(_api: ApiDependencies): Endpoint[] {
  return [];
}
