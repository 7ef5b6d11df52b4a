/** Hourly demand of Ontario's ten zones, one CSV file a year since 1 May 2003. */
import { complete, frozen, notNull, sql, sumsTo } from '../../core/check.ts';
import { instant, mw, table } from '../../core/contract.ts';
import { csv } from '../../core/decode.ts';
import { yearly } from '../../core/partitions.ts';
import { definePipeline } from '../../core/pipeline.ts';
import { loadSeries } from '../../core/series-checks.ts';
import { hourOfWeekAnomaly, reconciles, repeated } from '../../core/table-check.ts';
import { iesoLicence } from './licence.ts';

const ZONES = [
  'northwest_mw',
  'northeast_mw',
  'ottawa_mw',
  'east_mw',
  'toronto_mw',
  'essa_mw',
  'bruce_mw',
  'southwest_mw',
  'niagara_mw',
  'west_mw',
] as const;

/** Generation that is not metered makes a zone's demand negative at times: Bruce went down to −769 MW in 2003. */
const zone = (name: string): ReturnType<typeof mw> =>
  mw({ range: [-5_000, 20_000], doc: `Demand of the zone ${name}, average of the hour; can be negative.` });

export default definePipeline({
  id: 'ieso-demand-zonal',
  title: 'Ontario hourly demand by zone',
  publisher: 'ieso',
  licence: iesoLicence,
  partitions: yearly({ from: '2003-05-01', zone: 'Etc/GMT+5' }),
  extract: {
    url: 'https://reports-public.ieso.ca/public/DemandZonal/PUB_DemandZonal_{yyyy}.csv',
    // A zone that is new or gone is a change of the header: the interval fails and says which.
    decode: csv({
      comment: '\\\\',
      header: [
        'Date',
        'Hour',
        'Ontario Demand',
        'Northwest',
        'Northeast',
        'Ottawa',
        'East',
        'Toronto',
        'Essa',
        'Bruce',
        'Southwest',
        'Niagara',
        'West',
        'Zone Total',
        'Diff',
      ],
    }),
  },
  publishes: {
    every: 'P1D',
    delay: 'P2D',
    revises: 'P35D',
    staleAfter: 'P4D',
    schedule: '15 8 * * *',
    zone: 'Etc/GMT+5',
  },
  transform: 'transforms/ieso/demand_zonal.sql',
  table: table('public.ontario_zonal_demand', {
    hour: instant({ key: true, doc: 'Start of the hour.' }),
    ontario_demand_mw: mw({
      range: [1_500, 30_000],
      doc: 'Demand inside Ontario as this report has it, average of the hour. ontario_hourly_demand is the reference.',
    }),
    northwest_mw: zone('Northwest'),
    northeast_mw: zone('Northeast'),
    ottawa_mw: zone('Ottawa'),
    east_mw: zone('East'),
    toronto_mw: zone('Toronto'),
    essa_mw: zone('Essa'),
    bruce_mw: zone('Bruce'),
    southwest_mw: zone('Southwest'),
    niagara_mw: zone('Niagara'),
    west_mw: zone('West'),
    zone_total_mw: mw({
      range: [-50_000, 50_000],
      doc: 'Sum of the zones as published; each zone is rounded on its own.',
    }),
    diff_mw: mw({
      range: [-50_000, 50_000],
      doc: 'zone_total_mw − ontario_demand_mw as published, rounded on its own: negative where the zones add up to less.',
    }),
  }),
  checks: [
    complete('hour', 'PT1H'),
    notNull(['ontario_demand_mw', ...ZONES, 'zone_total_mw', 'diff_mw'], { severity: 'warn' }),
    sumsTo('zone_total_mw', ZONES, { tolerance: 5 }),
    sumsTo('zone_total_mw', ['ontario_demand_mw', 'diff_mw'], { tolerance: 1 }),
    sql('transforms/ieso/checks/demand_zonal_zero.sql', { doc: 'the zones are not all zero' }),
    // Bruce, the smallest zone, kept one value for 7 hours in 2024; the others for 4 at most.
    ...ZONES.map((column) => frozen(column, 12)),
    ...loadSeries('ontario_demand_mw', { zone: 'America/Toronto', holidays: 'ON', revises: 'P35D' }),
    // The largest zone has a steady week; the small ones follow single plants, and their sum is checked above.
    hourOfWeekAnomaly('toronto_mw', { zone: 'America/Toronto', holidays: 'ON' }),
    ...ZONES.map((column) => repeated(column)),
    reconciles('ontario_demand_mw', {
      with: 'public.ontario_hourly_demand',
      other: 'ontario_demand_mw',
      on: { hour: 'hour' },
    }),
  ],
  feeds: { source: 'ieso' },
  quirks: [
    'Differences of 1,000 and more are quoted with a thousands separator: "-1,054".',
    'The zones need not add up to the published total: mostly within 5 MW, by up to 531 MW in some hours.',
    'All zones are zero on 2016-05-29, hours ending 12 to 14.',
    'Ontario demand differs from the hourly demand report in 198 hours of 2003, and in none of 2023 and 2024.',
  ],
});
