/** What `run`, `backfill`, `replay` and `quarantine retry` share: open, run, say what became of it. */
import process from 'node:process';
import type { Engine } from '../engine/engine.ts';
import type { PlanRequest } from '../engine/make-plan.ts';
import { run } from '../engine/run.ts';
import type { Catalog } from '../pipelines/index.ts';
import type { Context } from './context.ts';
import { removeLeftovers } from './leftovers.ts';
import { openEngine } from './open.ts';
import type { Settings } from './settings.ts';
import { documentOf, failureText, summaryText } from './summary.ts';

export interface RunWords extends PlanRequest {
  readonly jobs: number;
  readonly catalog: Catalog;
  /** Narrows the plan with what the database knows; null when there is nothing to do, with the reason. */
  readonly narrow?: (engine: Engine) => Promise<Pick<PlanRequest, 'only'> | { readonly nothing: string }>;
}

/** @returns the exit code */
export async function runAndReport(settings: Settings, context: Context, words: RunWords): Promise<number> {
  const { catalog, jobs, narrow, ...request } = words;
  const { engine, close } = await openEngine(settings, context, catalog, { progress: 'auto' });
  try {
    await removeLeftovers(settings.dataDir);
    const narrowed = narrow === undefined ? {} : await narrow(engine);
    if ('nothing' in narrowed) {
      await context.output.result(
        { runId: null, exitCode: 0, source: settings.source, plan: [], datasets: [], report: null },
        () => narrowed.nothing,
      );
      return 0;
    }
    const result = await run(engine, { ...request, ...narrowed, command: context.typed, jobs, signal: context.signal });
    const { report } = result;
    const failures = settings.json ? '' : failureText(report);
    if (failures !== '') process.stderr.write(`${failures}\n`);
    await context.output.result(documentOf(result), () => summaryText(result, settings.quiet));
    return report.exitCode;
  } finally {
    await close();
  }
}
