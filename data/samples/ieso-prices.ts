/** Samples of IESO's price reports since the market renewal, and of the real-time totals. */
import { drift, type Hour, hoursOf, marketDemand, noise, ontarioDemand, price } from './shapes.ts';
import { type Sample, SAYS_SO } from './sample.ts';

const PUBLIC = 'reports-public.ieso.ca/public';
const NODES = Array.from({ length: 30 }, (_, i) => `SAMPLE${String(i + 1).padStart(2, '0')}-LT.G${(i % 4) + 1}`);
const SLOTS = Array.from({ length: 12 }, (_, i) => i + 1);

export function iesoPriceSamples(): Sample[] {
  return [
    ...['2025-12-30', '2025-12-31'].map((day) =>
      report(
        `DAHourlyOntarioZonalPrice/PUB_DAHourlyOntarioZonalPrice_${stamp(day)}.xml`,
        dayAheadZonal(day),
        day,
        `${day}T17:35:00Z`,
      ),
    ),
    report(
      'DAHourlyEnergyLMP/PUB_DAHourlyEnergyLMP_20251231.csv',
      dayAheadNodal('2025-12-31'),
      '2025-12-31, 31 of about 1,054 locations',
      '2025-12-31T17:35:00Z',
    ),
    ...hoursOf('2025-12-31', '2025-12-31')
      .slice(0, 2)
      .flatMap((hour) => [
        hourly('RealtimeEnergyLMP', 'csv', hour, realtimeNodal(hour), '31 of about 1,050 locations'),
        hourly('RealtimeOntarioZonalPrice', 'xml', hour, realtimeZonalByComponent(hour), 'the layout to 2026-03-04'),
        hourly('RealtimeTotals', 'xml', hour, realtimeTotals(hour), 'twelve intervals'),
      ]),
    // The second hour was asked for when nine intervals had come.
    ...hoursOf('2026-03-05', '2026-03-05')
      .slice(0, 2)
      .map((hour) => {
        const known = hour.hourEnding === 2 ? 9 : 12;
        const body = realtimeZonalByInterval(hour, known);
        return hourly('RealtimeOntarioZonalPrice', 'xml', hour, body, 'the layout since 2026-03-05', known);
      }),
  ];
}

/** `PUB_DAHourlyOntarioZonalPrice_YYYYMMDD.xml`. */
export function dayAheadZonal(day: string): string {
  const body = hoursOf(day, day).flatMap((hour) => [
    '<HourlyPriceComponents>',
    `<PricingHour>${hour.hourEnding}</PricingHour>`,
    `<ZonalPrice>${amount(price(hour))}</ZonalPrice>`,
    `<LossPriceCapped>${amount(loss(hour, 0))}</LossPriceCapped>`,
    `<CongestionPriceCapped>${amount(congestion(hour, 0))}</CongestionPriceCapped>`,
    '<Flag>DSO-RD</Flag>',
    '</HourlyPriceComponents>',
  ]);
  return document(
    'DAHourlyOntarioZonalPrice',
    'Day Ahead Hourly Ontario Zonal Energy Price Report',
    `${dayBefore(day)}T12:31:16`,
    [`<DeliveryDate>${day}</DeliveryDate>`, ...body],
  );
}

/** `PUB_DAHourlyEnergyLMP_YYYYMMDD.csv`, with one aggregate. */
export function dayAheadNodal(day: string): string {
  const rows = [...NODES, 'SAMPLE:PZ'].flatMap((node, i) =>
    hoursOf(day, day).map((hour) => [hour.hourEnding, node, ...parts(hour, i)].join(',')),
  );
  return nodal(day, `${dayBefore(day)} 12:33:57`, 'Delivery Hour,Pricing Location', rows);
}

/** `PUB_RealtimeEnergyLMP_YYYYMMDDHH.csv`; one price is no number. */
export function realtimeNodal(hour: Hour): string {
  const rows = [...NODES.map((node) => `${node}:LMP`), 'SAMPLE:PZ'].flatMap((node, i) =>
    SLOTS.map((slot) => {
      const cells = i === 3 && slot === 7 ? ['N/A', '0.00', '0.00'] : parts(hour, i * 12 + slot);
      return [hour.hourEnding, slot, node, ...cells].join(',');
    }),
  );
  return nodal(
    hour.day,
    `${hour.day} ${two(hour.hourEnding - 1)}:57:30`,
    'Delivery Hour,Interval,Pricing Location',
    rows,
  );
}

