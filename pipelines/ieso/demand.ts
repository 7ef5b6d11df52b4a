/** Hourly demand of Ontario, one CSV file a year since 1 May 2002. */
import { complete, frozen, notBelow, notNull } from '../../core/check.ts';
import { instant, mw, table } from '../../core/contract.ts';
import { csv } from '../../core/decode.ts';
import { yearly } from '../../core/partitions.ts';
import { definePipeline } from '../../core/pipeline.ts';
import { loadSeries } from '../../core/series-checks.ts';
import { repeated, volume } from '../../core/table-check.ts';
import { iesoLicence } from './licence.ts';

export default definePipeline({
  id: 'ieso-demand',
  title: 'Ontario hourly demand',
  publisher: 'ieso',
  licence: iesoLicence,
  partitions: yearly({ from: '2002-05-01', zone: 'Etc/GMT+5' }),
  extract: {
    url: 'https://reports-public.ieso.ca/public/Demand/PUB_Demand_{yyyy}.csv',
    decode: csv({ comment: '\\\\', header: ['Date', 'Hour', 'Market Demand', 'Ontario Demand'] }),
  },
  // Rewritten daily about 07:30 EST, reaching about the current hour; the last issue of a year comes about 31 January after.
  publishes: {
    every: 'PT1H',
    delay: 'P1D',
    revises: 'P35D',
    staleAfter: 'P2D',
    schedule: '20 * * * *',
    zone: 'Etc/GMT+5',
  },
  transform: 'transforms/ieso/demand.sql',
  table: table('public.ontario_hourly_demand', {
    hour: instant({ key: true, doc: 'Start of the hour.' }),
    market_demand_mw: mw({ range: [0, 40_000], doc: 'Ontario demand plus exports, average of the hour.' }),
    // The blackout of 2003-08-14 went down to 2,270 MW: real, so the bound lies below it.
    ontario_demand_mw: mw({ range: [1_500, 30_000], doc: 'Demand inside Ontario, average of the hour.' }),
  }),
  checks: [
    complete('hour', 'PT1H'),
    notNull(['market_demand_mw', 'ontario_demand_mw'], { severity: 'warn' }),
    // In 29 of the recorded 100,000 hours it is below, by 158 MW at most.
    notBelow('market_demand_mw', 'ontario_demand_mw', { tolerance: 500 }),
    // In the recorded twelve years demand keeps one value for 5 hours at most.
    frozen('ontario_demand_mw', 12),
    ...loadSeries('ontario_demand_mw', { zone: 'America/Toronto', holidays: 'ON', revises: 'P35D' }),
    repeated('market_demand_mw'),
    volume('hour', { zone: 'Etc/GMT+5' }),
  ],
  feeds: { stream: 'ontario-demand', source: 'ieso' },
  quirks: [
    '2025-05-01 hour ending 1 was never published (the night the renewed market started).',
    'Market demand is a little below Ontario demand in some hours: 29 of the recorded years, by 158 MW at most.',
  ],
});
