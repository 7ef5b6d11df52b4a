/** Lists of the security panels: their words, the shape of their rows, and how they are read. */
import { z } from 'zod';
import '../api/provenance.ts';
import { panelList } from './panel-list.ts';

export const LEVELS = ['low', 'medium', 'high', 'critical'] as const;
export const CATEGORIES = ['cyber', 'physical', 'supply_chain', 'geopolitical', 'natural_disaster'] as const;
export const INCIDENT_STATES = ['detected', 'investigating', 'contained', 'resolved'] as const;
export const STRATEGY_STATES = ['planned', 'in_progress', 'implemented', 'effective'] as const;

const words = z.array(z.string()).nullable();

export const threat = z.object({
  id: z.string(),
  category: z.string(),
  vector: z.string(),
  likelihood: z.number().nullable().openapi({ description: '0 to 1; null: nobody has assessed it.' }),
  impact: z.number().nullable().openapi({ description: '0 to 1; null: nobody has assessed it.' }),
  mitigation_summary: z.string().nullable(),
  severity: z.string().nullable(),
  description: z.string().nullable(),
  affected_assets: words,
  mitigation_strategies: words,
  detection_methods: words,
  last_reviewed: z.string().nullable(),
  assessed_by: z.string().nullable(),
  source_name: z.string().nullable().openapi({ description: 'The publication that describes it.' }),
  source_url: z.string().nullable(),
});

// grain: one row per threat. reads: public.threat_models. params: $1 category or null, $2 rows.
export const THREATS = panelList({
  name: 'threat-models',
  table: 'public.threat_models',
  columns: [
    { name: 'id', type: 'uuid' },
    { name: 'category', type: 'text' },
    { name: 'vector', type: 'text' },
    { name: 'likelihood', type: 'numeric' },
    { name: 'impact', type: 'numeric' },
    { name: 'mitigation_summary', type: 'text' },
    { name: 'severity', type: 'text' },
    { name: 'description', type: 'text' },
    { name: 'affected_assets', type: 'text[]' },
    { name: 'mitigation_strategies', type: 'text[]' },
    { name: 'detection_methods', type: 'text[]' },
    { name: 'last_reviewed', type: 'timestamptz' },
    { name: 'assessed_by', type: 'text' },
    { name: 'source_name', type: 'text' },
    { name: 'source_url', type: 'text' },
  ],
  where: '($1::text is null or category = $1)',
  // Most are never reviewed; those that are come first.
  order: 'last_reviewed desc nulls last, category, vector, id',
  instant: 'coalesce(last_reviewed, created_at)',
  limit: '$2',
});

export const incident = z.object({
  id: z.string(),
  incident_type: z.string(),
  description: z.string().nullable(),
  severity: z.enum(LEVELS),
  likelihood: z.string().nullable().openapi({ description: 'In words: possible.' }),
  status: z.enum(INCIDENT_STATES),
  detected_at: z.string(),
  resolved_at: z.string().nullable(),
  region: z.string().nullable(),
  asset: z.string().nullable(),
  metadata: z.unknown(),
  affected_systems: words,
  response_time_minutes: z.number().int().nullable(),
  resolution_time_minutes: z.number().int().nullable(),
});

// grain: one row per incident. reads: public.security_incidents. params: $1 region, $2 status, $3 severity, each or null, $4 rows.
export const INCIDENTS = panelList({
  name: 'security-incidents',
  table: 'public.security_incidents',
  columns: [
    { name: 'id', type: 'uuid' },
    { name: 'incident_type', type: 'text' },
    { name: 'description', type: 'text' },
    { name: 'severity', type: 'text' },
    { name: 'likelihood', type: 'text' },
    { name: 'status', type: 'text' },
    { name: 'detected_at', type: 'timestamptz' },
    { name: 'resolved_at', type: 'timestamptz' },
    { name: 'region', type: 'text' },
    { name: 'asset', type: 'text' },
    { name: 'metadata', type: 'jsonb' },
    { name: 'affected_systems', type: 'text[]' },
    { name: 'response_time_minutes', type: 'int4' },
    { name: 'resolution_time_minutes', type: 'int4' },
  ],
  where:
    '($1::text is null or region = $1) and ($2::text is null or status = $2) and ($3::text is null or severity = $3)',
  order: 'detected_at desc, id',
  instant: 'detected_at',
  limit: '$4',
});

export const strategy = z.object({
  id: z.string(),
  strategy_name: z.string(),
  description: z.string().nullable(),
  effectiveness: z.number().nullable().openapi({ description: '0 to 1; null: nobody has estimated it.' }),
  cost_estimate: z.number().nullable(),
  time_to_implement_days: z.number().int().nullable(),
  related_threat: z.string().nullable(),
  status: z.string().nullable(),
  last_updated: z.string().nullable(),
  priority: z.string().nullable(),
  responsible_party: z.string().nullable(),
  estimated_by: z.string().nullable(),
  source_name: z.string().nullable().openapi({ description: 'The publication that describes it.' }),
  source_url: z.string().nullable(),
});

// grain: one row per strategy. reads: public.mitigation_strategies. params: $1 status, $2 priority, $3 threat, each or null, $4 rows.
export const STRATEGIES = panelList({
  name: 'mitigation-strategies',
  table: 'public.mitigation_strategies',
  columns: [
    { name: 'id', type: 'uuid' },
    { name: 'strategy_name', type: 'text' },
    { name: 'description', type: 'text' },
    { name: 'effectiveness', type: 'numeric' },
    { name: 'cost_estimate', type: 'numeric' },
    { name: 'time_to_implement_days', type: 'int4' },
    { name: 'related_threat', type: 'uuid' },
    { name: 'status', type: 'text' },
    { name: 'last_updated', type: 'timestamptz' },
    { name: 'priority', type: 'text' },
    { name: 'responsible_party', type: 'text' },
    { name: 'estimated_by', type: 'text' },
    { name: 'source_name', type: 'text' },
    { name: 'source_url', type: 'text' },
  ],
  where:
    '($1::text is null or status = $1) and ($2::text is null or priority = $2) and ($3::uuid is null or related_threat = $3)',
  order: 'last_updated desc nulls last, strategy_name, id',
  instant: 'coalesce(last_updated, created_at)',
  limit: '$4',
});
