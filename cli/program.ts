/** The command line as a whole: every command, its options and its help. */
import { Command } from 'commander';
import { alertsCommand } from './commands/alerts.ts';
import { backfillCommand } from './commands/backfill.ts';
import { dbCommand } from './commands/db.ts';
import { doctorCommand } from './commands/doctor.ts';
import { flagsCommand } from './commands/flags.ts';
import { gapsCommand } from './commands/gaps.ts';
import { healthCommand } from './commands/health.ts';
import { helpTextsCommand } from './commands/help-texts.ts';
import { inspectCommand } from './commands/inspect.ts';
import { lintCommand } from './commands/lint.ts';
import { listCommand } from './commands/list.ts';
import { llmCommand } from './commands/llm.ts';
import { newCommand } from './commands/new.ts';
import { planCommand } from './commands/plan.ts';
import { quarantineCommand } from './commands/quarantine.ts';
import { queryCommand } from './commands/query.ts';
import { replayCommand } from './commands/replay.ts';
import { reportCommand } from './commands/report.ts';
import { reviewCommand } from './commands/review.ts';
import { runCommand } from './commands/run.ts';
import { scheduleCommand } from './commands/schedule.ts';
import { serveCommand } from './commands/serve.ts';
import { showCommand } from './commands/show.ts';
import { verifyCommand } from './commands/verify.ts';
import type { Context } from './context.ts';

/** @param print where help and version go */
export function buildProgram(context: () => Context, version: string, print: (text: string) => void): Command {
  const program = new Command('penstock')
    .description('Moves public electricity data into PostgreSQL, with the history and the evidence to trust it.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .exitOverride()
    .configureOutput({ writeOut: print, writeErr: () => undefined })
    .configureHelp({
      helpWidth: 110,
      subcommandTerm: (command) => `${command.name()} ${command.usage().replace('[options]', '').trim()}`.trim(),
    })
    .usage('[command] [id...] [options]')
    .addHelpText(
      'after',
      `
Without a command it is "run": what is due is asked for and loaded.

Examples:
  penstock --samples                     try it: samples into a database of their own, no network
  penstock                               bring all tables up to date
  penstock run ieso-demand --from 2016-01-01 --to 2026-01-01
  penstock query "select count(*) from ontario_hourly_demand"

Exit codes: 0 fine, 1 usage or configuration, 2 an interval failed, 3 a blocking check stopped a load, 4 gaps, health, verify or db audit found something`,
    );
  program.commandsGroup('Move data:');
  for (const add of [runCommand, planCommand, backfillCommand, replayCommand, scheduleCommand]) add(program, context);
  program.commandsGroup('Look at data:');
  for (const add of [
    queryCommand,
    gapsCommand,
    healthCommand,
    alertsCommand,
    quarantineCommand,
    reviewCommand,
    reportCommand,
    inspectCommand,
  ])
    add(program, context);
  program.commandsGroup('Serve:');
  for (const add of [serveCommand, verifyCommand, flagsCommand, helpTextsCommand, llmCommand]) add(program, context);
  program.commandsGroup('Definitions:');
  for (const add of [listCommand, showCommand, lintCommand, newCommand]) add(program, context);
  program.commandsGroup('Machine:');
  for (const add of [dbCommand, doctorCommand]) add(program, context);
  return program.helpCommand(false);
}
