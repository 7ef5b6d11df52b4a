/** How long the page of a report takes and how large it is: 3,000 checks of one dataset, 54 datasets with everything, and the same after many runs. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderHtml } from '../reports/html/page.ts';
import { renderMarkdown } from '../reports/markdown.ts';
import type { DatasetReport, RunReport } from '../reports/model.ts';
import { writeReport } from '../reports/write.ts';
import { check, run } from '../tests/reports/example.ts';
import { FULL_DATASET, history } from '../tests/reports/full-example.ts';
import { median, round, writeResults } from './results.ts';

export interface ReportOptions {
  readonly rounds: number;
  readonly name: string;
}

const CHECKS = 3_000;
const DATASETS = 54;
const RUNS = 1_000;

/** One check in `every` found something. */
function manyChecks(every: number): RunReport {
  const checks = Array.from({ length: CHECKS }, (_, i) =>
    check(`range(column_${i}, 0, 1)`, `Column ${i} lies between 0 and 1.`, {
      history: history(12, 4),
      ...(i % every === 0 && {
        result: 'found',
        failingRows: 20,
        sql: `select hour as key, column_${i} as value, 'between 0 and 1' as expectation\nfrom typed\nwhere column_${i} not between 0 and 1`,
        samples: Array.from({ length: 20 }, (_sample, hour) => ({
          interval: '2025',
          key: `2025-01-01T${String(hour).padStart(2, '0')}:00:00Z`,
          value: '2',
          expectation: 'between 0 and 1',
        })),
      }),
    }),
  );
  return run([{ ...FULL_DATASET, checks }]);
}

function manyDatasets(): RunReport {
  const states: readonly DatasetReport['state'][] = ['good', 'good', 'good', 'warning', 'not checked', 'good'];
  return run(
    Array.from({ length: DATASETS }, (_, i) => ({
      ...FULL_DATASET,
      id: `dataset-${i}`,
      state: states[i % states.length] ?? 'good',
    })),
  );
}

interface Figure {
  readonly model: string;
  readonly htmlMs: readonly number[];
  readonly medianMs: number;
  readonly htmlBytes: number;
  readonly charts: number;
  readonly markdownMs: number;
  readonly markdownCharacters: number;
}

function measure(model: string, report: RunReport, rounds: number): Figure {
  const htmlMs: number[] = [];
  let page = '';
  for (let i = 0; i < rounds; i += 1) {
    const start = performance.now();
    page = renderHtml(report);
    htmlMs.push(round(performance.now() - start, 1));
  }
  const start = performance.now();
  const markdown = renderMarkdown(report);
  const markdownMs = round(performance.now() - start, 1);
  return {
    model,
    htmlMs,
    medianMs: median(htmlMs),
    htmlBytes: Buffer.byteLength(page),
    charts: page.match(/<svg class="chart"/g)?.length ?? 0,
    markdownMs,
    markdownCharacters: markdown.length,
  };
}

/** Milliseconds to write a small report as the first, and after many others. */
async function measureIndex(rounds: number): Promise<{ readonly firstMs: number; readonly laterMs: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-bench-report-'));
  const small = run([FULL_DATASET]);
  const write = async (runId: string): Promise<number> => {
    const start = performance.now();
    await writeReport({ ...small, runId }, folder);
    return performance.now() - start;
  };
  try {
    const first: number[] = [];
    const later: number[] = [];
    for (let i = 0; i < RUNS; i += 1) {
      const ms = await write(`run-${i}`);
      if (i > 0 && i <= rounds) first.push(ms);
      if (i >= RUNS - rounds) later.push(ms);
    }
    return { firstMs: round(median(first), 1), laterMs: round(median(later), 1) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function benchReport({ rounds, name }: ReportOptions): Promise<void> {
  const figures = [
    measure(`${CHECKS} checks, one in 100 found something`, manyChecks(100), rounds),
    measure(`${CHECKS} checks, all found something`, manyChecks(1), rounds),
    measure(`${DATASETS} datasets with everything`, manyDatasets(), rounds),
  ];
  for (const { model, htmlMs, medianMs, htmlBytes, charts, markdownMs } of figures)
    console.log(
      `${model}: median ${medianMs} ms of ${htmlMs.join(', ')}; ${htmlBytes} bytes, ${charts} charts; Markdown ${markdownMs} ms`,
    );
  const index = await measureIndex(Math.max(rounds, 10));
  console.log(`writing a report: ${index.firstMs} ms as one of the first, ${index.laterMs} ms after ${RUNS} runs`);
  console.log(await writeResults(name, { rounds, figures, index: { runs: RUNS, ...index } }));
}
