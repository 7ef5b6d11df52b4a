/** `report`: where the reports of runs are. */
import type { Command } from 'commander';
import { act, type Context } from '../context.ts';
import { common, type CommonOptions, wholeNumber } from '../options.ts';

interface OpenOptions extends CommonOptions {
  readonly open?: boolean;
}
interface ListOptions extends CommonOptions {
  readonly limit: number;
}

export function reportCommand(program: Command, context: () => Context): void {
  const group = program.command('report').description("path of the newest run's report, or of a given one; list all");
  openCommand(group, context);
  listCommand(group, context);
}

function openCommand(group: Command, context: () => Context): void {
  const command = group
    .command('open', { isDefault: true })
    .argument('[run]', 'id of a run, from "report list"; the newest when none is given')
    .description('print the path of a report')
    .option('--open', 'show it in a browser too (on a terminal only)');
  common(command, ['database']);
  act<OpenOptions>(command, context, async ([runId], { open = false }, settings) => {
    const { findReport, showInBrowser } = await import('../reports-folder.ts');
    const report = await findReport(settings.dataDir, runId);
    await context().output.result(report, () => report.html);
    if (open) showInBrowser(report.html);
    return 0;
  });
}

function listCommand(group: Command, context: () => Context): void {
  const command = group
    .command('list')
    .description('runs, newest first')
    .option('--limit <n>', 'most runs', wholeNumber(1, 500), 20);
  common(command, ['database']);
  act<ListOptions>(command, context, async (_words, { limit }, settings) => {
    const { listReports, reportsText } = await import('../reports-folder.ts');
    const lines = await listReports(settings.dataDir, limit);
    await context().output.result(lines, () => reportsText(lines));
    return 0;
  });
}
