/** Alberta Internal Load with its forecast, from AESO's API (key). */
import { complete, sql } from '../../core/check.ts';
import { decimal, instant, table } from '../../core/contract.ts';
import { json } from '../../core/decode.ts';
import { monthly } from '../../core/partitions.ts';
import { definePipeline } from '../../core/pipeline.ts';
import { loadSeries } from '../../core/series-checks.ts';
import { reconciles } from '../../core/table-check.ts';
import { apiUrl, CLOCK_QUIRK, clocksAgree, MONTH_QUERY, rowsOf } from './api.ts';
import { aesoLicence } from './licence.ts';

export default definePipeline({
  id: 'aeso-internal-load',
  title: 'Alberta internal load and forecast (API)',
  publisher: 'aeso',
  licence: aesoLicence,
  // One answer holds about a year.
  partitions: monthly({ from: '2000-01-01', zone: 'America/Edmonton' }),
  extract: {
    url: apiUrl(`actualforecast-api/v1/load/albertaInternalLoad?${MONTH_QUERY}`),
    decode: json({
      rows: rowsOf('Actual Forecast Report'),
      columns: {
        begin_datetime_utc: 'begin_datetime_utc',
        begin_datetime_mpt: 'begin_datetime_mpt',
        alberta_internal_load: 'alberta_internal_load',
        forecast_alberta_internal_load: 'forecast_alberta_internal_load',
      },
    }),
  },
  // The forecast is issued about 07:00 Mountain time, 13 days ahead.
  publishes: {
    every: 'PT1H',
    delay: 'PT2H',
    revises: 'P60D',
    staleAfter: 'PT6H',
    schedule: '15 * * * *',
    zone: 'America/Edmonton',
  },
  transform: 'transforms/aeso/internal_load.sql',
  table: table('public.aeso_internal_load', {
    hour: instant({ key: true, doc: 'Start of the hour.' }),
    internal_load_mw: decimal(10, 2, {
      unit: 'MW',
      range: [0, 30_000],
      covers: true,
      doc: 'Alberta Internal Load, average of the hour; NULL for hours to come.',
    }),
    forecast_internal_load_mw: decimal(10, 2, { unit: 'MW', range: [0, 30_000], doc: 'Forecast of it.' }),
  }),
  checks: [
    complete('hour', 'PT1H'),
    sql('transforms/aeso/check_internal_load_hole.sql', {
      doc: 'every hour before the newest one with a load has a load',
    }),
    clocksAgree('check_begin_clocks'),
    ...loadSeries('internal_load_mw', { zone: 'America/Edmonton', holidays: 'AB', revises: 'P60D' }),
    reconciles('internal_load_mw', {
      with: 'public.alberta_grid_prices',
      other: 'market_demand_mw',
      on: { hour: 'timestamp' },
      // This report rounds to whole megawatts.
      tolerance: 0.5,
    }),
  ],
  feeds: { source: 'aeso-api' },
  quirks: [
    CLOCK_QUIRK,
    'Hours to come have only the forecast, up to 13 days ahead; a month is asked whole, so they are rows here.',
    'The first day that the API answers for is not documented: 2000-01-01 is assumed, as for the pool price.',
  ],
});
