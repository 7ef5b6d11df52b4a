/** Runs the datasets of local files and tells, file by file, what changed and what people's edits kept as it was. */
import { join } from 'node:path';
import process from 'node:process';
import { run } from '../engine/run.ts';
import { type KeptEdit, keptEdits } from '../loaders/postgres/kept-edits.ts';
import { documentsIn } from '../loaders/source/local-files.ts';
import type { Catalog } from '../pipelines/index.ts';
import type { DatasetReport, RunReport } from '../reports/model.ts';
import { count, counted } from '../reports/words.ts';
import { adoptWhatRefers } from '../sql/adoption.ts';
import { machineClock } from './clock.ts';
import type { Context } from './context.ts';
import { openLog } from './database.ts';
import { removeLeftovers } from './leftovers.ts';
import { openEngine } from './open.ts';
import { changelogPath, recordOperation } from './operations-log.ts';
import type { Settings } from './settings.ts';
import { failureText } from './summary.ts';

export interface SeedWords {
  readonly ids: readonly string[];
  readonly jobs: number;
  /** What `--changelog` says. */
  readonly changelog: string | undefined;
}

/** What became of one file. */
interface Seeded {
  readonly dataset: string;
  /** `data/reference/x.csv` */
  readonly file: string;
  readonly table: string;
  readonly outcome: string;
  readonly added: number;
  readonly changed: number;
  readonly withdrawn: number;
  readonly unchanged: number;
  /** `where`: `line 3`, or the file of a folder. */
  readonly refused: readonly { readonly where: string; readonly reason: string }[];
  readonly refusedRows: number;
  readonly kept: { readonly rows: number; readonly edits: readonly KeptEdit[] };
}

/** @returns the exit code, that of a run */
export async function seedAndReport(
  settings: Settings,
  context: Context,
  catalog: Catalog,
  words: SeedWords,
): Promise<number> {
  const { engine, connected, close } = await openEngine(settings, context, catalog, { progress: 'none' });
  try {
    await removeLeftovers(settings.dataDir);
    const { report, written } = await run(engine, {
      ids: words.ids,
      jobs: words.jobs,
      command: context.typed,
      signal: context.signal,
    });
    await adoptWhatRefers(connected.pool);
    const kept = await keptEdits(connected.pool, words.ids);
    const files = await Promise.all(report.datasets.map((dataset) => seeded(dataset, catalog, kept.get(dataset.id))));
    const changelog = await recordOperation(
      changelogPath(words.changelog, context.env, settings),
      {
        command: 'db seed',
        changes: files.filter(isChanged).map((file) => `${file.file} into ${file.table}: ${changesText(file)}`),
        connected,
        dataDir: settings.dataDir,
        now: machineClock.now(),
      },
      openLog(settings, context),
    );
    const failures = settings.json ? '' : failureText(report);
    if (failures !== '') process.stderr.write(`${failures}\n`);
    const { exitCode, runId } = report;
    await context.output.result({ runId, exitCode, files, changelog, report: written }, () =>
      [...files.flatMap(fileLines), ...adviceLines(files), lastLine(report, files, changelog)].join('\n'),
    );
    return exitCode;
  } finally {
    await close();
  }
}

async function seeded(dataset: DatasetReport, catalog: Catalog, kept: Seeded['kept'] | undefined): Promise<Seeded> {
  const { id, table, rows, rejected, intervals } = dataset;
  const url = catalog.pipelines.find((pipeline) => pipeline.id === id)?.extract.url ?? '';
  const file = url.replace(/^local:\/\//, 'data/');
  const documents = url.endsWith('/') && rejected.length > 0 ? await documentsIn(join(catalog.root, file)) : [];
  return {
    dataset: id,
    file,
    table,
    outcome: intervals[0]?.outcome ?? 'not run',
    added: rows.inserted,
    changed: rows.revised,
    withdrawn: rows.withdrawn,
    unchanged: rows.unchanged,
    refused: rejected.map(({ line, reason }) => refusal(documents[line - 1] ?? null, line, reason)),
    refusedRows: rows.rejected,
    kept: kept ?? { rows: 0, edits: [] },
  };
}

/** @param document the file that stands as this line among those of its folder; some reasons begin with it already */
function refusal(document: string | null, line: number, reason: string): Seeded['refused'][number] {
  if (document === null) return { where: `line ${line}`, reason };
  return { where: document, reason: reason.replace(`${document} line `, 'line ') };
}

function isChanged({ added, changed, withdrawn }: Seeded): boolean {
  return added + changed + withdrawn > 0;
}

function changesText({ added, changed, withdrawn }: Seeded): string {
  return `${counted(added, 'row')} added, ${count(changed)} changed, ${count(withdrawn)} withdrawn`;
}

function fileLines(file: Seeded): string[] {
  const did =
    file.outcome === 'unchanged'
      ? 'nothing new'
      : file.outcome === 'loaded'
        ? `${changesText(file)}, ${count(file.unchanged)} unchanged`
        : file.outcome;
  const more = file.refusedRows - file.refused.length;
  return [
    `${file.dataset} (${file.file}): ${did}`,
    ...file.refused.map(({ where, reason }) => `  refused, ${where}: ${reason}`),
    ...(more > 0 ? [`  and ${counted(more, 'more row')} refused; the report has all`] : []),
    ...file.kept.edits.map(({ key, value, expectation }) => `  ${key}: ${value}; ${expectation}`),
    ...(file.kept.rows > file.kept.edits.length
      ? [`  and ${counted(file.kept.rows - file.kept.edits.length, 'more row')} that people edited`]
      : []),
  ];
}

function adviceLines(files: readonly Seeded[]): string[] {
  const refused = files.filter(({ refusedRows }) => refusedRows > 0);
  return [
    ...(refused.length === 0
      ? []
      : [
          `Mend ${[...new Set(refused.map(({ file }) => file))].join(', ')}, then: penstock db seed. The rows as they stand: penstock quarantine list`,
          ...(refused.some(({ file }) => file === 'data/help/')
            ? ['Every fault of the help texts, with file and line: npm run check -- "help files"']
            : []),
        ]),
    ...editAdvice(files),
  ];
}

function editAdvice(files: readonly Seeded[]): string[] {
  if (files.every(({ kept }) => kept.rows === 0)) return [];
  return [
    'Rows that people edited stay as they are. To take an edit over, write it into the file. To undo it, give the row the values of the file by hand',
    '(insert it again if it was deleted, delete it if it was added); the next "penstock db seed" takes it back as a row of the file.',
  ];
}

function lastLine({ exitCode }: RunReport, files: readonly Seeded[], changelog: string | null): string {
  const changed = files.filter(isChanged).length;
  const kept = files.reduce((sum, file) => sum + file.kept.rows, 0);
  const refused = files.reduce((sum, file) => sum + file.refusedRows, 0);
  const refusals = refused === 0 ? '' : `, ${counted(refused, 'row')} refused`;
  const edits = kept === 0 ? '' : `, ${counted(kept, 'edited row')} kept`;
  const noted = changelog === null ? '' : `; noted in ${changelog}`;
  return `${counted(files.length, 'file')}: ${changed} changed the database${refusals}${edits}${exitCode === 0 ? '' : ', some failed'}${noted}`;
}
