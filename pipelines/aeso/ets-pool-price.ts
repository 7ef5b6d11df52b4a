/** Hourly pool price and Alberta Internal Load since 2000, one CSV file a year, no key. */
import { complete, frozen, notNull, sql } from '../../core/check.ts';
import { decimal, instant, table, text } from '../../core/contract.ts';
import { csv } from '../../core/decode.ts';
import { yearly } from '../../core/partitions.ts';
import { definePipeline } from '../../core/pipeline.ts';
import { loadSeries, priceSeries } from '../../core/series-checks.ts';
import { aesoLicence } from './licence.ts';

export default definePipeline({
  id: 'aeso-ets-pool-price',
  title: 'Alberta hourly pool price and internal load',
  publisher: 'aeso',
  licence: aesoLicence,
  partitions: yearly({ from: 2000, zone: 'America/Edmonton' }),
  extract: {
    // endDate is exclusive.
    url: 'http://ets.aeso.ca/ets_web/ip/Market/Reports/HistoricalPoolPriceReportServlet?contentType=csv&beginDate=0101{yyyy}&endDate=0101{yyyy+1}',
    decode: csv({ preamble: true, header: ['Date (HE)', 'Price ($)', '30Ravg ($)', 'AIL Demand (MW)'] }),
  },
  // An hour's price is known minutes after it ends. How long AESO may still correct one is not published: 60 days are assumed, which
  // covers monthly settlement.
  publishes: {
    every: 'PT1H',
    delay: 'PT2H',
    revises: 'P60D',
    staleAfter: 'PT6H',
    schedule: '15 * * * *',
    zone: 'America/Edmonton',
  },
  transform: 'transforms/aeso/ets_pool_price.sql',
  // The pool price is capped at 999.99 CAD/MWh and was never negative; the bounds leave room for a new market design.
  table: table('public.alberta_grid_prices', {
    timestamp: instant({ key: true, doc: 'Start of the hour.' }),
    pool_price_cad_per_mwh: decimal(10, 2, {
      unit: 'CAD/MWh',
      range: [-1_000, 10_000],
      doc: 'Pool price: average of the system marginal price over the hour.',
    }),
    rolling_30day_avg_cad_per_mwh: decimal(10, 2, {
      unit: 'CAD/MWh',
      range: [-1_000, 10_000],
      doc: 'Average pool price of the last 30 days, as published.',
    }),
    market_demand_mw: decimal(10, 2, {
      unit: 'MW',
      range: [0, 30_000],
      doc: 'Alberta Internal Load (AIL), average of the hour: all load of the province, also what industrial sites serve themselves.',
    }),
    data_source: text({ required: true, doc: 'The report: aeso HistoricalPoolPriceReportServlet.' }),
  }),
  checks: [
    complete('timestamp', 'PT1H'),
    notNull(['pool_price_cad_per_mwh', 'market_demand_mw'], { severity: 'warn' }),
    // In the recorded years the load keeps one value for 3 hours at most, the price for 14.
    frozen('market_demand_mw', 12),
    frozen('pool_price_cad_per_mwh', 24),
    ...loadSeries('market_demand_mw', { zone: 'America/Edmonton', holidays: 'AB', revises: 'P60D' }),
    ...priceSeries('pool_price_cad_per_mwh', { zone: 'America/Edmonton', revises: 'P60D' }),
    sql('transforms/aeso/check_ets_labels.sql', {
      over: 'raw',
      severity: 'block',
      doc: "the labels of hours ending fit Alberta's zone rule: 02* on the day that has 25 hours and on no other, no 02 on the day that has 23",
    }),
    sql('transforms/aeso/check_ets_not_yet_known.sql', {
      over: 'raw',
      severity: 'info',
      doc: 'every hour that the file lists has a price or a load; AESO lists hours to come with dashes, and those are not loaded',
    }),
  ],
  feeds: { source: 'aeso' },
  quirks: [
    'Hours ending are Mountain clock labels: in autumn until 2025 the day has 25, with 02* after 02; in spring 02 is left out.',
    'Alberta is UTC−6 all year since 2026. Whether the report followed on 2026-11-01 was not seen; a file whose labels do not fit is not loaded.',
    'Hours that are not yet known are listed with dashes. They are not rows here; a finding counts them.',
    'The platform also has columns for forecast, energy and ancillary services price; no report gives them, so they are NULL in the table.',
  ],
});
