/** Reads what the pure plan needs (definitions, ledger, landing) and plans each dataset. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Fault } from '../core/errors.ts';
import type { Interval } from '../core/interval.ts';
import type { Pipeline } from '../core/pipeline.ts';
import { type LedgerEntry, readLedger } from '../loaders/postgres/ledger.ts';
import { selectPipelines } from '../pipelines/index.ts';
import { type Definition, readDefinitions } from './definition.ts';
import type { Engine } from './engine.ts';
import { parseRange, planDataset, type Planned } from './plan.ts';

export interface PlanRequest {
  /** Empty: all datasets. */
  readonly ids: readonly string[];
  readonly from?: string;
  readonly to?: string;
  /** `replay`: everything that landing holds, without the network. */
  readonly mode?: 'run' | 'replay';
  /** Only intervals that start at these instants (milliseconds since the epoch), for `quarantine retry`. */
  readonly only?: readonly { readonly dataset: string; readonly start: number }[];
  /** What should be there, whatever is recorded: for `gaps`. */
  readonly evenUnrecorded?: boolean;
}

export interface DatasetPlan {
  readonly definition: Definition;
  readonly planned: readonly Planned[];
  /** Starts of intervals that a run over recordings would ask for and has no answer for. */
  readonly notRecorded: readonly number[];
  /** Ledger entries by the start of their interval. */
  readonly ledger: ReadonlyMap<number, LedgerEntry>;
}

/** @throws Fault `RANGE_INVALID`, `UNKNOWN_DATASET`, `SQL_FILE_MISSING` */
export async function makePlan(engine: Engine, request: PlanRequest): Promise<DatasetPlan[]> {
  const pipelines = selectPipelines(engine.catalog, request.ids);
  const macros = await readFile(fileURLToPath(new URL('../transforms/macros.sql', import.meta.url)), 'utf8');
  const definitions = await readDefinitions(engine.catalog, pipelines, macros);
  const entries = await readLedger(
    engine.pool,
    pipelines.map(({ id }) => id),
  );
  const hashes = new Map(definitions.map(({ pipeline, hash }) => [pipeline.id, hash]));
  const readAgain = entries.filter(
    ({ dataset, definitionHash }) => request.mode === 'replay' || hashes.get(dataset) !== definitionHash,
  );
  const landed = await landedContent(engine, readAgain);
  const now = engine.clock.now();
  const wanted =
    request.only === undefined ? null : new Set(request.only.map(({ dataset, start }) => `${dataset} ${start}`));
  const { recorded } = request.evenUnrecorded === true ? {} : engine.http;
  return definitions.map((definition) => {
    const { pipeline } = definition;
    const range = rangeOf(pipeline, request);
    const ledger = new Map(
      entries.filter(({ dataset }) => dataset === pipeline.id).map((entry) => [entry.start, entry]),
    );
    const done = [...ledger.values()].map((entry) => ({ ...entry, sha256: entry.artifact?.sha256 ?? null }));
    const { planned, notRecorded } = planDataset({
      pipeline,
      definitionHash: definition.hash,
      ledger: done,
      landed,
      now,
      range,
      replay: request.mode === 'replay',
      ...(recorded === undefined ? {} : { recorded }),
    });
    const isWanted = (start: number): boolean => wanted === null || wanted.has(`${pipeline.id} ${start}`);
    return {
      definition,
      planned: planned.filter(({ interval }) => isWanted(interval.start)),
      notRecorded: notRecorded.filter(isWanted),
      ledger,
    };
  });
}

/** Which of their contents landing still has. */
async function landedContent(engine: Engine, entries: readonly LedgerEntry[]): Promise<ReadonlySet<string>> {
  const known = new Set(entries.flatMap(({ artifact }) => artifact?.sha256 ?? []));
  const there = await Promise.all(
    [...known].map(async (sha256) => ((await engine.landing.has(sha256)) ? [sha256] : [])),
  );
  return new Set(there.flat());
}

/** The range that was asked for, null for none. @throws Fault `RANGE_INVALID` */
export function rangeOf(pipeline: Pipeline, { from, to }: Pick<PlanRequest, 'from' | 'to'>): Interval | null {
  const range = parseRange(pipeline, from, to);
  if (typeof range !== 'string') return range;
  throw new Fault({
    code: 'RANGE_INVALID',
    kind: 'usage',
    what: range,
    where: pipeline.id,
    consequence: 'nothing was run',
    next: 'for example: --from 2025-01-01 --to 2026-01-01',
  });
}
