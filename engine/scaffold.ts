/** The files of a new dataset, and what a definition still lacks. Pure: paths and contents in, paths and contents out. */
import { instant, mw, table as contract, type Table } from '../core/contract.ts';
import { Fault } from '../core/errors.ts';
import type { Pipeline } from '../core/pipeline.ts';
import type { AccessRow } from '../sql/access.ts';
import { createTableSql, serviceVerbs, tableName } from '../sql/ddl.ts';

export interface ScaffoldOptions {
  /** `ieso-demand` */
  readonly id: string;
  /** `ieso` */
  readonly publisher: string;
  /** There is no `publisher.ts` of it yet. */
  readonly publisherIsNew: boolean;
  /** `public.ontario_hourly_demand`, or without the schema. */
  readonly table: string;
  /** URL template, e.g. `https://host/PUB_Demand_{yyyy}.csv`; its placeholders and ending choose partitions and decoder. */
  readonly url: string;
  /** Milliseconds since the epoch: the version of the migration. */
  readonly now: number;
}

export interface ScaffoldFile {
  /** From the project's root. */
  readonly path: string;
  readonly content: string;
  /** `create`: the file must not exist yet. `append`: the content goes to its end. */
  readonly mode: 'create' | 'append';
}

/** What lies below the project's root, as far as a definition needs it. */
export interface RootFiles {
  /** File name → text of `sql/migrations/*.sql`. */
  readonly migrations: ReadonlyMap<string, string>;
  readonly access: readonly AccessRow[];
  /** Paths of the SQL files that exist, from the root. */
  readonly sqlFiles: ReadonlySet<string>;
}

// Empty texts compile, and `lint` names each of them with what belongs there.
const EXAMPLE = {
  hour: instant({ key: true, doc: 'Start of the hour.' }),
  value_mw: mw({ doc: '' }),
};

/**
 * Definition, SQL file, migration, access rows, and the publisher's file if it is new.
 * @throws Fault `NEW_DATASET_INVALID` that lists everything wrong with the options
 */
export function scaffold(options: ScaffoldOptions): ScaffoldFile[] {
  refuseBadOptions(options);
  const { id, publisher, now } = options;
  const table = contract(options.table.includes('.') ? options.table : `public.${options.table}`, EXAMPLE) as Table;
  const name = id.startsWith(`${publisher}-`) ? id.slice(publisher.length + 1) : id;
  const transform = `transforms/${publisher}/${name.replaceAll('-', '_')}.sql`;
  return [
    ...(options.publisherIsNew ? [create(`pipelines/${publisher}/publisher.ts`, publisherText(options))] : []),
    create(`pipelines/${publisher}/${name}.ts`, definitionText(options, table, transform)),
    create(transform, transformText(Object.keys(table.columns), 'one row per hour')),
    migrationFile(table, '', now),
    accessRows(table),
  ];
}

/** What a definition needs outside its own file and does not have, one sentence each. */
export function missingPieces(pipeline: Pipeline, root: RootFiles): string[] {
  const { table, transform, id } = pipeline;
  const faults: string[] = [];
  if (!root.sqlFiles.has(transform)) faults.push(`${id}: there is no SQL file ${transform}`);
  if (!root.access.some((row) => row.table === table.name))
    faults.push(`${id}: sql/access.csv has no row for ${table.name}`);
  for (const target of [table.name, `history.${tableName(table)}`]) {
    const texts = [...root.migrations.values()].filter((text) => mentions(text, target));
    if (!texts.some((text) => text.toLowerCase().includes(`create table if not exists ${target} (`))) {
      faults.push(`${id}: no file in sql/migrations says create table if not exists ${target}`);
      continue;
    }
    const absent = Object.keys(table.columns).filter((column) => !texts.some((text) => mentions(text, column)));
    if (absent.length > 0)
      faults.push(`${id}: the migrations of ${target} do not name its column ${absent.join(', ')}`);
  }
  return faults;
}

/** The files that fill what {@link missingPieces} found, written from the definition's contract; a table that exists is left to its author. */
export function missingFiles(pipeline: Pipeline, root: RootFiles, now: number): ScaffoldFile[] {
  const { table, transform, title } = pipeline;
  const created = [...root.migrations.values()].some((text) =>
    text.toLowerCase().includes(`create table if not exists ${table.name} (`),
  );
  return [
    ...(root.sqlFiles.has(transform)
      ? []
      : [create(transform, transformText(Object.keys(table.columns), 'one row per key'))]),
    ...(created ? [] : [migrationFile(table, title, now)]),
    ...(root.access.some((row) => row.table === table.name) ? [] : [accessRows(table)]),
  ];
}