function nodal(day: string, issued: string, columns: string, rows: readonly string[]): string {
  const lines = [
    `CREATED AT ${issued.replaceAll('-', '/')} FOR ${day.replaceAll('-', '/')}`,
    `${columns},LMP,Energy Loss Price,Energy Congestion Price`,
    ...rows,
  ];
  return `${lines.join('\n')}\n`;
}

/** `PUB_RealtimeOntarioZonalPrice_YYYYMMDDHH.xml` since 2026-03-05: slots after `known` are there and empty. */
export function realtimeZonalByInterval(hour: Hour, known: number): string {
  const tag = (name: string, value: number, slot: number): string =>
    slot <= known ? `<${name}>${amount(value)}</${name}>` : `<${name}/>`;
  const slots = SLOTS.flatMap((slot) => [
    '<ZonalPrice>',
    `<Interval>${slot}</Interval>`,
    slot <= known ? '<Flag>DSO-RD</Flag>' : '<Flag/>',
    tag('LmpCap', slotPrice(hour, slot), slot),
    tag('LossPriceCap', loss(hour, slot), slot),
    tag('CongPriceCap', congestion(hour, slot), slot),
    '</ZonalPrice>',
  ]);
  const average = (of: (slot: number) => number): string =>
    amount(SLOTS.slice(0, known).reduce((sum, slot) => sum + of(slot), 0) / known);
  return document('RealtimeOntarioZonalPrice', 'Realtime Ontario Zonal Price Report', createdAt(hour, known), [
    `<DeliveryDate>${hour.day}</DeliveryDate>`,
    `<DeliveryHour>${hour.hourEnding}</DeliveryHour>`,
    ...slots,
    '<AveragePrice>',
    `<LmpCap>${average((slot) => slotPrice(hour, slot))}</LmpCap>`,
    `<LossPriceCap>${average((slot) => loss(hour, slot))}</LossPriceCap>`,
    `<CongPriceCap>${average((slot) => congestion(hour, slot))}</CongPriceCap>`,
    '</AveragePrice>',
  ]);
}

/** The same report to 2026-03-04: a block per component of the price. */
export function realtimeZonalByComponent(hour: Hour): string {
  const components = [
    ['Zonal Price', slotPrice],
    ['Energy Loss Price', loss],
    ['Energy Congestion Price', congestion],
  ] as const;
  const blocks = components.flatMap(([name, of]) => [
    '<RealTimePriceComponents>',
    `<OntarioZonalPrice>${name}</OntarioZonalPrice>`,
    ...SLOTS.map(
      (slot) =>
        `<OntarioZonalPriceInterval${slot}><Interval${slot}>${amount(of(hour, slot))}</Interval${slot}></OntarioZonalPriceInterval${slot}>`,
    ),
    '</RealTimePriceComponents>',
  ]);
  return document('RealtimeOntarioZonalPrice', 'Realtime Ontario Zonal Price Report', createdAt(hour, 12), [
    `<DeliveryDate>For ${hour.day} - Hour ${hour.hourEnding}</DeliveryDate>`,
    ...blocks,
  ]);
}

/** `PUB_RealtimeTotals_YYYYMMDDHH.xml`. */
export function realtimeTotals(hour: Hour): string {
  const intervals = SLOTS.flatMap((slot) => {
    const at = hour.ordinal * 12 + slot;
    const load = marketDemand(hour) + Math.round(400 * drift(41, at, 12)) / 10;
    const lost = 290 + Math.round(300 * noise(42, at)) / 10;
    const quantities = {
      'Total Energy': load + lost,
      'Total Loss': lost,
      'Total Load': load,
      'Total Dispatch Load Scheduled OFF': 0,
      'Total 10S': 380 + 50 * noise(43, at),
      'Total 10N': 910 + 60 * noise(44, at),
      'Total 30R': 110 + 30 * noise(45, at),
      'ONTARIO DEMAND': ontarioDemand(hour) + 40 * drift(41, at, 12),
    };
    return [
      '<IntervalEnergy>',
      `<Interval>${slot}</Interval>`,
      ...Object.entries(quantities).flatMap(([name, mw]) => [
        '<MQ>',
        `<MarketQuantity>${name}</MarketQuantity>`,
        `<EnergyMW>${Math.round(mw * 10) / 10}</EnergyMW>`,
        '</MQ>',
      ]),
      '<Flag>DSO-RD</Flag>',
      '</IntervalEnergy>',
    ];
  });
  return document('RealtimeTotals', 'Realtime Totals Report', createdAt(hour, 12), [
    `<DeliveryDate>${hour.day}</DeliveryDate>`,
    `<DeliveryHour>${hour.hourEnding}</DeliveryHour>`,
    '<Energies>',
    ...intervals,
    '</Energies>',
  ]);
}

