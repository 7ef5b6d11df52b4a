/** How RealtimeTotals is read: two datasets take their columns from it. */
import { xml, type XmlDecode } from '../../core/decode.ts';

export const REALTIME_TOTALS_URL =
  'https://reports-public.ieso.ca/public/RealtimeTotals/PUB_RealtimeTotals_{yyyy}{mm}{dd}{hh}.xml';

/**
 * One raw row per market quantity, and one for the flag of each interval: the flag stands after the quantities, so their rows cannot
 * have it. Fits RealtimeConstTotals (to 2025-04-30) as well.
 */
export const realtimeTotalsDecode: XmlDecode = xml({
  rows: ['Document/DocBody/Energies/IntervalEnergy/MQ', 'Document/DocBody/Energies/IntervalEnergy/Flag'],
  element: 'Element',
  columns: {
    DeliveryDate: '../../../DeliveryDate',
    DeliveryHour: '../../../DeliveryHour',
    Interval: '../Interval',
    MarketQuantity: 'MarketQuantity',
    EnergyMW: 'EnergyMW',
    Flag: '../Flag',
  },
});
