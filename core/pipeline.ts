/** The definition language: a dataset as data. `definePipeline` never throws; `definitionFaults` lists everything that is wrong. */
import { z } from 'zod';
import { type Check, CHECK_KINDS } from './check.ts';
import { checkFaults, isRegex } from './check-faults.ts';
import { type Columns, keyColumns, PG_TYPES, type Table } from './contract.ts';
import type { Decode } from './decode.ts';
import { parseDuration } from './duration.ts';
import { localFaults } from './local.ts';
import type { Partitions } from './partitions.ts';
import { urlTemplateFaults } from './url-template.ts';
import { isZone, parseDate } from './zone.ts';
import { isIanaZone } from './zone-name.ts';

export interface Licence {
  readonly name: string;
  /** The line that must accompany a reproduction. */
  readonly attribution: string;
  readonly url?: string;
}

/** Who publishes, which hosts may be asked for it, and how fast. */
export interface Publisher {
  readonly id: string;
  readonly title: string;
  readonly hosts: readonly string[];
  readonly pace: { readonly perSecond: number; readonly concurrent: number };
  readonly credentials?: Credentials;
}

/** How a publisher wants to know who asks. */
export interface Credentials {
  /** Hosts that get them; other hosts of the publisher are asked without. */
  readonly hosts: readonly string[];
  /** Tried in order: the first whose environment variables are all set is sent. */
  readonly from: readonly Credential[];
  /** `false`: the hosts also answer without, perhaps less. */
  readonly required: boolean;
  readonly getOneAt: string;
}

export type Credential =
  /** The variable's value in this header. */
  | { readonly kind: 'header'; readonly header: string; readonly env: string }
  /** `Authorization: Bearer <value>`. */
  | { readonly kind: 'bearer'; readonly env: string }
  /** `Authorization: Basic …` of two variables. */
  | { readonly kind: 'basic'; readonly user: string; readonly password: string };

/** The environment variables of credentials, in the order in which they are looked at. */
export function credentialVariables(credentials: Credentials | undefined): string[] {
  return (credentials?.from ?? []).flatMap((one) => (one.kind === 'basic' ? [one.user, one.password] : [one.env]));
}

export interface Publishes {
  /** Time between two issues of the file that is still growing. */
  readonly every: string;
  /** Longest time between an interval's end and its first publication. */
  readonly delay: string;
  /** How long after an interval's end the publisher still changes it. */
  readonly revises?: string;
  /** Files older than this are purged: a 404 is then no failure. */
  readonly retention?: string;
  /** Files younger than this are surely kept: between it and `retention` a 404 is no failure either. Default: `retention`. */
  readonly keptAtLeast?: string;
  /** Freshness limit: data that end longer ago than this are stale. */
  readonly staleAfter: string;
  /** Cron expression in `zone`, for the scheduler. */
  readonly schedule: string;
  readonly zone: string;
}

export interface Input {
  readonly url: string;
  readonly decode: Decode;
  /** Default 64 MiB. */
  readonly maxBytes?: number;
}

export interface PipelineSpec<C extends Columns = Columns> {
  readonly id: string;
  readonly title: string;
  readonly publisher: string;
  readonly licence: Licence;
  readonly partitions: Partitions;
  readonly extract: {
    readonly url: string;
    readonly decode: Decode;
    /** `true`: a row that is missing from a newer file has been withdrawn and is closed. Default true. */
    readonly complete?: boolean;
    /** Default 64 MiB. */
    readonly maxBytes?: number;
    /** Further files that the transform reads, as `raw_<name>`: metadata of stations, for example. */
    readonly inputs?: Readonly<Record<string, Input>>;
    /** A repository of the Hugging Face Hub: `revision` is resolved once a run to the commit that `{commit}` in the URLs stands for. */
    readonly hub?: { readonly repo: string; readonly revision: string };
  };
  readonly publishes: Publishes;
  /** Path of the SQL file, from the project's root. */
  readonly transform: string;
  readonly table: Table<C>;
  readonly checks?: readonly Check<NoInfer<keyof C & string>>[];
  readonly feeds?: { readonly stream?: string; readonly source?: string };
  /** Datasets whose rows these rows refer to: of those that run with it, they run first. */
  readonly after?: readonly string[];
  /** Known oddities of the data, one sentence each, for `show` and the docs. */
  readonly quirks?: readonly string[];
}

/** A definition as the engine sees it: column names are plain text here. */
export interface Pipeline extends Omit<PipelineSpec, 'checks'> {
  readonly checks: readonly Check[];
}

/** Declares a dataset. Misspelt columns in checks do not compile; everything else is validated when the catalog loads. */
export function definePipeline<const C extends Columns>(spec: PipelineSpec<C>): Pipeline {
  return { ...spec, table: spec.table as Table, checks: (spec.checks ?? []) as readonly Check[] };
}

export function definePublisher(publisher: Publisher): Publisher {
  return publisher;
}

