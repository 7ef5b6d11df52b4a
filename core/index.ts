/** The definition language: what a definition imports. Inside this repository definitions import the files themselves. */
export {
  complete,
  frozen,
  matches,
  notAbove,
  notBelow,
  notNull,
  oneOf,
  range,
  solarAtNight,
  sql,
  sumsTo,
  unique,
} from './check.ts';
export {
  bigint,
  boolean,
  cadPerMwh,
  date,
  decimal,
  instant,
  integer,
  jsonb,
  measure,
  mw,
  mwh,
  table,
  text,
  textArray,
  typed,
  uuid,
} from './contract.ts';
export { arrow, csv, documents, json, parquet, sections, xml, zip } from './decode.ts';
export { daily, hourly, monthly, snapshot, whole, yearly } from './partitions.ts';
export { definePipeline, definePublisher } from './pipeline.ts';
export type { Licence, Pipeline, PipelineSpec, Publisher } from './pipeline.ts';
export {
  beyondHistory,
  clockShift,
  distributionDrift,
  hourOfWeekAnomaly,
  ramp,
  reconciles,
  repeated,
  revisions,
  volume,
} from './table-check.ts';