function document(id: string, title: string, created: string, body: readonly string[]): string {
  return `${[
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<!-- ${SAYS_SO} -->`,
    `<?xml-stylesheet type="text/xsl" href="https://reports-public.ieso.ca/docrefs/stylesheet/${id}_HTML_t1-1.xsl" ?>`,
    `<Document docID="${id}" xmlns="http://www.ieso.ca/schema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.ieso.ca/schema https://reports-public.ieso.ca/docrefs/schema/${id}_r1.xsd">`,
    '<DocHeader>',
    `<DocTitle>${title}</DocTitle>`,
    '<DocRevision>1</DocRevision>',
    '<DocConfidentiality>',
    '<DocConfClass>PUB</DocConfClass>',
    '</DocConfidentiality>',
    `<CreatedAt>${created}</CreatedAt>`,
    '</DocHeader>',
    '<DocBody>',
    ...body,
    '</DocBody>',
    '</Document>',
  ].join('\n')}\n`;
}

/** Price, loss and congestion of one place, as the CSV files write them. */
function parts(hour: Hour, seed: number): string[] {
  const lost = Math.round(200 * drift(51, hour.ordinal + seed * 97, 8)) / 100;
  const congested = seed % 5 === 0 ? Math.round(900 * drift(52, hour.ordinal + seed * 89, 6)) / 100 : 0;
  return [price(hour) + lost + congested, lost, congested].map((value) => value.toFixed(2));
}

function slotPrice(hour: Hour, slot: number): number {
  return price(hour) + 3 * drift(53, hour.ordinal * 12 + slot, 4);
}

function loss(hour: Hour, slot: number): number {
  return 0.3 * drift(54, hour.ordinal * 12 + slot, 30);
}

function congestion(hour: Hour, slot: number): number {
  return 4 * drift(55, hour.ordinal * 12 + slot, 40);
}

/** At most two decimals, none that are zero: `45`, `-0.1`. */
function amount(value: number): string {
  return String(Math.round(value * 100) / 100 + 0);
}

function createdAt(hour: Hour, known: number): string {
  return `${hour.day}T${two(hour.hourEnding - 1)}:${two(Math.max(0, known * 5 - 8))}:30`;
}

function dayBefore(day: string): string {
  return new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10);
}

function stamp(day: string): string {
  return day.replaceAll('-', '');
}

function two(n: number): string {
  return String(n).padStart(2, '0');
}

/** Asked for when the first `known` intervals were there. */
function hourly(name: string, ending: 'csv' | 'xml', hour: Hour, body: string, covers: string, known = 12): Sample {
  const path = `${name}/PUB_${name}_${stamp(hour.day)}${two(hour.hourEnding)}.${ending}`;
  const recordedAt = new Date(Date.parse(hour.day) + (4 + hour.hourEnding) * 3_600_000 + known * 300_000).toISOString();
  return report(path, body, `hour ending ${hour.hourEnding} of ${hour.day}, ${covers}`, recordedAt);
}

/** The CSV reports have no line for a remark: index and header say what they are. */
function report(path: string, body: string, covers: string, recordedAt: string): Sample {
  return {
    url: `https://${PUBLIC}/${path}`,
    file: `${PUBLIC}/${path}`,
    contentType: path.endsWith('.xml') ? 'text/xml' : 'text/csv',
    body,
    covers,
    recordedAt,
    saysSo: path.endsWith('.xml'),
  };
}
