/**
 * AESO, the system operator of Alberta: the API gateway (a free key) and the Energy Trading System's reports (no key, plain http only).
 * It publishes no rate limit, so one request a second.
 */
import { definePublisher } from '../../core/pipeline.ts';

export default definePublisher({
  id: 'aeso',
  title: 'Alberta Electric System Operator',
  hosts: ['apimgw.aeso.ca', 'ets.aeso.ca'],
  pace: { perSecond: 1, concurrent: 1 },
  credentials: {
    hosts: ['apimgw.aeso.ca'],
    from: [{ kind: 'header', header: 'API-KEY', env: 'AESO_API_KEY' }],
    required: true,
    getOneAt: 'https://developer-apim.aeso.ca',
  },
});