function refuseBadOptions({ id, publisher, table, url }: ScaffoldOptions): void {
  const word = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
  const faults: string[] = [];
  if (!word.test(id)) faults.push('the name must be lower-case words joined by hyphens');
  if (!word.test(publisher)) faults.push('the publisher must be lower-case words joined by hyphens');
  if (!/^(public\.)?[a-z][a-z0-9_]{0,47}$/.test(table))
    faults.push('the table must be lower-case letters, digits and underscores, at most 48');
  if (!/^(https?|local):\/\/[^/{}'\s]+\/[^'\\\s]*$/.test(url))
    faults.push('the URL must start with http:// or https:// and a host, or with local:// and a folder of data/');
  if (faults.length === 0) return;
  throw new Fault({
    code: 'NEW_DATASET_INVALID',
    kind: 'usage',
    what: faults.join('; '),
    where: `${publisher}/${id}`.slice(0, 120),
    consequence: 'nothing was written',
    next: 'for example: penstock new ieso/demand --table ontario_hourly_demand --url https://host/PUB_Demand_{yyyy}.csv',
  });
}

function definitionText({ id, publisher, url }: ScaffoldOptions, table: Table, transform: string): string {
  const grain = ['hh', 'dd', 'd', 'mm', 'm', 'yyyy'].find((placeholder) => url.includes(`{${placeholder}}`)) ?? '';
  const maker = { hh: 'hourly', dd: 'daily', d: 'daily', mm: 'monthly', m: 'monthly', yyyy: 'yearly' }[grain];
  const [format, decode] = decoder(url);
  const coreCheck = maker === undefined ? '' : `import { complete } from '../../core/check.ts';\n`;
  return `/** ${id}: what ${new URL(url).host} publishes, in ${table.name}. */
${coreCheck}import { instant, mw, table } from '../../core/contract.ts';
import { ${format} } from '../../core/decode.ts';
import { ${maker ?? 'whole'} } from '../../core/partitions.ts';
import { definePipeline } from '../../core/pipeline.ts';

export default definePipeline({
  id: '${id}',
  title: '',
  publisher: '${publisher}',
  licence: { name: '', attribution: '' },
  partitions: ${maker === undefined ? 'whole()' : `${maker}({ from: '', zone: '' })`},
  extract: {
    url: '${url}',
    decode: ${decode},
  },
  publishes: { every: '', delay: '', revises: '', staleAfter: '', schedule: '', zone: '' },
  transform: '${transform}',
  table: table('${table.name}', {
    hour: instant({ key: true, doc: 'Start of the hour.' }),
    value_mw: mw({ doc: '' }),
  }),
  checks: [${maker === undefined ? '' : `complete('hour', 'PT1H')`}],
  feeds: { source: '${publisher}' },
});
`;
}

function decoder(url: string): readonly [string, string] {
  const path = url.replace(/[?#].*$/, '').toLowerCase();
  if (/^local:.*\/$/.test(path)) return ['documents', `documents({ fields: [''] })`];
  if (path.endsWith('.xml')) return ['xml', `xml({ rows: '', columns: { '': '' } })`];
  if (path.endsWith('.json')) return ['json', `json({ rows: '', columns: { '': '' } })`];
  if (path.endsWith('.parquet')) return ['parquet', `parquet({ columns: [''] })`];
  if (path.endsWith('.arrow')) return ['arrow', `arrow({ columns: [''] })`];
  if (path.endsWith('.zip')) return ['csv, zip', `zip({ member: '', then: csv({ header: [''] }) })`];
  return ['csv', `csv({ header: [''] })`];
}

function publisherText({ publisher, url }: ScaffoldOptions): string {
  return `/** ${publisher}: which hosts may be asked, and how fast. */
import { definePublisher } from '../../core/pipeline.ts';

export default definePublisher({
  id: '${publisher}',
  title: '${publisher}',
  hosts: ['${new URL(url).host}'],
  pace: { perSecond: 1, concurrent: 1 },
});
`;
}

function transformText(columns: readonly string[], grain: string): string {
  return `-- grain: ${grain}
-- reads: raw
-- params: none
-- note: between the quotes stands the column as it is published
select
  _line,
${columns.map((column) => `  "" as ${column}`).join(',\n')}
from raw
`;
}

function migrationFile(table: Table, title: string, now: number): ScaffoldFile {
  const version = new Date(now).toISOString().replaceAll(/\D/g, '').slice(0, 14);
  return create(`sql/migrations/${version}_${tableName(table)}.sql`, createTableSql(table, { title }));
}

function accessRows(table: Table): ScaffoldFile {
  const { name } = table;
  const content = `${name},anon,select\n${name},authenticated,select\n${name},service_role,${serviceVerbs(table).join(' ')}\n`;
  return { path: 'sql/access.csv', content, mode: 'append' };
}

function create(path: string, content: string): ScaffoldFile {
  return { path, content, mode: 'create' };
}

function mentions(text: string, name: string): boolean {
  const escaped = name.replaceAll('.', '\\.');
  return new RegExp(`(?<![\\w.])${escaped}(?![\\w])`, 'i').test(text);
}
