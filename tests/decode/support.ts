/** Decodes bytes through a real file and gathers everything that comes out. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { Decode, Decoded, UndecodableRow } from '../../core/decode.ts';
import { Fault } from '../../core/errors.ts';
import { type DecodeLimits, decode } from '../../loaders/source/decode/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'penstock-decode-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

export interface Gathered {
  readonly lines: number[];
  readonly raw: string[];
  /** Row by row. */
  readonly cells: (string | null)[][];
  readonly undecodable: UndecodableRow[];
  readonly batches: number;
}

export function fileOf(bytes: string | Uint8Array, name = `file-${(files += 1)}`): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

export async function gather(decoded: AsyncIterable<Decoded>): Promise<Gathered> {
  const all: Gathered = { lines: [], raw: [], cells: [], undecodable: [], batches: 0 };
  let batches = 0;
  for await (const part of decoded) {
    if (part.kind === 'undecodable') {
      all.undecodable.push(...part.rows);
      continue;
    }
    batches += 1;
    all.lines.push(...part.batch.lines);
    all.raw.push(...part.batch.raw);
    part.batch.lines.forEach((_, row) => all.cells.push(part.batch.cells.map((column) => column[row] ?? null)));
  }
  return { ...all, batches };
}

export function decodeBytes(
  bytes: string | Uint8Array,
  spec: Decode,
  limits: Partial<DecodeLimits> = {},
): Promise<Gathered> {
  return gather(decode(fileOf(bytes), spec, { name: 'report', ...limits }));
}

/** The fault that decoding ends with. */
export async function faultOf(
  bytes: string | Uint8Array,
  spec: Decode,
  limits: Partial<DecodeLimits> = {},
): Promise<Fault> {
  try {
    await decodeBytes(bytes, spec, limits);
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error('decoding did not fail');
}
