/** OpenLineage events (spec 2-0-2) from definitions, plans and reports. Pure: nothing is sent here, and nothing is said that is not known. */
import { createHash } from 'node:crypto';
import { checkName } from '../core/check.ts';
import { redact } from '../core/errors.ts';
import type { Pipeline } from '../core/pipeline.ts';
import type { DatasetReport, RunReport } from '../reports/model.ts';
import { addressesOf } from '../loaders/source/extract.ts';
import type { Definition } from './definition.ts';
import type { Planned } from './plan.ts';

export type LineageState = 'START' | 'COMPLETE' | 'FAIL' | 'ABORT';

export interface LineageRun {
  /** Of the jobs. */
  readonly namespace: string;
  /** Our id of the run. */
  readonly runId: string;
  readonly version: string;
  /** `host:port/database`. */
  readonly database: string;
}

export interface LineageEvent {
  readonly eventType: LineageState;
  readonly eventTime: string;
  readonly run: { readonly runId: string; readonly facets: object };
  readonly job: { readonly namespace: string; readonly name: string; readonly facets: object };
  readonly inputs: readonly object[];
  readonly outputs: readonly object[];
  readonly producer: string;
  readonly schemaURL: string;
}

const SPEC = 'https://openlineage.io/spec';
/** Job of the run as a whole, the parent of each dataset's. */
const PARENT_JOB = 'run';
/** UUIDs of names are made in a space of our own. */
const SPACE = '2b0c9a52-6f0e-5d0b-9c4f-0d8f4d7c5a11';

/** The run as a whole. */
export function runEvent(run: LineageRun, eventType: LineageState, at: number): LineageEvent {
  return {
    ...common(run, eventType, at),
    run: { runId: lineageRunId(run.runId), facets: { processing_engine: engineFacet(run) } },
    job: { namespace: run.namespace, name: PARENT_JOB, facets: { jobType: jobType(run, 'RUN') } },
    inputs: [],
    outputs: [],
  };
}

/** A dataset's work begins; or the run ended with an exception before anybody could say what became of it. */
export function startEvent(
  run: LineageRun,
  definition: Definition,
  planned: readonly Planned[],
  at: number,
  eventType: 'START' | 'FAIL' = 'START',
): LineageEvent {
  const { pipeline } = definition;
  return {
    ...common(run, eventType, at),
    run: { runId: lineageRunId(run.runId, pipeline.id), facets: { ...runFacets(run), ...nominalTime(run, planned) } },
    job: jobOf(run, definition),
    inputs: addressesOf(pipeline).map(inputOf),
    outputs: [{ ...outputOf(run, pipeline), facets: outputFacets(run, pipeline, null) }],
  };
}

/** A dataset's work is over: FAIL where an interval failed or was blocked, ABORT where the run was interrupted before its last interval. */
export function endEvent(
  run: LineageRun,
  definition: Definition,
  planned: readonly Planned[],
  report: DatasetReport,
  { interrupted, at }: { readonly interrupted: boolean; readonly at: number },
): LineageEvent {
  const { pipeline } = definition;
  const error = report.intervals.find((interval) => interval.error !== null)?.error ?? null;
  const eventType = interrupted ? 'ABORT' : error === null ? 'COMPLETE' : 'FAIL';
  const { rows } = report;
  return {
    ...common(run, eventType, at),
    run: {
      runId: lineageRunId(run.runId, pipeline.id),
      facets: {
        ...runFacets(run),
        ...nominalTime(run, planned),
        ...(error === null
          ? {}
          : {
              errorMessage: facet(run, 'ErrorMessageRunFacet', '1-0-1', {
                message: redact(`${error.code}: ${error.what}${error.where === null ? '' : ` (${error.where})`}`),
                programmingLanguage: 'JavaScript',
              }),
            }),
      },
    },
    job: jobOf(run, definition),
    inputs: addressesOf(pipeline).map((address, i) => ({
      ...inputOf(address),
      ...(i === 0 ? readFacets(run, report) : {}),
    })),
    outputs: [
      {
        ...outputOf(run, pipeline),
        facets: outputFacets(run, pipeline, report),
        outputFacets: {
          outputStatistics: facet(run, 'OutputStatisticsOutputDatasetFacet', '1-0-2', {
            rowCount: rows.inserted + rows.revised,
          }),
        },
      },
    ],
  };
}

