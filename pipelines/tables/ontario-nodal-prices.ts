/** `ontario_nodal_prices`: what a megawatt hour costs at each place of the grid, in two markets. */
import { date, decimal, instant, table, text } from '../../core/contract.ts';

/**
 * `zone` of the platform's table stays NULL, since no file gives it. Prices are exact decimals, so the parts add up to the price to the
 * cent. There is no bound on a price here: places behind a constraint see prices far outside the settled ones (a warning says so).
 */
export const ontarioNodalPrices = table('public.ontario_nodal_prices', {
  datetime: instant({ key: true, doc: 'Start of the hour (day-ahead) or of the 5-minute interval (real time).' }),
  node_name: text({
    key: true,
    doc: 'Pricing location as IESO names it, without the ending :LMP of the real-time files. Aggregates keep their ending :PZ.',
  }),
  market: text({ key: true, oneOf: ['day_ahead', 'real_time'], doc: 'day_ahead: hourly. real_time: every 5 minutes.' }),
  lmp_price: decimal(10, 2, {
    unit: 'CAD/MWh',
    doc: 'Locational marginal price; NULL where the publisher has no number.',
  }),
  energy_price: decimal(10, 2, {
    unit: 'CAD/MWh',
    doc: 'Part that energy makes: lmp_price - loss_price - congestion_price. IESO does not publish it.',
  }),
  congestion_price: decimal(10, 2, { unit: 'CAD/MWh', doc: 'Part that congestion makes; may be negative.' }),
  loss_price: decimal(10, 2, { unit: 'CAD/MWh', doc: 'Part that losses make; may be negative.' }),
  market_date: date({ required: true, doc: "Delivery date on the publisher's clock, UTC-5 all year." }),
  interval_ending: instant({ required: true, doc: 'End of the hour or of the 5-minute interval.' }),
});
