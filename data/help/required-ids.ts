/** The ids and other names that the front end asks for (platform contract, section 3). One that is missing is a panel without help. */

/** Tooltips of pages and one chart: the front end has asked for them from the start. */
const FIRST: readonly string[] = [
  'tab.home',
  'dashboard.overview',
  'page.provinces',
  'page.trends',
  'page.investment',
  'page.resilience',
  'page.innovation',
  'page.indigenous',
  'page.stakeholders',
  'page.gridops',
  'page.security',
  'page.education',
  'chart.alberta_supply_demand',
];

/** Panels that came later. */
const LATER: readonly string[] = [
  'module.indigenous.overview',
  'module.indigenous.governance',
  'module.indigenous.map',
  'metric.indigenous.total_territories',
  'metric.indigenous.ongoing_consultations',
  'metric.indigenous.completed_consultations',
  'metric.indigenous.completion_rate',
  'chart.indigenous.consultation_status',
  'chart.indigenous.tek_categories',
  'module.stakeholder.overview',
  'module.stakeholder.protocols',
  'metric.stakeholder.total',
  'metric.stakeholder.upcoming_meetings',
  'metric.stakeholder.average_sentiment',
  'metric.stakeholder.feedback_entries',
  'chart.stakeholder.sentiment_trend',
  'chart.stakeholder.feedback_categories',
];

export const REQUIRED_IDS: readonly string[] = [...FIRST, ...LATER];

/** Keys of earlier texts, by the id that answers for them now. */
export const REQUIRED_ALIASES: Readonly<Record<string, string>> = {
  'tab.dashboard': 'dashboard.overview',
  'tab.provinces': 'page.provinces',
  'tab.trends': 'page.trends',
  'tab.investment': 'page.investment',
  'tab.resilience': 'page.resilience',
  'tab.innovation': 'page.innovation',
  'tab.indigenous': 'page.indigenous',
  'tab.stakeholders': 'page.stakeholders',
  'tab.gridops': 'page.gridops',
  'tab.security': 'page.security',
};
