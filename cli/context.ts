/** What every command gets: the words that were typed, the environment, the output, the signal that asks it to stop. */
import type { Command } from 'commander';
import type { Environment } from './environment.ts';
import type { CommonOptions } from './options.ts';
import type { Output } from './output.ts';
import { type Settings, settingsOf } from './settings.ts';

export interface Context {
  /** What was typed, without secrets: `penstock run ieso-demand`. */
  readonly typed: string;
  /** The first word was no command, so it was taken as the id of a dataset for `run`. */
  readonly implicitRun: boolean;
  readonly env: Environment;
  readonly output: Output;
  /** Aborted by the first Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
  exitCode: number;
  /** Of a command that runs until a signal comes: the signal does not change its exit code. */
  signalIsNormalEnd: boolean;
}

/** Runs `work` with the command's words and typed options; what it returns is the exit code. */
export function act<Options extends CommonOptions>(
  command: Command,
  context: () => Context,
  work: (words: readonly string[], options: Options, settings: Settings) => Promise<number>,
): void {
  command.action(async () => {
    const options = command.opts<Options>();
    const current = context();
    current.exitCode = await work(command.args, options, settingsOf(options, current.env));
  });
}
