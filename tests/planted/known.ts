/** What the checks find in the recorded files as they were published, with the reason: whatever is not listed here is a false alarm. */

/**
 * `fault`: the file is wrong or lacks something. `event`: the data are right and the world was unusual. `cut off`: the recorded file was issued
 * before its interval was over.
 */
export type Truth = 'fault' | 'event' | 'cut off';

export interface Found {
  readonly dataset: string;
  /** Label of the interval: `2003`, `2019-10`. */
  readonly interval: string;
  readonly check: string;
  readonly subject: string;
  readonly severity: string;
  readonly rows: number;
}

export interface Known {
  readonly dataset: string;
  /** Beginning of the check's name, without its thresholds. */
  readonly check: string;
  /** The interval as a whole (`2003`), or the beginning of a subject within it (`2003: 2003-08-14`). */
  readonly subject: string;
  readonly truth: Truth;
  readonly reason: string;
}

const BLACKOUT = 'the blackout of 2003-08-14: demand of Ontario fell to 2,270 MW';
const CUT_OFF = 'the file was issued before the year was over, as the index of the recordings says';

export const KNOWN: readonly Known[] = [
  ...['ieso-demand', 'ieso-demand-zonal'].flatMap((dataset): Known[] => [
    { dataset, check: 'hourOfWeekAnomaly(', subject: '2003: 2003-08-1', truth: 'event', reason: BLACKOUT },
    { dataset, check: 'ramp(', subject: '2003: 2003-08-14', truth: 'event', reason: BLACKOUT },
  ]),
  {
    dataset: 'ieso-demand',
    check: 'ramp(',
    subject: '2016: 2016-08-10T18',
    truth: 'fault',
    reason:
      'both columns are about 3 GW lower for one hour (Ontario by 3,363 MW), while the price stood at 36 CAD/MWh: most likely the report, nobody has said so',
  },
  {
    dataset: 'ieso-demand',
    check: 'complete(',
    subject: '2025: 2025-05-01T05',
    truth: 'fault',
    reason: 'the first hour of the renewed market was never published',
  },
  {
    dataset: 'ieso-demand-zonal',
    check: 'reconciles(',
    subject: '2003',
    truth: 'fault',
    reason: 'two reports of the publisher give different demand in 198 hours of 2003',
  },
  {
    dataset: 'ieso-generation-by-fuel',
    check: 'solarAtNight(',
    subject: '2026: 2026-07-17T0',
    truth: 'fault',
    reason: 'solar output stands at 11 MW from dusk to dawn',
  },
  {
    dataset: 'ieso-generation-by-fuel',
    check: 'sql(transforms/ieso/checks/generation_without_output.sql)',
    subject: '2026: 2026-07-15T0',
    truth: 'fault',
    reason: 'CONTROL ACTIONS is listed on 2026-07-15 without an output in nine hours',
  },
  {
    dataset: 'ieso-generation-by-fuel',
    check: 'volume(',
    subject: '2026: 2026-07-15T0',
    truth: 'event',
    reason: 'another fuel, CONTROL ACTIONS, is listed on this day alone: 24 rows more',
  },
  {
    dataset: 'ieso-generator-output',
    check: 'sql(transforms/ieso/checks/output_above_capability.sql)',
    subject: '2023-09-01: 2023-09-02T02:00:00Z, PRINCEFARM',
    truth: 'fault',
    reason:
      'the wind farm is said to have had nothing available in an hour in which 26 MW were forecast and 25 MW came',
  },
  {
    dataset: 'ieso-intertie-year',
    check: 'beyondHistory(',
    subject: '2025: 2025-07-16T14:00:00Z, PQ.D5A',
    truth: 'event',
    reason: 'the schedule of the same file has the import of 238 MW: a day on which the tie was used as on no other',
  },
  { dataset: 'ieso-hoep', check: 'complete(', subject: '2020', truth: 'cut off', reason: CUT_OFF },
  { dataset: 'ieso-hoep', check: 'complete(', subject: '2023', truth: 'cut off', reason: CUT_OFF },
  {
    dataset: 'aeso-ets-pool-price',
    check: 'distributionDrift(market_demand_mw',
    subject: '2016: 2016-05-01',
    truth: 'event',
    reason: 'the wildfire at Fort McMurray took load away in May 2016',
  },
  {
    dataset: 'aeso-ets-pool-price',
    check: 'complete(',
    subject: '2023',
    truth: 'cut off',
    reason: 'the report was made on 2023-10-14 and ends with hours that were not yet known',
  },
  ...['2019-10', '2019-11', '2019-12'].map((month): Known => ({
    dataset: 'eccc-weather-toronto',
    check: 'complete(',
    subject: month,
    truth: 'cut off',
    reason: 'observations end with 2019-10-19: the file lists the hours to come without any',
  })),
  ...[
    ['eccc-weather-toronto', '2017-06: 2017-06-10T05'],
    ['eccc-weather-toronto', '2017-11: 2017-11-08T17'],
    ['eccc-weather-toronto', '2018-07: 2018-07-07T05'],
    ['eccc-weather-toronto', '2018-09: 2018-09-09T08'],
    ['eccc-weather-toronto', '2019-05: 2019-05-13T23'],
    ['eccc-weather-calgary', '2019-07: 2019-07-06T07'],
    ['eccc-weather-calgary-cs', '2019-09: 2019-09-13T16'],
  ].map(([dataset = '', subject = '']): Known => ({
    dataset,
    check: 'complete(',
    subject,
    truth: 'fault',
    reason: 'the file lists the hour without any observation',
  })),
];

/** The entry that explains it; undefined for a false alarm. */
export function knownOf({ dataset, check, subject }: Found): Known | undefined {
  return KNOWN.find(
    (known) =>
      known.dataset === dataset &&
      check.startsWith(known.check) &&
      (subject === known.subject || within(subject, known)),
  );
}

/** An interval as a whole does not explain what lies in a single row of it. */
function within(subject: string, known: Known): boolean {
  return known.subject.includes(': ') && subject.startsWith(known.subject);
}
