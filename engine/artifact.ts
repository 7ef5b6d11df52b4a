/** What an interval is made of, from ledger and landing: one file, or several that a list of parts names. */
import type { Pipeline } from '../core/pipeline.ts';
import { type LedgerArtifact, type LedgerEntry, readArtifacts, recordArtifact } from '../loaders/postgres/ledger.ts';
import type { Extracted, Previous } from '../loaders/source/extract.ts';
import type { StoredFile } from '../loaders/source/fetch-file.ts';
import { type Part, type Parts, PARTS_TYPE, readParts } from '../loaders/source/parts.ts';
import type { ArtifactReport } from '../reports/model.ts';
import type { Engine } from './engine.ts';
import type { Planned } from './plan.ts';

export interface Artifact extends ArtifactReport {
  /** Row of etl.artifact. */
  readonly id: string;
  /** Of the main file. */
  readonly path: string;
  readonly fetchedAtMs: number;
  /** The main file and the inputs. */
  readonly files: readonly RawFile[];
}

/** A file that becomes a raw table. */
export interface RawFile extends Part {
  readonly table: string;
  readonly path: string;
}

type Landed = Extract<Extracted, { outcome: 'landed' }>;

/** Raw tables that the definition's transform reads: `raw` of the main file, `raw_<name>` of each input. */
export function rawTables({ extract }: Pipeline): string[] {
  return ['raw', ...Object.keys(extract.inputs ?? {}).map(inputTable)];
}

export function inputTable(name: string): string {
  return `raw_${name}`;
}

/** @throws Fault `LANDING_MISSING` or `LANDING_CORRUPT` when the list of its parts is not there */
export async function knownArtifact(engine: Engine, known: LedgerArtifact): Promise<Artifact> {
  const parts = known.contentType === PARTS_TYPE ? await readParts(engine.landing, known.sha256) : null;
  return artifactOf(engine, known.id, known, parts ?? { main: known, inputs: {} });
}

/** What the publisher is asked about: the files of the last answer, with their validators; null when nothing is known of them. */
export async function previousFiles(
  engine: Engine,
  planned: Planned,
  ledger: LedgerEntry | undefined,
): Promise<Previous | null> {
  const known = ledger?.artifact ?? null;
  if (known?.contentType !== PARTS_TYPE) return known === null ? null : { main: known, inputs: {} };
  const parts = await readParts(engine.landing, known.sha256).catch(() => null);
  if (parts === null) return null;
  const all = [parts.main, ...Object.values(parts.inputs)];
  const hashes = all.map(({ sha256 }) => sha256);
  const rows = await readArtifacts(engine.pool, planned.dataset, planned.interval.start, hashes);
  const stored = (part: Part): StoredFile => {
    const { fetchedAt, validators, contentType } = rows.get(part.sha256) ?? {
      ...known,
      validators: {},
      contentType: null,
    };
    return { ...part, fetchedAt, validators, contentType };
  };
  return {
    main: stored(parts.main),
    inputs: Object.fromEntries(Object.entries(parts.inputs).map(([name, part]) => [name, stored(part)])),
  };
}

/** Records every file that came, and what stands for the interval. */
export async function recordExtracted(
  engine: Engine,
  planned: Planned,
  runId: string,
  { artifact, files }: Landed,
): Promise<Artifact> {
  const { dataset, interval } = planned;
  const record = (file: StoredFile): Promise<string> =>
    recordArtifact(engine.pool, { ...file, dataset, start: interval.start, source: engine.source, runId });
  const inputs = Object.values(files.inputs);
  // One after the other: two inputs may hold the same bytes, which are one row.
  for (const file of inputs.length === 0 ? [] : [files.main, ...inputs]) await record(file);
  return artifactOf(engine, await record(artifact), artifact, files);
}

/** For the report, before anything is recorded. */
export function artifactReport({ artifact, files }: Landed): ArtifactReport {
  return reportOf(artifact, files);
}

function artifactOf(engine: Engine, id: string, whole: Omit<StoredFile, 'contentType'>, parts: Parts): Artifact {
  const file = (table: string, { url, sha256, bytes }: Part): RawFile => ({
    table,
    url,
    sha256,
    bytes,
    path: engine.landing.path(sha256),
  });
  return {
    ...reportOf(whole, parts),
    id,
    path: engine.landing.path(parts.main.sha256),
    fetchedAtMs: whole.fetchedAt,
    files: [
      file('raw', parts.main),
      ...Object.entries(parts.inputs).map(([name, part]) => file(inputTable(name), part)),
    ],
  };
}

function reportOf({ sha256, fetchedAt }: Omit<StoredFile, 'contentType'>, { main, inputs }: Parts): ArtifactReport {
  const part = (table: string, { url, sha256: hash, bytes }: Part): { table: string } & Part => ({
    table,
    url,
    sha256: hash,
    bytes,
  });
  const others = Object.entries(inputs);
  return {
    url: main.url,
    sha256,
    bytes: others.reduce((sum, [, { bytes }]) => sum + bytes, main.bytes),
    fetchedAt: new Date(fetchedAt).toISOString(),
    ...(others.length > 0 && {
      parts: [part('raw', main), ...others.map(([name, one]) => part(inputTable(name), one))],
    }),
  };
}
