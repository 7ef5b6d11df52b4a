/** `grid_status`: what a system operator measured at an instant. AESO and IESO write it, each its own region. */
import { decimal, instant, table, text } from '../../core/contract.ts';

/**
 * One row per region and instant. No source gives frequency, voltage or, in the same file, a congestion price: those columns stay NULL, and
 * `grid_stability_metrics` has the congestion that prices show.
 */
export const gridStatus = table('public.grid_status', {
  region: text({ key: true, doc: 'Full name of the province: Ontario, Alberta.' }),
  captured_at: instant({
    key: true,
    doc: "Start of the 5-minute interval (Ontario), or the instant of the operator's report (Alberta).",
  }),
  demand_mw: decimal(10, 2, {
    unit: 'MW',
    required: true,
    range: [0, 100_000],
    doc: 'Ontario: ONTARIO DEMAND. Alberta: Alberta Internal Load.',
  }),
  supply_mw: decimal(10, 2, {
    unit: 'MW',
    required: true,
    range: [0, 100_000],
    doc: 'What feeds the grid, imports included. Ontario: Total Energy. Alberta: total net generation plus imports over each path. Supply above demand is exported or lost.',
  }),
  reserve_margin: decimal(6, 3, {
    range: [0, 10],
    doc: 'Operating reserve as a fraction of demand: reserve / demand_mw. Reserve is Total 10S + Total 10N + Total 30R (Ontario), Dispatched Contingency Reserve (Alberta).',
  }),
  frequency_hz: decimal(6, 4, { unit: 'Hz', doc: 'NULL: no source publishes it.' }),
  voltage_kv: decimal(6, 3, { unit: 'kV', doc: 'NULL: no source publishes it.' }),
  congestion_index: decimal(6, 3, {
    doc: 'NULL: the report of demand and supply has no price. See grid_stability_metrics.congestion_index.',
  }),
  data_source: text({ required: true, doc: 'The report: ieso RealtimeTotals, aeso CSDReportServlet.' }),
  status: text({
    oneOf: ['stable', 'warning', 'critical'],
    doc: 'Alberta: stable where dispatched contingency reserve covers what is required, else warning. NULL where the operator publishes no requirement (Ontario).',
  }),
});
