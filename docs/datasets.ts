/** Writes `docs/datasets.md` from the definitions (`npm run docs`); with `--check` it only says whether the page is up to date. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { argv } from 'node:process';
import { partitionsInWords, publishedInWords } from '../cli/explain.ts';
import { type Column, keyColumns, pgTypeName } from '../core/contract.ts';
import { isLocal } from '../core/local.ts';
import { credentialVariables, type Pipeline, type Publisher } from '../core/pipeline.ts';
import { credentialsOf, waysIn } from '../loaders/source/credentials.ts';
import { type Catalog, loadCatalog } from '../pipelines/index.ts';
import { checkSentence } from '../core/check-sentence.ts';

const PAGE = join(import.meta.dirname, 'datasets.md');

/** The page: a table of all datasets, then each publisher with its datasets. */
export function datasetsPage({ pipelines, publishers, files }: Catalog): string {
  const ids = [...new Set(pipelines.map(({ publisher }) => publisher))].sort();
  return `${[
    '# Datasets',
    '',
    'Generated from the definitions by `npm run docs`; do not edit. Instants are UTC; of a series they are the **start** of the interval.',
    `${pipelines.length} datasets of ${ids.length} publishers.`,
    '',
    '| dataset | what | table | files |',
    '|---|---|---|---|',
    ...pipelines.map(
      ({ id, title, table, partitions }) =>
        `| [${id}](#${id}) | ${cell(title)} | \`${table.name}\` | ${cell(partitionsInWords(partitions))} |`,
    ),
    '',
    'Views over these tables:',
    '',
    '| view | one row per | holds |',
    '|---|---|---|',
    '| `public.grid_stability_metrics` | region | reserve margin of the newest `grid_status` row; congestion of Ontario from the newest 5-minute price, NULL where there is none |',
    '| `public.weather_by_place` | place, timestamp | the weather of the station that stands for the place at that time; `station_id` shows the seam |',
    ...ids.flatMap((id) =>
      publisherSection(
        publishers.get(id),
        pipelines.filter(({ publisher }) => publisher === id),
        files,
      ),
    ),
  ].join('\n')}\n`;
}

function publisherSection(
  publisher: Publisher | undefined,
  pipelines: readonly Pipeline[],
  files: Catalog['files'],
): string[] {
  if (publisher === undefined) return [];
  const { title, hosts, pace, credentials } = publisher;
  const variables = credentialVariables(credentials);
  return [
    '',
    `## ${title}`,
    '',
    pipelines.every(({ extract }) => isLocal(extract.url))
      ? `Folders of \`data/\`: ${hosts.map((host) => `\`${host}\``).join(', ')}.`
      : `Hosts: ${hosts.map((host) => `\`${host}\``).join(', ')}; at most ${pace.perSecond} ${pace.perSecond === 1 ? 'request' : 'requests'} a second, ${pace.concurrent} at once.`,
    credentials === undefined
      ? 'No key is needed.'
      : `${credentials.hosts.map((host) => `\`${host}\``).join(', ')} ${credentials.required ? 'needs a key' : 'also answers without a key'}: ${variables
          .map((name) => `\`${name}\``)
          .join(', ')}, from <${credentials.getOneAt}>.`,
    ...pipelines.flatMap((pipeline) => datasetSection(pipeline, publisher, files.get(pipeline.id) ?? '')),
  ];
}

function datasetSection(pipeline: Pipeline, publisher: Publisher, file: string): string[] {
  const {
    id,
    title,
    licence,
    partitions,
    extract,
    publishes,
    table,
    checks,
    quirks = [],
    transform,
    after = [],
  } = pipeline;
  const inputs = Object.entries(extract.inputs ?? {});
  return [
    '',
    `### ${id}`,
    '',
    `${title}.`,
    '',
    `- **Table:** \`${table.name}\`, one row per ${keyColumns(table)
      .map((name) => `\`${name}\``)
      .join(', ')}.`,
    `- **Source:** ${sourceOf(extract.url)} (${extract.decode.format})`,
    ...inputs.map(
      ([name, input]) => `- **Also reads:** \`raw_${name}\` from ${sourceOf(input.url)} (${input.decode.format})`,
    ),
    ...(extract.hub === undefined
      ? []
      : [
          `- **Revision:** \`${extract.hub.revision}\` of \`${extract.hub.repo}\`, resolved to a commit once a run and recorded in the address.`,
        ]),
    ...(isLocal(extract.url)
      ? []
      : [
          `- **Key:** ${keyOf(pipeline, publisher)}`,
          `- **Files:** ${partitionsInWords(partitions)}.`,
          `- **Time:** ${partitions.kind === 'whole' && partitions.zone === 'UTC' ? 'no clock of the publisher for the file as a whole; what its rows hold is said below' : `the publisher's clock is \`${partitions.zone}\``}; rows are stored in UTC.`,
        ]),
    ...(table.edits === 'kept'
      ? ['- **Edits:** a row that somebody edited, added or deleted by hand stays as it is; the run says which.']
      : []),
    ...(after.length === 0
      ? []
      : [`- **After:** ${after.map((other) => `[${other}](#${other})`).join(', ')}, which its rows refer to.`]),
    `- **Published:** ${publishedInWords(publishes, extract.url)}. Asked at \`${publishes.schedule}\` (${publishes.zone}).`,
    `- **Licence:** ${licence.url === undefined ? licence.name : `[${licence.name}](${licence.url})`}. Attribution: ${licence.attribution}`,
    `- **Definition:** \`pipelines/${file}\`, SQL \`${transform}\``,
    '',
    '| column | type | unit | meaning |',
    '|---|---|---|---|',
    ...Object.entries(table.columns).map(([name, column]) => columnRow(name, column)),
    ...listOf(
      'Checks, besides types, bounds and keys:',
      checks.map((check) => `${checkSentence(check)} (${check.severity})`),
    ),
    ...listOf('Known quirks:', quirks),
  ];
}

/** A file of this project is linked from this page; others by their address. */
function sourceOf(url: string): string {
  if (!isLocal(url)) return `<${url}>`;
  const path = url.replace('local://', 'data/');
  return `[\`${path}\`](../${path})`;
}

function keyOf({ extract }: Pipeline, publisher: Publisher): string {
  const credentials = credentialsOf(publisher, extract.url);
  if (credentials === null) return 'none.';
  return credentials.required ? `needed, ${waysIn(credentials)}.` : `not needed; if set, ${waysIn(credentials)}.`;
}

function columnRow(name: string, column: Column): string {
  const bounds = column.range === undefined ? '' : ` Between ${column.range[0]} and ${column.range[1]}.`;
  return `| \`${name}\`${column.key ? ' (key)' : ''} | ${pgTypeName(column)} | ${column.unit ?? ''} | ${cell(column.doc)}${bounds} |`;
}

function listOf(heading: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', heading, '', ...lines.map((line) => `- ${line}`)];
}

/** A text inside a table of Markdown. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

async function main(check: boolean): Promise<void> {
  const catalog = await loadCatalog();
  const page = datasetsPage(catalog);
  console.log(`docs/datasets.md: ${catalog.pipelines.length} definitions`);
  if (!check) return writeFile(PAGE, page);
  if ((await readFile(PAGE, 'utf8').catch(() => '')) === page) return;
  console.log('docs/datasets.md does not say what the definitions say; run: npm run docs');
  process.exitCode = 1;
}

if (argv[1] === import.meta.filename) await main(argv.includes('--check'));
