/** Real-time price for all of Ontario, every 5 minutes, one XML file an hour; the layout changed on 2026-03-05 under one and the same revision. */
import { complete, sql } from '../../core/check.ts';
import { cadPerMwh, instant, table, text } from '../../core/contract.ts';
import { xml } from '../../core/decode.ts';
import { hourly } from '../../core/partitions.ts';
import { definePipeline } from '../../core/pipeline.ts';
import { iesoLicence } from './licence.ts';

/** The earlier layout: a row per component of the price, and in it an element per interval. */
const earlierIntervals = Object.fromEntries(
  Array.from({ length: 12 }, (_, i) => [`Interval${i + 1}`, `OntarioZonalPriceInterval${i + 1}/Interval${i + 1}`]),
);

export default definePipeline({
  id: 'ieso-realtime-zonal-price',
  title: 'Ontario real-time zonal price, every 5 minutes',
  publisher: 'ieso',
  licence: iesoLicence,
  partitions: hourly({ from: '2025-05-01', zone: 'Etc/GMT+5' }),
  extract: {
    url: 'https://reports-public.ieso.ca/public/RealtimeOntarioZonalPrice/PUB_RealtimeOntarioZonalPrice_{yyyy}{mm}{dd}{hh}.xml',
    decode: xml({
      // The layout is told by the elements that are there.
      rows: ['Document/DocBody/ZonalPrice', 'Document/DocBody/RealTimePriceComponents'],
      element: 'Element',
      columns: {
        DeliveryDate: '../DeliveryDate',
        DeliveryHour: '../DeliveryHour',
        Interval: 'Interval',
        Flag: 'Flag',
        LmpCap: 'LmpCap',
        LossPriceCap: 'LossPriceCap',
        CongPriceCap: 'CongPriceCap',
        OntarioZonalPrice: 'OntarioZonalPrice',
        ...earlierIntervals,
      },
    }),
  },
  // The file of the hour is rewritten every 5 minutes, the last time about 3 minutes before the hour ends. How long it is revised is not published.
  publishes: {
    every: 'PT5M',
    delay: 'PT10M',
    revises: 'PT2H',
    retention: 'P92D',
    keptAtLeast: 'P70D',
    staleAfter: 'PT1H',
    schedule: '*/5 * * * *',
    zone: 'Etc/GMT+5',
  },
  transform: 'transforms/ieso/realtime_zonal_price.sql',
  table: table('public.ontario_realtime_prices', {
    interval_start: instant({ key: true, doc: 'Start of the 5-minute interval.' }),
    price_cad_per_mwh: cadPerMwh({
      range: [-2_000, 2_000],
      doc: 'Real-time Ontario zonal price, as capped for settlement; loss and congestion are parts of it.',
    }),
    loss_price_cad_per_mwh: cadPerMwh({ range: [-2_000, 2_000], doc: 'Part that losses make; may be negative.' }),
    congestion_price_cad_per_mwh: cadPerMwh({
      range: [-2_000, 2_000],
      doc: 'Part that congestion makes; may be negative. Energy part = price - loss - congestion.',
    }),
    flag: text({
      doc: 'How the price came about, as published: DSO-RD is the calculation itself. NULL before 2026-03-05.',
    }),
  }),
  checks: [
    complete('interval_start', 'PT5M'),
    sql('transforms/ieso/checks/realtime_zonal_price_left_out.sql', {
      over: 'raw',
      severity: 'info',
      doc: 'each of the twelve slots of the hour has a price; slots of the future are empty',
    }),
    sql('transforms/ieso/checks/realtime_zonal_price_unknown.sql', {
      over: 'raw',
      doc: 'the component of the price is one that has a column',
    }),
  ],
  feeds: { source: 'ieso' },
  quirks: [
    'Two layouts under one document revision: to 2026-03-04 a block per component of the price, then a block per interval. The elements in the file tell them apart.',
    'In the earlier layout the delivery date is a text: For 2025-08-20 - Hour 1.',
    'Slots of intervals to come are there and empty; they are no rows.',
    'The average price of the hour, which stands after the intervals, is not an interval and is not loaded.',
    'Files are purged after about 90 days.',
  ],
});
