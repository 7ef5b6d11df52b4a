/** Samples of IESO's physical reports: demand by zone, generators, interties. Names of generators are made up like their numbers. */
import type { Sample } from './sample.ts';
import { SAYS_SO } from './sample.ts';
import { drift, type Hour, hoursOf, noise, ontarioDemand, sun } from './shapes.ts';

const PUBLIC = 'reports-public.ieso.ca/public';
const BACKSLASHES = '\\\\';
const LAST_DAY = '2025-12-31';
const LAST_WEEK = '2025-12-25';

export function iesoPhysicalSamples(): Sample[] {
  return [
    report(
      'DemandZonal/PUB_DemandZonal_2025.csv',
      zonalReport('2025-12-18', LAST_DAY),
      '18 to 31 December 2025, with three hours without zones and a frozen zone',
    ),
    report('GenOutputCapability/PUB_GenOutputCapability_20251231.xml', generatorDay(LAST_DAY), '31 December 2025'),
    report(
      'GenOutputCapabilityMonth/PUB_GenOutputCapabilityMonth_202512.csv',
      generatorMonth(LAST_WEEK, LAST_DAY),
      'the last seven days of December 2025',
    ),
    report(
      'IntertieScheduleFlow/PUB_IntertieScheduleFlow_20251231.xml',
      intertieDay(LAST_DAY),
      '31 December 2025, two interties',
    ),
    report(
      'IntertieScheduleFlowYear/PUB_IntertieScheduleFlowYear_2025.csv',
      intertieYear(LAST_WEEK, LAST_DAY),
      'the last seven days of 2025',
    ),
  ];
}

function report(path: string, body: string, covers: string): Sample {
  return {
    url: `https://${PUBLIC}/${path}`,
    file: `${PUBLIC}/${path}`,
    contentType: path.endsWith('.xml') ? 'text/xml' : 'text/csv',
    body,
    covers,
    recordedAt: '2026-01-31T17:00:00Z',
    saysSo: true,
  };
}

function csvReport(preamble: readonly string[], header: readonly string[], rows: readonly string[]): string {
  const padding = ','.repeat((header.at(-1) ?? '').split(',').length - 1);
  const lines = [...preamble, SAYS_SO].map((line) => `${BACKSLASHES}${line}${padding}`);
  return `${[...lines, ...header, ...rows].join('\n')}\n`;
}

