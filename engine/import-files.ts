/** Brings an interval's files into its DuckDB session: `raw` from the main file, `raw_<name>` from each input. */
import { copyFile, link } from 'node:fs/promises';
import { join } from 'node:path';
import { type Decode, rawColumns, type UndecodableRow } from '../core/decode.ts';
import { Fault } from '../core/errors.ts';
import type { Pipeline } from '../core/pipeline.ts';
import { decode } from '../loaders/source/decode/index.ts';
import { importParquet } from '../transforms/raw-parquet.ts';
import { importRaw } from '../transforms/raw.ts';
import type { Session } from '../transforms/session.ts';
import { type Artifact, inputTable, type RawFile } from './artifact.ts';

export interface Imported {
  /** Rows of the main file, and lines of any file that could not be cut into cells. */
  readonly readRows: number;
  readonly undecodable: readonly UndecodableRow[];
}

/** @throws Fault of kind `format` */
export async function importFiles(
  session: Session,
  { extract }: Pipeline,
  artifact: Artifact,
  folder: string,
): Promise<Imported> {
  const specs = [
    { table: 'raw', spec: extract.decode },
    ...Object.entries(extract.inputs ?? {}).map(([name, input]) => ({ table: inputTable(name), spec: input.decode })),
  ];
  const undecodable: UndecodableRow[] = [];
  let rows = 0;
  for (const { table, spec } of specs) {
    const file = artifact.files.find((one) => one.table === table);
    if (file === undefined) throw new RangeError(`${table} has no file`);
    const found = await importFile(session, file, spec, folder);
    if (table === 'raw') rows = found.rows;
    for (const row of found.undecodable)
      undecodable.push(table === 'raw' ? row : { ...row, reason: `in ${table} (${file.url}): ${row.reason}` });
  }
  return { readRows: rows + undecodable.length, undecodable };
}

async function importFile(
  session: Session,
  file: RawFile,
  spec: Decode,
  folder: string,
): Promise<{ rows: number; undecodable: readonly UndecodableRow[] }> {
  const columns = rawColumns(spec);
  if (spec.format !== 'parquet') {
    const raw = await importRaw(session, file.table, columns, decode(file.path, spec, { name: file.url }));
    if (raw.undecodableCount > raw.undecodable.length) throw tooManyBroken(raw.undecodableCount, file);
    return raw;
  }
  // DuckDB may read nothing outside the interval's own folder.
  const own = join(folder, `${file.table}.parquet`);
  await link(file.path, own).catch(() => copyFile(file.path, own));
  const { rows } = await importParquet(session, file.table, spec, own, file.url);
  return { rows, undecodable: [] };
}

/** Thousands of lines that cannot be cut into cells are not bad rows, they are another format. */
function tooManyBroken(rows: number, file: RawFile): Fault {
  return new Fault({
    code: 'FORMAT_TOO_MANY_BROKEN_ROWS',
    kind: 'format',
    what: `${rows} rows cannot be cut into cells`,
    where: file.url,
    consequence: 'nothing of this interval was loaded; what was loaded before stays',
    next: `look at ${file.path}: has the publisher changed the format?`,
  });
}
