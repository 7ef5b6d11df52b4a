/** Every generating asset of Alberta now, with its fuel, from AESO's API (key). */
import { oneOf } from '../../core/check.ts';
import { instant, mw, table, text } from '../../core/contract.ts';
import { json } from '../../core/decode.ts';
import { definePipeline } from '../../core/pipeline.ts';
import { reconciles } from '../../core/table-check.ts';
import { apiUrl, clocksAgree } from './api.ts';
import { NO_HISTORY_QUIRK } from './current-report.ts';
import { currentSummary, listOf } from './current-summary.ts';
import { AESO_FUELS } from './fuels.ts';
import { aesoLicence } from './licence.ts';

export default definePipeline({
  id: 'aeso-asset-generation',
  title: 'Alberta generation by asset now (API)',
  publisher: 'aeso',
  licence: aesoLicence,
  ...currentSummary,
  extract: {
    // Without asset ids it answers for all; at most 20 ids could be named. This part of the API is still v1.
    url: apiUrl('currentsupplydemand-api/v1/csd/generation/assets/current'),
    decode: json({
      rows: listOf('asset_list'),
      columns: {
        last_updated_datetime_utc: '../last_updated_datetime_utc',
        last_updated_datetime_mpt: '../last_updated_datetime_mpt',
        asset: 'asset',
        fuel_type: 'fuel_type',
        sub_fuel_type: 'sub_fuel_type',
        maximum_capability: 'maximum_capability',
        net_generation: 'net_generation',
        dispatched_contingency_reserve: 'dispatched_contingency_reserve',
      },
    }),
  },
  transform: 'transforms/aeso/asset_generation.sql',
  table: table('public.aeso_asset_generation', {
    timestamp: instant({ key: true, doc: "The report's last update." }),
    asset_id: text({ key: true, doc: "AESO's short name of the asset." }),
    fuel: text({ doc: 'Fuel as AESO names it.' }),
    sub_fuel: text({ doc: 'Kind of gas plant (COGENERATION, COMBINED CYCLE …); NULL for the rest.' }),
    maximum_capability_mw: mw({ range: [0, 10_000], doc: 'Maximum capability.' }),
    net_generation_mw: mw({ range: [-2_000, 10_000], doc: 'Net generation; storage that charges is negative.' }),
    dispatched_contingency_reserve_mw: mw({ range: [0, 10_000], doc: 'Dispatched contingency reserve.' }),
  }),
  checks: [
    clocksAgree('check_last_updated_clocks'),
    oneOf('fuel', AESO_FUELS, { severity: 'warn' }),
    reconciles('net_generation_mw', {
      with: 'public.alberta_asset_generation',
      other: 'net_generation_mw',
      on: { timestamp: 'timestamp', asset_id: 'asset_id' },
    }),
  ],
  feeds: { source: 'aeso-api' },
  quirks: [NO_HISTORY_QUIRK, 'The fuel is named by the API only; the report without key has blocks without names.'],
});