/** A UUID (version 5) of our id of the run and, for a dataset's part of it, the dataset: the same for START and COMPLETE, on whatever machine. */
export function lineageRunId(runId: string, dataset: string = ''): string {
  const hash = createHash('sha1')
    .update(Buffer.from(SPACE.replaceAll('-', ''), 'hex'))
    .update(`${runId}/${dataset}`)
    .digest()
    .subarray(0, 16);
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  return hash.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** COMPLETE, or FAIL where the exit code is not 0. */
export function runEnd({ exitCode }: Pick<RunReport, 'exitCode'>, interrupted: boolean): LineageState {
  if (interrupted) return 'ABORT';
  return exitCode === 0 ? 'COMPLETE' : 'FAIL';
}

function common(
  run: LineageRun,
  eventType: LineageState,
  at: number,
): Pick<LineageEvent, 'eventType' | 'eventTime' | 'producer' | 'schemaURL'> {
  return {
    eventType,
    eventTime: new Date(at).toISOString(),
    producer: producerOf(run),
    schemaURL: `${SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent`,
  };
}

function producerOf({ version }: LineageRun): string {
  return `urn:penstock:${version}`;
}

function facet(run: LineageRun, name: string, version: string, fields: object): object {
  return {
    _producer: producerOf(run),
    _schemaURL: `${SPEC}/facets/${version}/${name}.json#/$defs/${name}`,
    ...fields,
  };
}

function engineFacet(run: LineageRun): object {
  return facet(run, 'ProcessingEngineRunFacet', '1-1-1', { version: run.version, name: 'penstock' });
}

function runFacets(run: LineageRun): object {
  return {
    parent: facet(run, 'ParentRunFacet', '1-0-1', {
      run: { runId: lineageRunId(run.runId) },
      job: { namespace: run.namespace, name: PARENT_JOB },
    }),
    processing_engine: engineFacet(run),
  };
}

/** What the intervals are about, from the first to the last; nothing for whole files. */
function nominalTime(run: LineageRun, planned: readonly Planned[]): object {
  const start = planned.reduce((least, { interval }) => Math.min(least, interval.start), Infinity);
  const end = planned.reduce((most, { interval }) => Math.max(most, interval.end), -Infinity);
  if (!Number.isFinite(start) || !Number.isFinite(end)) return {};
  const [nominalStartTime, nominalEndTime] = [start, end].map((instant) => new Date(instant).toISOString());
  return { nominalTime: facet(run, 'NominalTimeRunFacet', '1-0-1', { nominalStartTime, nominalEndTime }) };
}

function jobType(run: LineageRun, type: string): object {
  return facet(run, 'JobTypeJobFacet', '2-0-3', {
    processingType: 'BATCH',
    integration: 'PENSTOCK',
    jobType: type,
  });
}

function jobOf(run: LineageRun, { pipeline, sql }: Definition): LineageEvent['job'] {
  return {
    namespace: run.namespace,
    name: pipeline.id,
    facets: {
      jobType: jobType(run, 'DATASET'),
      documentation: facet(run, 'DocumentationJobFacet', '1-0-1', { description: pipeline.title }),
      sql: facet(run, 'SQLJobFacet', '1-0-1', { query: sql }),
    },
  };
}

/** The publisher's address with its placeholders, so that all intervals of a dataset are one input. A file of this project is a file. */
function inputOf(address: string): { readonly namespace: string; readonly name: string } {
  const [, scheme = '', host = '', path = ''] = /^([a-z]+):\/\/([^/?#]*)(.*)$/i.exec(redact(address)) ?? [];
  if (scheme === 'local') return { namespace: 'file', name: `data/${host}${path}` };
  return { namespace: `${scheme}://${host}`, name: path === '' ? '/' : path };
}

function outputOf(
  { database }: LineageRun,
  { table }: Pipeline,
): { readonly namespace: string; readonly name: string } {
  const at = database.indexOf('/');
  return { namespace: `postgres://${database.slice(0, at)}`, name: `${database.slice(at + 1)}.${table.name}` };
}

function outputFacets(run: LineageRun, pipeline: Pipeline, report: DatasetReport | null): object {
  const { namespace } = outputOf(run, pipeline);
  const fields = Object.entries(pipeline.table.columns).map(([name, { pg, doc }]) => ({
    name,
    type: pg,
    description: doc,
  }));
  return {
    schema: facet(run, 'SchemaDatasetFacet', '1-1-1', { fields }),
    dataSource: facet(run, 'DatasourceDatasetFacet', '1-0-1', { name: namespace, uri: namespace }),
    ...(report === null ? {} : quality(run, pipeline, report)),
  };
}

/** Of the intervals that were loaded; nothing where none was. Columns are not counted one by one, so nothing is said of them. */
function quality(run: LineageRun, pipeline: Pipeline, { checks, rows, intervals }: DatasetReport): object {
  const ran = checks.filter(({ result }) => result !== 'not checked');
  const assertions = ran.map(({ name, result }) => ({
    assertion: name,
    success: result === 'passed',
    ...columnOf(pipeline, name),
  }));
  return {
    ...(intervals.some(({ outcome }) => outcome === 'loaded')
      ? {
          dataQualityMetrics: facet(run, 'DataQualityMetricsDatasetFacet', '1-0-0', {
            rowCount: rows.inserted + rows.revised + rows.unchanged,
            columnMetrics: {},
          }),
        }
      : {}),
    ...(assertions.length === 0
      ? {}
      : { dataQualityAssertions: facet(run, 'DataQualityAssertionsDatasetFacet', '1-0-1', { assertions }) }),
  };
}

/** The column of a check that looks at one. */
function columnOf({ checks, table }: Pipeline, name: string): { readonly column?: string } {
  const check = checks.find((one) => checkName(one) === name);
  const [column] = check?.columns ?? [];
  return check?.columns.length === 1 && column !== undefined && column in table.columns ? { column } : {};
}

/** What came from the publisher: the version where it is one file, and how much of it. */
function readFacets(run: LineageRun, { intervals, rows }: DatasetReport): object {
  const artifacts = intervals.flatMap(({ artifact }) => artifact ?? []);
  const [only] = artifacts;
  if (only === undefined) return {};
  return {
    ...(artifacts.length === 1
      ? { facets: { version: facet(run, 'DatasetVersionDatasetFacet', '1-0-1', { datasetVersion: only.sha256 }) } }
      : {}),
    inputFacets: {
      dataQualityMetrics: facet(run, 'DataQualityMetricsInputDatasetFacet', '1-0-2', {
        rowCount: rows.read,
        bytes: artifacts.reduce((sum, { bytes }) => sum + bytes, 0),
        columnMetrics: {},
      }),
    },
  };
}
