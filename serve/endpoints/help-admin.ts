/** Not yet. */
import type { Endpoint } from '../api/endpoint.ts';
import type { ApiDependencies } from '../dependencies.ts';

export function helpAdminEndpoints(_api: ApiDependencies): Endpoint[] {
  return [];
}
