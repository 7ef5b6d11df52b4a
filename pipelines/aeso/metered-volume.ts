/** Metered volume of every asset, hour by hour, from AESO's API (key). */
import { complete } from '../../core/check.ts';
import { instant, mwh, table, text } from '../../core/contract.ts';
import { json } from '../../core/decode.ts';
import { daily } from '../../core/partitions.ts';
import { definePipeline } from '../../core/pipeline.ts';
import { apiUrl, CLOCK_QUIRK, clocksAgree } from './api.ts';
import { aesoLicence } from './licence.ts';

export default definePipeline({
  id: 'aeso-metered-volume',
  title: 'Alberta metered volume by asset (API)',
  publisher: 'aeso',
  licence: aesoLicence,
  // One answer for all assets holds at most 16 days, so a month would be refused.
  partitions: daily({ from: '2000-01-01', zone: 'America/Edmonton' }),
  extract: {
    url: apiUrl(
      'meteredvolume-api/v1/meteredvolume/details?startDate={yyyy}-{mm}-{dd}&endDate={end-yyyy}-{end-mm}-{end-dd}',
    ),
    decode: json({
      rows: ['return/asset_list/metered_volume_list', 'asset_list/metered_volume_list'],
      columns: {
        begin_date_utc: 'begin_date_utc',
        begin_date_mpt: 'begin_date_mpt',
        metered_volume: 'metered_volume',
        asset_ID: '../asset_ID',
        asset_class: '../asset_class',
        pool_participant_ID: '../../pool_participant_ID',
      },
    }),
  },
  // Seen two days after the day. Meters are settled monthly, and how long they change is not published: 60 days are assumed.
  publishes: {
    every: 'P1D',
    delay: 'P3D',
    revises: 'P60D',
    staleAfter: 'P7D',
    schedule: '50 6 * * *',
    zone: 'America/Edmonton',
  },
  transform: 'transforms/aeso/metered_volume.sql',
  table: table('public.aeso_metered_volume', {
    hour: instant({ key: true, doc: 'Start of the hour.' }),
    pool_participant_id: text({ key: true, doc: 'Short name of the market participant.' }),
    asset_id: text({ key: true, doc: "AESO's short name of the asset." }),
    asset_class: text({ doc: 'Class of the asset, as published: IPP, GENCO, RETAILER …' }),
    metered_volume_mwh: mwh({ range: [-20_000, 20_000], doc: 'Metered energy of the hour.' }),
  }),
  checks: [
    complete('hour', 'PT1H', { by: ['pool_participant_id', 'asset_id'] }),
    clocksAgree('check_begin_date_clocks'),
  ],
  feeds: { source: 'aeso-api' },
  quirks: [CLOCK_QUIRK, 'The first day that the API answers for is not documented: 2000-01-01 is assumed.'],
});
