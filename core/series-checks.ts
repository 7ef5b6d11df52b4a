/** Checks that fit a kind of series, with the thresholds that were chosen for it on recorded real years (`docs/data-quality.md`). */
import {
  clockShift,
  distributionDrift,
  hourOfWeekAnomaly,
  type Peers,
  ramp,
  repeated,
  revisions,
  type TableCheck,
} from './table-check.ts';

interface SeriesOptions<Col extends string> {
  /** The clock that people live by. */
  readonly zone: string;
  readonly holidays?: Peers['holidays'];
  /** Columns of the key that tell series apart. */
  readonly by?: readonly Col[];
  /** How long after an instant the publisher still changes it, as in `publishes.revises`. */
  readonly revises: string;
}

/** Hourly load: people's week gives it a shape that little but a fault can move. */
export function loadSeries<const Col extends string>(column: Col, options: SeriesOptions<Col>): TableCheck<Col>[] {
  const { zone, holidays = null, by = [], revises } = options;
  return [
    hourOfWeekAnomaly(column, { zone, holidays, by }),
    ramp(column, { zone, holidays, by }),
    clockShift(column, { zone, by }),
    distributionDrift(column, { zone, by }),
    repeated(column, { by }),
    revisions(column, { after: revises }),
  ];
}

/**
 * Prices: heavy tails and long flat stretches are normal, so only the month as a whole is compared, widely, and repeats must be long. A price
 * may be corrected by any amount, so only how many are changed, and how late, counts.
 */
export function priceSeries<const Col extends string>(column: Col, options: SeriesOptions<Col>): TableCheck<Col>[] {
  const { zone, by = [], revises } = options;
  return [
    distributionDrift(column, { zone, by, of: 'median', threshold: 6 }),
    repeated(column, { by, rows: 20 }),
    revisions(column, { after: revises, maxChange: 1_000_000 }),
  ];
}
