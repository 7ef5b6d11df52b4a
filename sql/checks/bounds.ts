/** Which rows of a table a check tests. */

/**
 * Own rows that belong to an interval. `time`: those whose instant lies in it. `all`: one file holds everything. `load`: a snapshot
 * holds what it brought.
 */
export type Scope = 'time' | 'all' | 'load';

/** Which rows are tested. */
export interface Bounds {
  /** SQL: parameters or literals. */
  readonly from: string;
  readonly to: string;
  readonly loadId: string;
  /** The same in milliseconds since the epoch, for what is looked up here. */
  readonly start: number;
  readonly end: number;
  /** The band is wanted of every row, also of those that lie well within it. */
  readonly every?: true;
}
