/** Who is in the market: assets and the participants that own them, from AESO's API (key). */
import { table, text } from '../../core/contract.ts';
import { json } from '../../core/decode.ts';
import { whole } from '../../core/partitions.ts';
import { definePipeline } from '../../core/pipeline.ts';
import { apiUrl } from './api.ts';
import { aesoLicence } from './licence.ts';

export default definePipeline({
  id: 'aeso-assets',
  title: 'Alberta market assets (API)',
  publisher: 'aeso',
  licence: aesoLicence,
  partitions: whole('America/Edmonton'),
  extract: {
    url: apiUrl('assetlist-api/v1/assetlist'),
    decode: json({
      rows: ['return', ''],
      columns: {
        asset_ID: 'asset_ID',
        asset_name: 'asset_name',
        asset_type: 'asset_type',
        operating_status: 'operating_status',
        pool_participant_ID: 'pool_participant_ID',
        pool_participant_name: 'pool_participant_name',
        net_to_grid_asset_flag: 'net_to_grid_asset_flag',
        asset_incl_storage_flag: 'asset_incl_storage_flag',
      },
    }),
  },
  publishes: {
    every: 'P1D',
    delay: 'P1D',
    staleAfter: 'P7D',
    schedule: '40 6 * * *',
    zone: 'America/Edmonton',
  },
  transform: 'transforms/aeso/assets.sql',
  table: table('public.aeso_asset', {
    asset_id: text({ key: true, doc: "AESO's short name of the asset." }),
    asset_name: text({ doc: 'Name of the asset.' }),
    asset_type: text({ doc: 'SOURCE (it generates) or SINK (it consumes).' }),
    operating_status: text({ doc: 'ACTIVE, INACTIVE, RETIRED or SUSPENDED.' }),
    pool_participant_id: text({ doc: 'Short name of the market participant.' }),
    pool_participant_name: text({ doc: 'Name of the market participant.' }),
    net_to_grid_asset_flag: text({ doc: 'Whether only what goes to the grid is metered, as published.' }),
    asset_incl_storage_flag: text({ doc: 'Whether storage is part of the asset, as published.' }),
  }),
  checks: [],
  feeds: { source: 'aeso-api' },
  quirks: ['An asset that leaves the list is closed into history; the list keeps RETIRED ones as far as is known.'],
});
