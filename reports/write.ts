/** Puts a run's report on disk: `<folder>/<run-id>/report.{html,json,md}`, its rows of `<folder>/index.html`, and the schema of the JSON. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { asFault, Fault } from '../core/errors.ts';
import { renderHtml } from './html/page.ts';
import { addToIndex } from './index-page.ts';
import { renderMarkdown } from './markdown.ts';
import type { RunReport } from './model.ts';
import { replaceFile } from './replace-file.ts';
import { reportSchemaText } from './schema.ts';

/** Paths of what was written, below the folder as it was given. */
export interface WrittenReport {
  readonly html: string;
  readonly json: string;
  readonly markdown: string;
  readonly index: string;
}

/**
 * Writes the report and adds it to the index; writing a run again replaces its files.
 *
 * @throws Fault `REPORT_RUN_ID` for an id that is no folder name, `REPORT_NOT_WRITTEN` when the disk refuses
 */
export async function writeReport(report: RunReport, folder: string): Promise<WrittenReport> {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(report.runId)) {
    throw new Fault({
      code: 'REPORT_RUN_ID',
      kind: 'usage',
      what: `run id ${JSON.stringify(report.runId.slice(0, 120))} cannot be the name of a folder`,
      consequence: 'the report was not written; what the run loaded is in the database',
      next: 'use letters, digits, points, hyphens and underscores, at most 100',
    });
  }
  const own = join(folder, report.runId);
  const paths = { html: join(own, 'report.html'), json: join(own, 'report.json'), markdown: join(own, 'report.md') };
  try {
    await mkdir(own, { recursive: true });
    await replaceFile(paths.json, `${JSON.stringify(report)}\n`);
    await replaceFile(paths.markdown, renderMarkdown(report));
    await replaceFile(paths.html, renderHtml(report));
    await replaceFile(join(folder, 'report.schema.json'), reportSchemaText());
    return { ...paths, index: await addToIndex(report, folder) };
  } catch (error) {
    throw new Fault({
      code: 'REPORT_NOT_WRITTEN',
      kind: 'file',
      what: `the report could not be written: ${asFault(error).what}`,
      where: own,
      consequence: 'what the run loaded is in the database; only its report is missing or incomplete',
      next: 'make room or give write access to this folder, then run again',
      cause: error,
    });
  }
}
