/** Security panels: threats, what is done against them, incidents and figures. What nobody has assessed is null. */
import { z } from 'zod';
import { endpoint, type Endpoint, everyPath } from '../api/endpoint.ts';
import { CSV_TYPE } from '../api/media.ts';
import { type Provenance, provenanceSchema } from '../api/provenance.ts';
import { limitWord, REGIONS } from '../api/query.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { NOT_MEASURED, notMeasured } from './not-measured.ts';
import { readPanel } from './panel-list.ts';
import {
  CATEGORIES,
  INCIDENT_STATES,
  incident,
  INCIDENTS,
  LEVELS,
  STRATEGIES,
  strategy,
  STRATEGY_STATES,
  threat,
  THREATS,
} from './security-lists.ts';

const metrics = z.object({
  id: z.string(),
  region: z.string(),
  overall_risk_score: z.number().nullable().openapi({ description: '0 to 100.' }),
  detection_rate: z.number().nullable().openapi({ description: 'Unit: %.' }),
  mitigation_coverage: z.number().nullable().openapi({ description: 'Unit: %.' }),
  compliance_score: z.number().nullable().openapi({ description: '0 to 100.' }),
  active_incidents_count: z.number().int().nullable(),
  critical_vulnerabilities: z.number().int().nullable(),
  last_updated: z.string(),
  provenance: provenanceSchema,
});

// grain: one row per region. reads: public.security_metrics. params: $1 region.
const METRICS = `
  select to_jsonb(m) - 'created_at' - 'load_id' as figures, public.provenance_object(m.load_id, m.last_updated) as provenance
  from public.security_metrics m where m.region = $1`;

export function securityEndpoints({ reads }: ApiDependencies): Endpoint[] {
  return [
    endpoint({
      name: 'api-v2-security-threat-models',
      method: 'get',
      paths: everyPath('api-v2-security-threat-models', '/api/security/threat-models'),
      tag: 'Security',
      summary: 'Threats to power systems',
      limit: 'read',
      query: z.object({ category: z.enum([...CATEGORIES, 'all']).default('all'), limit: limitWord(1_000, 1_000) }),
      answer: z.object({ category: z.string(), threats: z.array(threat), provenance: provenanceSchema }),
      media: [CSV_TYPE],
      handle: async ({ query: { category, limit } }) => {
        const wanted = category === 'all' ? null : category;
        const { records, provenance, rows } = await readPanel<z.input<typeof threat>>(reads, THREATS, [wanted, limit]);
        return { body: { category, threats: records, provenance }, rows };
      },
    }),
    endpoint({
      name: 'api-v2-security-incidents',
      method: 'get',
      paths: everyPath('api-v2-security-incidents', '/api/security/incidents'),
      tag: 'Security',
      summary: 'Incidents that were reported, newest first',
      limit: 'read',
      query: z.object({
        region: z.enum(REGIONS).optional(),
        status: z.enum(INCIDENT_STATES).optional(),
        severity: z.enum(LEVELS).optional(),
        limit: limitWord(50, 1_000),
      }),
      answer: z.object({ incidents: z.array(incident), provenance: provenanceSchema }),
      media: [CSV_TYPE],
      handle: async ({ query: { region = null, status = null, severity = null, limit } }) => {
        const params = [region, status, severity, limit];
        const { records, provenance, rows } = await readPanel<z.input<typeof incident>>(reads, INCIDENTS, params);
        return { body: { incidents: records, provenance }, rows };
      },
    }),
    endpoint({
      name: 'api-v2-security-metrics',
      method: 'get',
      paths: everyPath('api-v2-security-metrics', '/api/security/metrics'),
      tag: 'Security',
      summary: 'Security figures of a region',
      limit: 'read',
      query: z.object({ region: z.enum(REGIONS).default('Ontario') }),
      answer: metrics,
      refusals: NOT_MEASURED,
      handle: async ({ query: { region } }) => {
        const [row] = await reads.query<{
          figures: Omit<z.input<typeof metrics>, 'provenance'>;
          provenance: Provenance;
        }>(METRICS, [region]);
        if (row === undefined)
          throw notMeasured(
            region,
            'security figures',
            'somebody who has measured them writes them to security_metrics',
          );
        return { body: { ...row.figures, provenance: row.provenance } };
      },
    }),
    endpoint({
      name: 'api-v2-security-mitigation-strategies',
      method: 'get',
      paths: everyPath('api-v2-security-mitigation-strategies', '/api/security/mitigation-strategies'),
      tag: 'Security',
      summary: 'What can be done against threats',
      limit: 'read',
      query: z.object({
        status: z.enum(STRATEGY_STATES).optional(),
        priority: z.enum(LEVELS).optional(),
        threat_id: z.guid().optional().openapi({ description: 'Id of a threat model.' }),
        limit: limitWord(1_000, 1_000),
      }),
      answer: z.object({ strategies: z.array(strategy), provenance: provenanceSchema }),
      media: [CSV_TYPE],
      handle: async ({ query: { status = null, priority = null, threat_id = null, limit } }) => {
        const params = [status, priority, threat_id, limit];
        const { records, provenance, rows } = await readPanel<z.input<typeof strategy>>(reads, STRATEGIES, params);
        return { body: { strategies: records, provenance }, rows };
      },
    }),
  ];
}
