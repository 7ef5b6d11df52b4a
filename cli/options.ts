/** Options that many commands share. All commands accept the common ones; help shows those that matter to the command. */
import { type Command, InvalidArgumentError, Option } from 'commander';

export interface CommonOptions {
  readonly recordings?: string;
  readonly samples?: boolean;
  readonly record?: string;
  readonly databaseUrl?: string;
  readonly dataDir?: string;
  readonly pipelines?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export interface RangeOptions extends CommonOptions {
  readonly from?: string;
  readonly to?: string;
}

export type Group = 'source' | 'database' | 'definitions' | 'output';

const COMMON: readonly { readonly flags: string; readonly doc: string; readonly groups: readonly Group[] }[] = [
  {
    flags: '--recordings <dir>',
    doc: 'answer every request from recorded responses, never from the network',
    groups: ['source'],
  },
  {
    flags: '--samples',
    doc: 'use the generated samples that ship with penstock, in a data folder of their own',
    groups: ['source', 'database'],
  },
  { flags: '--record <dir>', doc: 'keep what publishers answer, for --recordings', groups: ['source'] },
  {
    flags: '--database-url <url>',
    doc: 'PostgreSQL to use (default: DATABASE_URL, else an embedded server)',
    groups: ['database'],
  },
  {
    flags: '--data-dir <dir>',
    doc: 'folder of landing, embedded database and reports (default: data; with --samples data/sample)',
    groups: ['database'],
  },
  {
    flags: '--pipelines <dir>',
    doc: 'folder of definitions (default: those that ship with penstock)',
    groups: ['definitions'],
  },
  { flags: '--json', doc: 'one JSON document on stdout', groups: ['output'] },
  { flags: '--quiet', doc: 'log warnings and errors only', groups: ['output'] },
];

/** Adds the common options; those outside `shown` are accepted too, so that one set of flags fits a whole script. */
export function common(command: Command, shown: readonly Group[]): Command {
  for (const { flags, doc, groups } of COMMON) {
    const option = new Option(flags, doc);
    command.addOption(groups.some((group) => group === 'output' || shown.includes(group)) ? option : option.hideHelp());
  }
  return command;
}

/** `--from` and `--to`. */
export function range(command: Command): Command {
  return command
    .option('--from <date>', "first day in the dataset's own zone, or an instant with offset (2025-05-01T05:00Z)")
    .option('--to <date>', 'the day after the last, or an instant; ranges are half-open');
}

export interface ChangelogOptions extends CommonOptions {
  readonly changelog?: string;
}

/** `--changelog`. */
export function changelogOption(command: Command): Command {
  return command.option(
    '--changelog <file>',
    'where to note what was changed (default: PENSTOCK_CHANGELOG, else docs/operations/changelog.md of a checkout, else operations/changelog.md in the data folder)',
  );
}

export const MOST_JOBS = 16;

export function jobs(command: Command): Command {
  return command.option(
    '--jobs <n>',
    'datasets at once, and intervals that each prepares ahead',
    wholeNumber(1, MOST_JOBS),
    2,
  );
}

/** A parser for a whole number within bounds. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}
