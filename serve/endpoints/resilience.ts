/** Resilience panels: no source of assets or hazards is connected. */
import type { Endpoint } from '../api/endpoint.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { notConnected } from './not-connected.ts';

export function resilienceEndpoints(_api: ApiDependencies): Endpoint[] {
  const panel = { area: 'resilience', tag: 'Resilience' };
  return [
    notConnected({ ...panel, list: 'assets', summary: 'Assets whose resilience was assessed' }),
    notConnected({ ...panel, list: 'hazards', summary: 'Hazards of assets' }),
  ];
}
