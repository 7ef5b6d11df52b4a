/** Headers of the two files about threats: each is also read beside the other. */

export const THREAT_HEADER = [
  'slug',
  'category',
  'vector',
  'description',
  'affected_assets',
  'detection_methods',
  'mitigation_summary',
  'severity',
  'likelihood',
  'impact',
  'assessed_by',
  'last_reviewed',
  'source_name',
  'source_url',
] as const;

export const MITIGATION_HEADER = [
  'slug',
  'strategy_name',
  'description',
  'threat',
  'status',
  'priority',
  'responsible_party',
  'effectiveness',
  'cost_estimate',
  'time_to_implement_days',
  'estimated_by',
  'last_updated',
  'source_name',
  'source_url',
] as const;