export const DEFAULT_MAX_BYTES: number = 64 * 1024 * 1024;

const id = z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'must be lower-case words joined by hyphens');
const name = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,47}$/, 'must be lower-case letters, digits and underscores, at most 48');
const duration = z
  .string()
  .refine((text) => parseDuration(text) !== null, 'must be an ISO 8601 duration such as PT1H or P35D');
const zone = z.string().refine(isZone, 'must be an IANA time zone such as UTC, Etc/GMT+5 or America/Edmonton');
const sentence = z.string().trim().min(1, 'must not be empty');
const sqlPath = z
  .string()
  .regex(/^[a-z0-9_-]+(\/[a-z0-9_-]+)*\.sql$/, 'must be a path of a .sql file below the project');
const cron = z.string().regex(/^(\S+\s+){4,5}\S+$/, 'must be a cron expression of five or six fields');
const ianaZone = z.string().refine(isIanaZone, 'must be an IANA time zone');
const regex = z.string().refine(isRegex, 'must be a regular expression');

const csvSchema = z.object({
  format: z.literal('csv'),
  comment: z.string().min(1).optional(),
  delimiter: z.string().length(1),
  vintages: z.array(z.array(sentence).min(1, 'must name the columns')).min(1),
  preamble: z.literal(true).optional(),
  capture: z.record(z.string(), regex).optional(),
  headerRows: z.number().int().min(1).max(3).optional(),
  short: z.literal('pad').optional(),
});
const xmlSchema = z.object({
  format: z.literal('xml'),
  rows: z.array(z.string().regex(/^[\w-][\w.-]*(\/[\w-][\w.-]*)+$/, 'must be a path of element names')).min(1),
  element: sentence.optional(),
  columns: z.record(
    z.string(),
    z.string().regex(/^(\.\.\/)*[\w-][\w.-]*(\/[\w-][\w.-]*)*$/, 'must be a path relative to the row'),
  ),
});
const jsonSchema = z.object({
  format: z.literal('json'),
  rows: z.array(z.string()).min(1, 'must name at least one path'),
  columns: z.record(z.string(), sentence),
  lines: z.literal(true).optional(),
});
const columnList = z.array(sentence).min(1, 'must name the columns');
const decodeSchema = z.discriminatedUnion('format', [
  csvSchema,
  xmlSchema,
  jsonSchema,
  z.object({ format: z.literal('sections'), width: z.number().int().min(1).max(50) }),
  z.object({ format: z.literal('parquet'), columns: columnList, others: z.literal('left out').optional() }),
  z.object({ format: z.literal('arrow'), columns: columnList }),
  z.object({
    format: z.literal('zip'),
    member: regex,
    then: z.discriminatedUnion('format', [csvSchema, xmlSchema, jsonSchema]),
    orBare: z.literal(true).optional(),
  }),
  z.object({ format: z.literal('documents'), fields: columnList, lists: columnList.optional() }),
]);
const inputSchema = z.looseObject({
  url: z.string(),
  decode: decodeSchema,
  maxBytes: z.number().int().positive().optional(),
});
const columnSchema = z.looseObject({
  pg: z.enum(PG_TYPES),
  doc: sentence,
  key: z.boolean(),
  range: z
    .tuple([z.number(), z.number()])
    .refine(([min, max]) => min <= max, 'must be [smaller, larger]')
    .optional(),
  pattern: regex.optional(),
  references: z
    .string()
    .regex(/^public\.[a-z][a-z0-9_]*\([a-z][a-z0-9_]*\)$/, 'must be public.<table>(<column>)')
    .optional(),
});
const specSchema = z.looseObject({
  id,
  title: sentence,
  publisher: id,
  licence: z.looseObject({ name: sentence, attribution: sentence }),
  partitions: z.looseObject({ kind: z.enum(['calendar', 'whole', 'snapshot']), zone }),
  extract: inputSchema.extend({
    inputs: z.record(name, inputSchema).optional(),
    hub: z
      .object({ repo: z.string().regex(/^[\w.-]+\/[\w.-]+$/, 'must be owner/name'), revision: sentence })
      .optional(),
  }),
  publishes: z.looseObject({
    every: duration,
    delay: duration,
    revises: duration.optional(),
    retention: duration.optional(),
    keptAtLeast: duration.optional(),
    staleAfter: duration,
    schedule: cron,
    zone: ianaZone,
  }),
  transform: sqlPath,
  table: z.looseObject({
    name: z.string().regex(/^public\.[a-z][a-z0-9_]{0,47}$/, 'must be public.<name> in lower case'),
    columns: z.record(name, columnSchema),
    edits: z.literal('kept').optional(),
  }),
  after: z.array(id).optional(),
  checks: z.array(
    z.looseObject({
      kind: z.enum(CHECK_KINDS),
      columns: z.array(z.string()),
      severity: z.enum(['reject', 'block', 'warn', 'info']),
    }),
  ),
});

