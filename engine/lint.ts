/** Lint: every definition with everything it needs, and its SQL run on empty tables of the publisher's columns. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { validateDetailed } from 'node-cron';
import { rawColumns } from '../core/decode.ts';
import { asFault, Fault } from '../core/errors.ts';
import type { Pipeline } from '../core/pipeline.ts';
import type { Catalog } from '../pipelines/index.ts';
import { runChecks } from '../transforms/checks.ts';
import { importRaw } from '../transforms/raw.ts';
import { openSession, type Session } from '../transforms/session.ts';
import { transform } from '../transforms/transform.ts';
import { inputTable } from './artifact.ts';
import { type Definition, readDefinitions } from './definition.ts';
import { readRootFiles } from './root-files.ts';
import { missingPieces } from './scaffold.ts';

export interface Looked {
  readonly definitions: number;
  readonly sqlFiles: number;
}

const HEADER = ['grain', 'reads', 'params'] as const;

/** @returns how many definitions and SQL files were looked at. @throws Fault `LINT_FAILED` that lists all faults, `LINT_NOTHING` */
export async function lint(catalog: Catalog): Promise<Looked> {
  const { pipelines, root } = catalog;
  if (pipelines.length === 0) throw nothingFault(root);
  const files = await readRootFiles(root);
  const faults = pipelines.flatMap((pipeline) => [...missingPieces(pipeline, files), ...cronFaults(pipeline)]);
  const complete = pipelines.filter(({ transform: path }) => files.sqlFiles.has(path));
  const macros = await readFile(fileURLToPath(new URL('../transforms/macros.sql', import.meta.url)), 'utf8');
  const definitions = await readDefinitions(catalog, complete, macros).catch((error: unknown) => {
    faults.push(asFault(error).what);
    return [];
  });
  const texts = new Map<string, string>();
  for (const definition of definitions) {
    texts.set(definition.pipeline.transform, definition.sql);
    for (const [path, text] of definition.checkSql) texts.set(path, text);
  }
  const broken = new Set<string>();
  for (const [path, text] of texts) {
    const found = [...headerFaults(path, text), ...(await statementFaults(path, text))];
    if (found.length > 0) broken.add(path);
    faults.push(...found);
  }
  for (const definition of definitions) {
    if (!broken.has(definition.pipeline.transform)) faults.push(...(await trialFaults(definition)));
  }
  if (faults.length > 0) throw failedFault(faults, root, pipelines.length, texts.size);
  return { definitions: pipelines.length, sqlFiles: texts.size };
}

function cronFaults({ id, publishes }: Pipeline): string[] {
  const { valid, errors } = validateDetailed(publishes.schedule);
  return valid
    ? []
    : [
        `${id}: publishes.schedule: ${publishes.schedule} is not a cron expression: ${errors.map(({ message }) => message).join('; ')}`,
      ];
}

function headerFaults(path: string, text: string): string[] {
  const header = text.split('\n').filter((line) => line.startsWith('--'));
  return HEADER.filter((word) => !header.some((line) => new RegExp(`^-- ${word}: \\S`).test(line))).map(
    (word) => `${path}: there is no line "-- ${word}: …" at the top`,
  );
}

/** Exactly one SELECT: the engine wraps it, and a second statement would run unseen. */
async function statementFaults(path: string, text: string): Promise<string[]> {
  if (withoutComments(text).trim() === '') return [`${path}: has no statement, it must be one select`];
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const statements = await connection.extractStatements(text);
    if (statements.count !== 1) return [`${path}: has ${statements.count} statements, it must be one select`];
    return /^\s*(select|with|from)\b/i.test(withoutComments(text)) ? [] : [`${path}: is no select`];
  } catch (error) {
    return [`${path}: ${messageOf(error)}`];
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Runs the transform and the checks over no rows: names, types and columns are settled by that. */
async function trialFaults({ pipeline, sql, checkSql }: Definition): Promise<string[]> {
  // Parquet brings its own types, which the definition does not name.
  const { decode, inputs = {} } = pipeline.extract;
  const all = [decode, ...Object.values(inputs).map((input) => input.decode)];
  if (all.some(({ format }) => format === 'parquet')) return [];
  const folder = await mkdtemp(join(tmpdir(), 'penstock-lint-'));
  let session: Session | null = null;
  try {
    session = await openSession({ folder });
    await importRaw(session, 'raw', rawColumns(decode), noRows());
    for (const [name, input] of Object.entries(inputs))
      await importRaw(session, inputTable(name), rawColumns(input.decode), noRows());
    const interval = { start: 0, end: 86_400_000 };
    await transform(session, { pipeline, interval, sql, checkSql });
    await runChecks(session, { pipeline, interval, checkSql, expectedUntil: 0, sampleLimit: 1 });
    return [];
  } catch (error) {
    return [`${pipeline.transform} of ${pipeline.id}: ${error instanceof Fault ? error.what : messageOf(error)}`];
  } finally {
    await session?.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function* noRows(): AsyncGenerator<never> {
  yield* [];
}

function withoutComments(text: string): string {
  return text
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('--'))
    .join('\n');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.trim().split('\n').slice(0, 6).join('\n    ') : String(error);
}

function nothingFault(root: string): Fault {
  return new Fault({
    code: 'LINT_NOTHING',
    kind: 'definition',
    what: 'there are no definitions: 0 looked at',
    where: root,
    consequence: 'nothing was checked, and unchecked is never green',
    next: 'give the right folder with --pipelines',
  });
}

function failedFault(faults: readonly string[], root: string, definitions: number, sqlFiles: number): Fault {
  const count = faults.length === 1 ? 'one fault' : `${faults.length} faults`;
  return new Fault({
    code: 'LINT_FAILED',
    kind: 'definition',
    what: `${count} in ${definitions} definitions and ${sqlFiles} SQL files:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`,
    where: root,
    consequence: 'a run of these datasets would fail or load wrong rows',
    next: 'mend them, then: penstock lint',
  });
}
