/** A dataset in words: everything that its definition says, and what follows from it. */
import { checkName } from '../core/check.ts';
import { pgTypeName } from '../core/contract.ts';
import { durationMs, formatDuration } from '../core/duration.ts';
import { ALL_TIME, partitionIntervals, partitionLabel } from '../core/partitions.ts';
import { isLocal } from '../core/local.ts';
import type { Pipeline } from '../core/pipeline.ts';
import { fillUrl } from '../core/url-template.ts';
import { credentialsOf, waysIn } from '../loaders/source/credentials.ts';
import type { Catalog } from '../pipelines/index.ts';
import { count } from '../reports/words.ts';
import { checkSentence } from '../core/check-sentence.ts';
import type { LastLoad } from './last-load.ts';
import { renderTable } from './table.ts';

export interface Explanation {
  readonly id: string;
  readonly title: string;
  readonly publisher: {
    readonly id: string;
    readonly title: string;
    /** The ways to sign in, as environment variables. */
    readonly key: string | null;
    readonly keyNeeded: boolean;
  };
  readonly licence: Pipeline['licence'];
  readonly partitions: Pipeline['partitions'];
  readonly url: string;
  /** Of the newest interval. */
  readonly example: { readonly label: string; readonly url: string } | null;
  readonly format: string;
  /** Further files that the transform reads. */
  readonly inputs: readonly { readonly table: string; readonly url: string; readonly format: string }[];
  readonly hub: { readonly repo: string; readonly revision: string } | null;
  readonly publishes: Pipeline['publishes'];
  readonly table: string;
  readonly columns: readonly {
    readonly name: string;
    readonly type: string;
    readonly key: boolean;
    readonly unit: string | null;
    readonly range: readonly [number, number] | null;
    readonly doc: string;
  }[];
  readonly checks: readonly { readonly name: string; readonly severity: string; readonly sentence: string }[];
  readonly quirks: readonly string[];
  readonly files: { readonly definition: string; readonly transform: string };
  readonly lastLoad: LastLoad;
}

export function explain(catalog: Catalog, pipeline: Pipeline, lastLoad: LastLoad, now: number): Explanation {
  const { id, title, licence, partitions, extract, publishes, table, checks, quirks = [], transform } = pipeline;
  const publisher = catalog.publishers.get(pipeline.publisher);
  const newest = partitionIntervals(partitions, ALL_TIME, now).at(-1);
  const credentials = credentialsOf(publisher, extract.url);
  return {
    id,
    title,
    publisher: {
      id: pipeline.publisher,
      title: publisher?.title ?? pipeline.publisher,
      key: credentials === null ? null : waysIn(credentials),
      keyNeeded: credentials?.required ?? false,
    },
    licence,
    partitions,
    url: extract.url,
    example:
      newest === undefined
        ? null
        : { label: partitionLabel(partitions, newest), url: fillUrl(extract.url, partitions, newest) },
    format: extract.decode.format,
    inputs: Object.entries(extract.inputs ?? {}).map(([name, input]) => ({
      table: `raw_${name}`,
      url: input.url,
      format: input.decode.format,
    })),
    hub: extract.hub ?? null,
    publishes,
    table: table.name,
    columns: Object.entries(table.columns).map(([name, column]) => ({
      name,
      type: pgTypeName(column),
      key: column.key,
      unit: column.unit,
      range: column.range ?? null,
      doc: column.doc,
    })),
    checks: checks.map((check) => ({
      name: checkName(check),
      severity: check.severity,
      sentence: checkSentence(check),
    })),
    quirks,
    files: { definition: `pipelines/${catalog.files.get(id) ?? ''}`, transform },
    lastLoad,
  };
}

