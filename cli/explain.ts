/** A dataset in words: everything that its definition says, and what follows from it. */
import { checkName } from '../core/check.ts';
import { pgTypeName } from '../core/contract.ts';
import { durationMs, formatDuration } from '../core/duration.ts';
import { ALL_TIME, partitionIntervals, partitionLabel } from '../core/partitions.ts';
import type { Pipeline } from '../core/pipeline.ts';
import { fillUrl } from '../core/url-template.ts';
import type { Catalog } from '../pipelines/index.ts';
import { count } from '../reports/words.ts';
import { checkSentence } from '../transforms/checks.ts';
import type { LastLoad } from './last-load.ts';
import { renderTable } from './table.ts';

export interface Explanation {
  readonly id: string;
  readonly title: string;
  readonly publisher: { readonly id: string; readonly title: string; readonly key: string | null };
  readonly licence: Pipeline['licence'];
  readonly partitions: Pipeline['partitions'];
  readonly url: string;
  /** Of the newest interval. */
  readonly example: { readonly label: string; readonly url: string } | null;
  readonly format: string;
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
  return {
    id,
    title,
    publisher: {
      id: pipeline.publisher,
      title: publisher?.title ?? pipeline.publisher,
      key: publisher?.key?.env ?? null,
    },
    licence,
    partitions,
    url: extract.url,
    example:
      newest === undefined
        ? null
        : { label: partitionLabel(partitions, newest), url: fillUrl(extract.url, partitions, newest) },
    format: extract.decode.format,
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
    ['publisher', `${e.publisher.title}${e.publisher.key === null ? '' : `, key in ${e.publisher.key}`}`],
    ['licence', `${e.licence.name}${e.licence.url === undefined ? '' : ` (${e.licence.url})`}`],
    ['attribution', e.licence.attribution],
    ['files', partitionsInWords(e.partitions)],
    ['address', e.example === null ? e.url : `${e.example.url} (${e.example.label})`],
    ['format', e.format],
    ['published', publishedInWords(publishes)],
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

function listed(lines: readonly string[]): string[] {
  return lines.length === 0 ? ['  none'] : lines.map((line) => `  - ${line}`);
}

function partitionsInWords(partitions: Pipeline['partitions']): string {
  if (partitions.kind === 'whole') return 'one file for everything';
  if (partitions.kind === 'snapshot') return 'one answer about now';
  const until = partitions.until === undefined ? 'goes on' : `until ${partitions.until}`;
  return `one a ${partitions.grain} from ${partitions.from}, ${until}, clock ${partitions.zone}`;
}

function publishedInWords({ every, delay, revises, retention }: Pipeline['publishes']): string {
  const parts = [`every ${formatDuration(durationMs(every))}`, `at most ${formatDuration(durationMs(delay))} late`];
  parts.push(revises === undefined ? 'never revised' : `revised for ${formatDuration(durationMs(revises))}`);
  if (retention !== undefined) parts.push(`kept for ${formatDuration(durationMs(retention))}`);
  return parts.join(', ');
}

function lastLoadInWords(last: LastLoad): string {
  if (!last.known) return `not known: ${last.because}`;
  if (last.at === null) return 'never';
  return `${last.at}; ${count(last.intervals)} intervals with ${count(last.rows ?? 0)} rows`;
}