function xmlReport(docId: string, title: string, revision: number, body: readonly string[]): string {
  return `${[
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<!-- ${SAYS_SO} -->`,
    `<IMODocument docID="${docId}" xmlns="http://www.theIMO.com/schema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.theIMO.com/schema http://reports.ieso.ca/docrefs/schema/${docId}_r${revision}.xsd">`,
    '<IMODocHeader>',
    `<DocTitle>${title}</DocTitle>`,
    `<DocRevision>${revision}</DocRevision>`,
    '<DocConfidentiality>',
    '<DocConfClass>PUB</DocConfClass>',
    '</DocConfidentiality>',
    '<CreatedAt>2026-01-01T00:31:02</CreatedAt>',
    '</IMODocHeader>',
    '<IMODocBody>',
    ...body,
    '</IMODocBody>',
    '</IMODocument>',
  ].join('\n')}\n`;
}

const leaf = (name: string, text: string | number): string => `<${name}>${text}</${name}>`;
const element = (name: string, leaves: readonly string[]): string[] => [`<${name}>`, ...leaves, `</${name}>`];

/** A thousand and more is quoted, with a separator. */
function megawatts(mw: number): string {
  const shown = String(mw).replace(/\B(?=(\d{3})+$)/g, ',');
  return shown.includes(',') ? `"${shown}"` : shown;
}

const ZONES: readonly (readonly [name: string, share: number])[] = [
  ['Northwest', 0.034],
  ['Northeast', 0.083],
  ['Ottawa', 0.069],
  ['East', 0.057],
  ['Toronto', 0.353],
  ['Essa', 0.07],
  ['Bruce', 0.006],
  ['Southwest', 0.187],
  ['Niagara', 0.031],
  ['West', 0.11],
];

function zonalReport(first: string, last: string): string {
  const header = ['Date', 'Hour', 'Ontario Demand', ...ZONES.map(([name]) => name), 'Zone Total', 'Diff'].join(',');
  const rows = hoursOf(first, last).map((hour) => {
    const demand = ontarioDemand(hour);
    const zones = ZONES.map(([name, share], i) => zoneDemand(hour, name, share, i));
    const sum = zones.reduce((total, mw) => total + mw, 0);
    // Published totals are of numbers that were not rounded yet.
    const total = sum === 0 ? 0 : sum + Math.floor(3 * noise(58, hour.ordinal)) - 1;
    return [hour.day, hour.hourEnding, demand, ...zones, total, megawatts(total - demand)].join(',');
  });
  return csvReport(['Hourly Zonal Demand Report', 'Created at 2026-01-31 08:01:08', 'For 2025'], [header], rows);
}

/** What the real files have in other years is planted: hours in which all zones are zero, and a zone that stands still. */
function zoneDemand(hour: Hour, name: string, share: number, i: number): number {
  if (hour.day === '2025-12-22' && hour.hourEnding >= 12 && hour.hourEnding <= 14) return 0;
  if (name === 'Niagara' && hour.day === '2025-12-29' && hour.hourEnding >= 6 && hour.hourEnding <= 23) return 431;
  return Math.round(ontarioDemand(hour) * share * (1 + 0.02 * drift(59 + i, hour.ordinal, 12)));
}

interface Generator {
  readonly name: string;
  readonly fuel: string;
  readonly capacity: number;
  /** Share of its capacity that it puts out, 0 to 1; null where none is published. */
  readonly load: (hour: Hour) => number | null;
}

const GENERATORS: readonly Generator[] = [
  {
    name: 'SAMPLE NUCLEAR-G1',
    fuel: 'NUCLEAR',
    capacity: 880,
    load: (hour) => 0.97 + 0.02 * drift(71, hour.ordinal, 90),
  },
  { name: 'SAMPLE FALLS', fuel: 'HYDRO', capacity: 620, load: (hour) => 0.6 + 0.3 * drift(72, hour.ordinal, 10) },
  { name: 'SAMPLE GAS-G1', fuel: 'GAS', capacity: 420, load: (hour) => 0.5 + 0.4 * drift(73, hour.ordinal, 8) },
  { name: 'SAMPLE GAS-G2', fuel: 'GAS', capacity: 180, load: () => null },
  { name: 'SAMPLE WIND', fuel: 'WIND', capacity: 230, load: (hour) => 0.45 + 0.4 * drift(74, hour.ordinal, 16) },
  { name: 'SAMPLE SOLAR', fuel: 'SOLAR', capacity: 100, load: (hour) => 0.8 * sun(hour) },
  { name: 'SAMPLE BESS', fuel: 'OTHER', capacity: 250, load: (hour) => Math.max(0, drift(75, hour.ordinal, 5)) },
];

/** Of an hour: what both files hold, in their words. */
function generatorHour(
  { fuel, capacity, load }: Generator,
  hour: Hour,
): { output: number | null; forecast: number; inService: number } {
  const share = load(hour);
  const variable = fuel === 'WIND' || fuel === 'SOLAR';
  const forecast = Math.round(capacity * Math.min(1, (share ?? 0) * (1 + 0.1 * drift(76, hour.ordinal, 6))));
  return {
    output: share === null ? null : Math.round(capacity * share),
    forecast: variable ? forecast : capacity,
    inService: capacity,
  };
}

function generatorDay(day: string): string {
  const hours = hoursOf(day, day);
  const list = (outer: string, inner: string, mw: (hour: Hour) => number | null): string[] =>
    element(
      outer,
      hours.flatMap((hour) => {
        const value = mw(hour);
        return element(inner, [leaf('Hour', hour.hourEnding), ...(value === null ? [] : [leaf('EnergyMW', value)])]);
      }),
    );
  const generators = GENERATORS.flatMap((generator) =>
    element('Generator', [
      leaf('GeneratorName', generator.name),
      leaf('FuelType', generator.fuel),
      ...list('Outputs', 'Output', (hour) => generatorHour(generator, hour).output),
      ...list('Capabilities', 'Capability', (hour) => generatorHour(generator, hour).forecast),
      ...list('Capacities', 'AvailCapacity', (hour) => generatorHour(generator, hour).inService),
    ]),
  );
  return xmlReport('GenOutputCapability', 'Generators Output and Capability Report', 4, [
    leaf('Date', day),
    ...element('Generators', generators),
  ]);
}

function generatorMonth(first: string, last: string): string {
  const header = [
    'Delivery Date',
    'Generator',
    'Fuel Type',
    'Measurement',
    ...Array.from({ length: 24 }, (_, i) => `Hour ${i + 1}`),
  ].join(',');
  const days = [...new Set(hoursOf(first, last).map(({ day }) => day))];
  const rows = days.flatMap((day) =>
    GENERATORS.flatMap((generator) => {
      const hours = hoursOf(day, day).map((hour) => generatorHour(generator, hour));
      const variable = generator.fuel === 'WIND' || generator.fuel === 'SOLAR';
      // Rows end with a comma that the header does not have.
      const row = (measurement: string, mw: readonly (number | null)[]): string =>
        `${[day, generator.name, generator.fuel, measurement, ...mw.map((value) => value ?? '')].join(',')},`;
      return [
        ...(variable
          ? [
              row(
                'Available Capacity',
                hours.map(({ inService }) => inService),
              ),
            ]
          : []),
        row(
          variable ? 'Forecast' : 'Capability',
          hours.map(({ forecast }) => forecast),
        ),
        row(
          'Output',
          hours.map(({ output }) => output),
        ),
      ];
    }),
  );
  return csvReport(
    ['Generator Output Capability Month Report', 'Created at 2026-01-01 06:00:14', 'For December 2025'],
    [header],
    rows,
  );
}

const INTERTIES = [
  'MANITOBA',
  'MANITOBA SK',
  'MICHIGAN',
  'MINNESOTA',
  'NEW-YORK',
  'PQ.AT',
  'PQ.B5D.B31L',
  'PQ.D4Z',
  'PQ.D5A',
  'PQ.H4Z',
  'PQ.H9A',
  'PQ.P33C',
  'PQ.Q4C',
  'PQ.X2Y',
] as const;
/** Two of them keep the daily sample small. */
const DAILY_INTERTIES = ['MANITOBA', 'NEW-YORK'] as const;
const LARGE: Readonly<Record<string, number>> = { MANITOBA: 120, MICHIGAN: 700, 'NEW-YORK': 1_100, 'PQ.AT': 900 };

function schedule(intertie: string, hour: Hour): readonly [imports: number, exports: number] {
  const i = INTERTIES.findIndex((name) => name === intertie);
  const size = LARGE[intertie] ?? 40;
  return [
    Math.max(0, Math.round(size * 0.4 * drift(81 + i, hour.ordinal, 9))),
    Math.max(0, Math.round(size * (0.5 + 0.6 * drift(101 + i, hour.ordinal, 11)))),
  ];
}

/** Tenths of a megawatt in interval 1 to 12; positive is export. */
function flowTenths(intertie: string, hour: Hour, interval: number): number {
  const i = INTERTIES.findIndex((name) => name === intertie);
  const [imports, exports] = schedule(intertie, hour);
  return Math.round(10 * (exports - imports) + 400 * (noise(121 + i, 12 * hour.ordinal + interval) - 0.5));
}

const INTERVALS = Array.from({ length: 12 }, (_, i) => i + 1);
const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, n) => sum + n, 0);

function intertieDay(day: string): string {
  const hours = hoursOf(day, day);
  const lists = (interties: readonly string[]): string[] => [
    ...element(
      'Schedules',
      hours.flatMap((hour) => {
        const sides = interties.map((intertie) => schedule(intertie, hour));
        return element('Schedule', [
          leaf('Hour', hour.hourEnding),
          leaf('Import', sumOf(sides.map(([imports]) => imports))),
          leaf('Export', sumOf(sides.map(([, exports]) => exports))),
        ]);
      }),
    ),
    ...element(
      'Actuals',
      hours.flatMap((hour) =>
        INTERVALS.flatMap((interval) =>
          element('Actual', [
            leaf('Hour', hour.hourEnding),
            leaf('Interval', interval),
            leaf('Flow', sumOf(interties.map((intertie) => flowTenths(intertie, hour, interval))) / 10),
          ]),
        ),
      ),
    ),
  ];
  return xmlReport('IntertieScheduleFlow', 'Intertie Schedule and Flow Report', 2, [
    leaf('Date', day),
    ...DAILY_INTERTIES.flatMap((intertie) =>
      element('IntertieZone', [leaf('IntertieZoneName', intertie), ...lists([intertie])]),
    ),
    ...element('Totals', lists(DAILY_INTERTIES)),
  ]);
}

function intertieYear(first: string, last: string): string {
  const names = [...INTERTIES, 'Total'];
  const header = [
    ['', '', ...names.flatMap((name) => [name, name, name])].join(','),
    ['Date', 'Hour', ...names.flatMap(() => ['Imp', 'Exp', 'Flow'])].join(','),
  ];
  const rows = hoursOf(first, last).map((hour) => {
    const cells = INTERTIES.map((intertie) => [
      ...schedule(intertie, hour),
      Math.round(sumOf(INTERVALS.map((interval) => flowTenths(intertie, hour, interval))) / 120),
    ]);
    const totals = [0, 1, 2].map((i) => sumOf(cells.map((cell) => cell[i] ?? 0)));
    return [hour.day, hour.hourEnding, ...cells.flat(), ...totals].join(',');
  });
  return csvReport(
    ['Yearly Intertie Schedule and Flow Report', 'Created at 2026-01-31 08:02:08', 'For 2025'],
    header,
    rows,
  );
}
