/** `ontario_prices`: one price an hour, and which price it is. Two datasets write it; their days do not overlap. */
import { cadPerMwh, instant, table, text } from '../../core/contract.ts';

/** Both markets settle within ±2,000 CAD/MWh. */
const SETTLED = [-2_000, 2_000] as const;

export const ontarioPrices = table('public.ontario_prices', {
  datetime: instant({ key: true, doc: 'Start of the hour.' }),
  definition: text({
    required: true,
    oneOf: ['hoep', 'day_ahead_ontario_zonal_price'],
    doc: 'Which price price_cad_per_mwh is. hoep, to 2025-04-30: the average of the twelve real-time 5-minute prices of the hour. day_ahead_ontario_zonal_price, from 2025-05-01: the price for all of Ontario that the day-ahead market fixed the day before. They are not one series.',
  }),
  price_cad_per_mwh: cadPerMwh({
    range: SETTLED,
    doc: 'The price that the column definition names; loss and congestion are parts of it.',
  }),
  hoep: cadPerMwh({
    range: SETTLED,
    doc: 'Hourly Ontario Energy Price: average of the twelve 5-minute prices. NULL after 2025-04-30, when it ended.',
  }),
  loss_price_cad_per_mwh: cadPerMwh({
    range: SETTLED,
    doc: 'Part of the day-ahead price that losses make; may be negative. NULL for HOEP. Energy part = price - loss - congestion.',
  }),
  congestion_price_cad_per_mwh: cadPerMwh({
    range: SETTLED,
    doc: 'Part of the day-ahead price that congestion makes; may be negative. NULL for HOEP.',
  }),
  predispatch_1h_cad_per_mwh: cadPerMwh({
    range: SETTLED,
    doc: 'HOEP foreseen one hour ahead. NULL after 2025-04-30.',
  }),
  predispatch_2h_cad_per_mwh: cadPerMwh({
    range: SETTLED,
    doc: 'HOEP foreseen two hours ahead. NULL after 2025-04-30.',
  }),
  predispatch_3h_cad_per_mwh: cadPerMwh({
    range: SETTLED,
    doc: 'HOEP foreseen three hours ahead. NULL after 2025-04-30.',
  }),
  or_10min_sync_cad_per_mwh: cadPerMwh({
    range: SETTLED,
    doc: 'Operating reserve, 10 minutes, synchronised. Blank before 2018, NULL after 2025-04-30.',
  }),
  or_10min_non_sync_cad_per_mwh: cadPerMwh({
    range: SETTLED,
    doc: 'Operating reserve, 10 minutes, not synchronised. Blank before 2018, NULL after 2025-04-30.',
  }),
  or_30min_cad_per_mwh: cadPerMwh({
    range: SETTLED,
    doc: 'Operating reserve, 30 minutes. Blank before 2018, NULL after 2025-04-30.',
  }),
});