export function explanationText(e: Explanation): string {
  const { publishes } = e;
  const facts: readonly (readonly [string, string])[] = [
    ['publisher', `${e.publisher.title}${keyInWords(e.publisher)}`],
    ['licence', `${e.licence.name}${e.licence.url === undefined ? '' : ` (${e.licence.url})`}`],
    ['attribution', e.licence.attribution],
    ['files', partitionsInWords(e.partitions)],
    ['address', e.example === null ? e.url : `${e.example.url} (${e.example.label})`],
    ['format', e.format],
    ...e.inputs.map(({ table, url, format }) => ['also reads', `${url} (${format}, ${table})`] as const),
    ...(e.hub === null
      ? []
      : [['revision', `${e.hub.revision} of ${e.hub.repo}, resolved to a commit in each run`] as const]),
    ['published', publishedInWords(publishes, e.url)],
    ['schedule', `${publishes.schedule} (${publishes.zone})`],
    ['table', e.table],
    ['definition', e.files.definition],
    ['SQL', e.files.transform],
    ['last load', lastLoadInWords(e.lastLoad)],
  ];
  const columns = renderTable(
    [{ name: 'column' }, { name: 'type' }, { name: 'unit' }, { name: 'range' }, { name: 'meaning' }],
    e.columns.map(({ name, type, key, unit, range, doc }) => [
      `${name}${key ? ' (key)' : ''}`,
      type,
      unit ?? '',
      range === null ? '' : `${count(range[0])} … ${count(range[1])}`,
      doc,
    ]),
  );
  return [
    `${e.id}: ${e.title}`,
    '',
    ...facts.map(([name, fact]) => `${`${name}:`.padEnd(13)}${fact}`),
    '',
    columns,
    '',
    'Checks, besides types, ranges and keys:',
    ...listed(e.checks.map(({ severity, sentence }) => `${sentence} (${severity})`)),
    '',
    'Known oddities:',
    ...listed(e.quirks),
  ].join('\n');
}

function keyInWords({ key, keyNeeded }: Explanation['publisher']): string {
  if (key === null) return '';
  return keyNeeded ? `, key in ${key}` : `, also without a key; if set, in ${key}`;
}

function listed(lines: readonly string[]): string[] {
  return lines.length === 0 ? ['  none'] : lines.map((line) => `  - ${line}`);
}

/** Which files there are: `one a year from 2002-05-01, goes on, clock Etc/GMT+5`. */
export function partitionsInWords(partitions: Pipeline['partitions']): string {
  if (partitions.kind === 'whole') return 'one file for everything';
  if (partitions.kind === 'snapshot') return 'one answer about now';
  const until = partitions.until === undefined ? 'goes on' : `until ${partitions.until}`;
  return `${partitions.grain === 'hour' ? 'one an' : 'one a'} ${partitions.grain} from ${partitions.from}, ${until}, clock ${partitions.zone}`;
}

const NEVER_STALE_MS = 36_500 * 86_400_000;

/** Cadence, delay, revision and retention: `every hour, at most 1 day late, revised for 35 days`. */
export function publishedInWords(
  { every, delay, revises, retention, staleAfter }: Pipeline['publishes'],
  url: string,
): string {
  if (isLocal(url)) return 'a file of this project, read on every run';
  const parts = [`every ${formatDuration(durationMs(every))}`, `at most ${formatDuration(durationMs(delay))} late`];
  parts.push(revises === undefined ? 'never revised' : `revised for ${formatDuration(durationMs(revises))}`);
  if (retention !== undefined) parts.push(`kept for ${formatDuration(durationMs(retention))}`);
  // A century and more says that it never is: a data set that nobody adds to.
  if (durationMs(staleAfter) < NEVER_STALE_MS)
    parts.push(`stale when the newest row is older than ${formatDuration(durationMs(staleAfter))}`);
  return parts.join(', ');
}

function lastLoadInWords(last: LastLoad): string {
  if (!last.known) return `not known: ${last.because}`;
  if (last.at === null) return 'never';
  return `${last.at}; ${count(last.intervals)} intervals with ${count(last.rows ?? 0)} rows`;
}
