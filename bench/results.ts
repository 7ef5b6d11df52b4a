/** What every bench reports: the machine, the versions, and a JSON file in `bench/results/`. */
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, release, totalmem } from 'node:os';
import { join, relative } from 'node:path';
import { version as duckdbVersion } from '@duckdb/node-api';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly os: string;
  readonly node: string;
  readonly duckdb: string;
}

export function machine(): Machine {
  const all = cpus();
  return {
    cpu: all[0]?.model ?? 'unknown',
    cores: all.length,
    memoryGiB: round(totalmem() / 2 ** 30, 1),
    os: `${process.platform} ${release()} ${process.arch}`,
    node: process.version,
    duckdb: duckdbVersion(),
  };
}

/** Writes `bench/results/<date>-<name>.json` and returns its path. */
export async function writeResults(name: string, results: Readonly<Record<string, unknown>>): Promise<string> {
  const folder = join(import.meta.dirname, 'results');
  await mkdir(folder, { recursive: true });
  const date = new Date().toISOString();
  const file = join(folder, `${date.slice(0, 10)}-${name}.json`);
  await writeFile(file, `${JSON.stringify({ bench: name, date, machine: machine(), ...results }, null, 2)}\n`);
  return relative(process.cwd(), file);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