/** Everything that is wrong with one definition, each as `path: sentence`; empty when it is right. */
export function definitionFaults(pipeline: Pipeline, publishers: ReadonlyMap<string, Publisher>): string[] {
  const issues = specSchema.safeParse(pipeline).error?.issues ?? [];
  // What has the wrong shape cannot be looked into; the rest can, so that one message names everything.
  const misshapen = new Set(issues.map((issue) => String(issue.path[0])));
  const where = (parts: readonly (keyof Pipeline)[], faults: () => string[]): string[] =>
    misshapen.has('undefined') || parts.some((part) => misshapen.has(part)) ? [] : faults();
  return [
    ...issues.map((issue) => `${issue.path.join('.') || 'definition'}: ${issue.message}`),
    ...where(['partitions', 'extract'], () => partitionFaults(pipeline)),
    ...where(['publisher', 'extract'], () => extractFaults(pipeline, publishers)),
    ...where(['table'], () => tableFaults(pipeline)),
    ...where(['table', 'partitions'], () => editFaults(pipeline)),
    ...where(['table', 'partitions', 'checks'], () => checkFaults(pipeline)),
  ];
}

function partitionFaults({ partitions, extract }: Pipeline): string[] {
  const faults: string[] = [];
  if (partitions.kind === 'calendar') {
    const from = parseDate(partitions.from, partitions.zone);
    const until = partitions.until === undefined ? Infinity : parseDate(partitions.until, partitions.zone);
    if (from === null) faults.push(`partitions.from: ${partitions.from} is not a date`);
    if (until === null) faults.push(`partitions.until: ${partitions.until} is not a date`);
    if (from !== null && until !== null && until <= from)
      faults.push('partitions.until: must be after partitions.from');
  }
  return [...faults, ...addressFaults(extract, partitions)];
}

function addressFaults(extract: Pipeline['extract'], partitions: Partitions): string[] {
  return addresses(extract).flatMap(({ at, url }) => {
    // Metadata may be one file beside many of a calendar: an input need not name the interval.
    const fixed = at !== 'extract.url' && !/\{(?!commit\})/.test(url);
    const shape: Partitions = fixed ? { kind: 'whole', zone: partitions.zone } : partitions;
    return urlTemplateFaults(url, shape).map((fault) => `${at}: ${fault}`);
  });
}

function extractFaults({ extract, publisher }: Pipeline, publishers: ReadonlyMap<string, Publisher>): string[] {
  const known = publishers.get(publisher);
  if (known === undefined) {
    return [`publisher: ${publisher} is not known; known are ${[...publishers.keys()].sort().join(', ') || 'none'}`];
  }
  return addresses(extract).flatMap(({ at, url, decode }) => {
    const host = /^(?:https?|local):\/\/([^/{}]+)\//.exec(url)?.[1];
    const strange = host !== undefined && !known.hosts.includes(host);
    const commit = url.includes('{commit}');
    return [
      ...(strange ? [`${at}: ${host} is not a host of ${publisher} (${known.hosts.join(', ')})`] : []),
      ...(commit && extract.hub === undefined ? [`${at}: {commit} needs extract.hub`] : []),
      ...(!commit && extract.hub !== undefined ? [`${at}: a file of the Hub is asked for by its {commit}`] : []),
      ...localFaults(url, decode).map((fault) => `${at}: ${fault}`),
    ];
  });
}

/** Every address that an interval is made of, with its place in the definition. */
function addresses({
  url,
  decode,
  inputs = {},
}: Pipeline['extract']): { readonly at: string; readonly url: string; readonly decode: Decode }[] {
  return [
    { at: 'extract.url', url, decode },
    ...Object.entries(inputs).map(([input, further]) => ({ at: `extract.inputs.${input}.url`, ...further })),
  ];
}

/** Which rows a file lacks can only be said of one that holds everything. */
function editFaults({ table, partitions }: Pipeline): string[] {
  return table.edits === 'kept' && partitions.kind !== 'whole'
    ? ["table: edits: 'kept' is for a dataset that is one whole file"]
    : [];
}

function tableFaults({ table }: Pipeline): string[] {
  const faults: string[] = [];
  if (keyColumns(table).length === 0) faults.push('table: no column has key: true, so rows could not be told apart');
  for (const [column, spec] of Object.entries(table.columns)) {
    if (['load_id', 'closed_by_load_id'].includes(column))
      faults.push(`table.columns.${column}: the loader owns this name`);
    if (spec.key && ['jsonb', 'text[]', 'float4', 'float8'].includes(spec.pg)) {
      faults.push(`table.columns.${column}: ${spec.pg} cannot be part of a key`);
    }
    if (spec.pg === 'numeric' && spec.precision !== undefined && spec.precision > 38) {
      faults.push(`table.columns.${column}: a numeric has at most 38 digits`);
    }
  }
  return faults;
}
