/** Hourly pool price with its forecast, from AESO's API (key). */
import { complete, sql } from '../../core/check.ts';
import { decimal, instant, table } from '../../core/contract.ts';
import { json } from '../../core/decode.ts';
import { monthly } from '../../core/partitions.ts';
import { definePipeline } from '../../core/pipeline.ts';
import { priceSeries } from '../../core/series-checks.ts';
import { reconciles } from '../../core/table-check.ts';
import { apiUrl, CLOCK_QUIRK, clocksAgree, MONTH_QUERY, rowsOf } from './api.ts';
import { aesoLicence } from './licence.ts';

export default definePipeline({
  id: 'aeso-pool-price',
  title: 'Alberta pool price and forecast (API)',
  publisher: 'aeso',
  licence: aesoLicence,
  // One answer holds at most a year; a month also keeps what is asked again small.
  partitions: monthly({ from: '2000-01-01', zone: 'America/Edmonton' }),
  extract: {
    url: apiUrl(`poolprice-api/v1.1/price/poolPrice?${MONTH_QUERY}`),
    decode: json({
      rows: rowsOf('Pool Price Report'),
      columns: {
        begin_datetime_utc: 'begin_datetime_utc',
        begin_datetime_mpt: 'begin_datetime_mpt',
        pool_price: 'pool_price',
        forecast_pool_price: 'forecast_pool_price',
        rolling_30day_avg: 'rolling_30day_avg',
      },
    }),
  },
  // How long AESO may still correct an hour is not published: 60 days are assumed.
  publishes: {
    every: 'PT1H',
    delay: 'PT2H',
    revises: 'P60D',
    staleAfter: 'PT6H',
    schedule: '15 * * * *',
    zone: 'America/Edmonton',
  },
  transform: 'transforms/aeso/pool_price.sql',
  table: table('public.aeso_pool_price', {
    hour: instant({ key: true, doc: 'Start of the hour.' }),
    pool_price_cad_per_mwh: decimal(10, 2, {
      unit: 'CAD/MWh',
      range: [-1_000, 10_000],
      covers: true,
      doc: 'Pool price; NULL while the hour is not over.',
    }),
    forecast_pool_price_cad_per_mwh: decimal(10, 2, {
      unit: 'CAD/MWh',
      range: [-1_000, 10_000],
      doc: 'Forecast of the pool price; the current and the next two hours have only this.',
    }),
    rolling_30day_avg_cad_per_mwh: decimal(10, 2, {
      unit: 'CAD/MWh',
      range: [-1_000, 10_000],
      doc: 'Average pool price of the last 30 days, as published.',
    }),
  }),
  checks: [
    complete('hour', 'PT1H'),
    sql('transforms/aeso/check_pool_price_hole.sql', {
      doc: 'every hour before the newest one with a price has a price',
    }),
    clocksAgree('check_begin_clocks'),
    ...priceSeries('pool_price_cad_per_mwh', { zone: 'America/Edmonton', revises: 'P60D' }),
    reconciles('pool_price_cad_per_mwh', {
      with: 'public.alberta_grid_prices',
      other: 'pool_price_cad_per_mwh',
      on: { hour: 'timestamp' },
    }),
  ],
  feeds: { source: 'aeso-api' },
  quirks: [CLOCK_QUIRK, 'Numbers are texts; what is not known is an empty text or an absent field.'],
});
