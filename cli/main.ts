#!/usr/bin/env -S node --max-semi-space-size=4
// The small young generation saves about 40 MB at the peak of a load and costs no time that could be measured.
/** Entry of the command line: reads the words, runs one command, says what went wrong, sets the exit code. */
import process from 'node:process';
import { CommanderError } from 'commander';
import { asFault, exitCodeOf, Fault } from '../core/errors.ts';
import { arrange, typedWithoutSecrets } from './arguments.ts';
import type { Context } from './context.ts';
import { readEnvironment } from './environment.ts';
import { listenForSignals } from './interrupt.ts';
import { createOutput } from './output.ts';
import { buildProgram } from './program.ts';
import { packageVersion } from './shipped.ts';

process.exitCode = await main(process.argv.slice(2));
// What is left open at this point (an idle socket, a timer) is nothing that anybody waits for.
process.exit();

async function main(argv: readonly string[]): Promise<number> {
  leaveQuietlyWhenReaderIsGone();
  const options = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  const output = createOutput(options.includes('--json'), process.env['npm_lifecycle_event']);
  const interrupt = listenForSignals();
  let env: Context['env'] = process.env;
  try {
    env = readEnvironment(process.cwd());
    let context: Context | undefined;
    const printed: string[] = [];
    const program = buildProgram(
      () => {
        if (context === undefined) throw new Error('a command ran before the words were read');
        return context;
      },
      packageVersion(),
      (text) => printed.push(text),
    );
    const { argv: words, implicitRun } = arrange(argv, program);
    context = {
      typed: typedWithoutSecrets(argv),
      implicitRun,
      env,
      output,
      signal: interrupt.signal,
      exitCode: 0,
      signalIsNormalEnd: false,
    };
    try {
      await program.parseAsync([...words], { from: 'user' });
    } catch (error) {
      if (!(error instanceof CommanderError)) throw error;
      if (error.exitCode !== 0) throw usageFault(error, words);
      const text = printed.join('');
      await output.result({ text }, () => text);
      context.exitCode = error.exitCode;
    }
    return (context.signalIsNormalEnd ? null : interrupt.exitCode()) ?? context.exitCode;
  } catch (error) {
    const stopped = interrupt.exitCode();
    const fault = stopped === null ? asFault(error) : stoppedFault(error);
    await output.fault(fault, env['LOG_LEVEL'] === 'debug');
    return stopped ?? exitCodeOf(fault.kind);
  }
}

function usageFault(error: CommanderError, words: readonly string[]): Fault {
  const [what = '', hint = ''] = error.message.replace(/^error: /, '').split('\n');
  const suggestion = /Did you mean (.+)\?/.exec(hint)?.[1];
  const command = words.find((word) => !word.startsWith('-'));
  return new Fault({
    code: 'USAGE',
    kind: 'usage',
    what: suggestion === undefined ? what : `${what}; did you mean ${suggestion}?`,
    consequence: 'nothing was run',
    next: `penstock ${command === undefined ? '' : `${command} `}--help`,
    cause: error,
  });
}

function stoppedFault(cause: unknown): Fault {
  return new Fault({
    code: 'STOPPED',
    kind: 'usage',
    what: 'stopped by a signal before the end',
    consequence: 'what was committed stays, the rest was rolled back',
    next: 'run the command again',
    cause,
  });
}

/** `penstock query … | head` is no fault. */
function leaveQuietlyWhenReaderIsGone(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(0);
      throw error;
    });
  }
}
