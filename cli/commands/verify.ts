/** `verify`: asks a server for everything that it offers, and says what is not as it should be. */
import type { Command } from 'commander';
import { Fault } from '../../core/errors.ts';
import { act, type Context } from '../context.ts';
import { common, type CommonOptions, wholeNumber } from '../options.ts';

interface VerifyCommandOptions extends CommonOptions {
  readonly baseUrl?: string;
  readonly only?: readonly string[];
  readonly timeout: number;
  readonly key?: string;
  readonly anonKey?: string;
  readonly origin?: string;
  readonly allowStale?: boolean;
  readonly allowSamples?: boolean;
}

/** Design §7: something was found. */
const FOUND = 4;

export function verifyCommand(program: Command, context: () => Context): void {
  const command = program
    .command('verify')
    .description('ask a server for every endpoint, stream, flag and help text; exit 4 when one is not as it should be')
    .option('--base-url <url>', 'the server (default: one is started here over the configured database)')
    .option('--only <capability...>', 'only these: core, help, stream.ontario-demand …')
    .option('--timeout <s>', 'seconds that one answer may take', wholeNumber(1, 600), 15)
    .option('--key <key>', 'key of the service at --base-url (default: PENSTOCK_VERIFY_KEY)')
    .option('--anon-key <key>', 'public key that goes along with reads, where the server wants one')
    .option('--origin <origin>', 'a page that may read from it, e.g. https://energy.example.ca')
    .option('--allow-stale', 'streams pass with stale data: flags close by themselves while data are stale')
    .option('--allow-samples', 'streams pass with generated samples, and no row is kept of them')
    .addHelpText(
      'after',
      `
Each capability that was asked for leaves a row of etl.verification where the server proves that it works on the configured
database: a flag opens only after such a row that passed, within 24 hours.

passed, failed   as it should be, or not
allowed          would have failed, and --allow-stale or --allow-samples let it pass
off              the server does not offer it now: no failure, and its flag stays closed

Examples:
  penstock verify
  penstock verify --samples --allow-samples
  penstock verify --base-url https://data.example.ca --origin https://energy.example.ca --only core help
  penstock verify --json`,
    );
  common(command, ['database', 'definitions']);
  act<VerifyCommandOptions>(command, context, async (_words, options, settings) => {
    const current = context();
    const { CAPABILITIES } = await import('../../serve/verify/capabilities.ts');
    const { runVerify } = await import('../verify-run.ts');
    const { verifyDocument, verifyText } = await import('../verify-text.ts');
    const only = (options.only ?? []).flatMap((text) => text.split(',')).filter((word) => word !== '');
    const unknown = only.find((capability) => !CAPABILITIES.includes(capability));
    if (unknown !== undefined) throw capabilityUnknown(unknown, CAPABILITIES);
    const result = await runVerify(
      {
        baseUrl: options.baseUrl ?? null,
        only,
        timeoutMs: options.timeout * 1_000,
        key: options.key ?? current.env['PENSTOCK_VERIFY_KEY'] ?? null,
        anonKey: options.anonKey ?? null,
        origin: options.origin ?? null,
        allowStale: options.allowStale ?? false,
        allowSamples: options.allowSamples ?? false,
      },
      current,
      settings,
    );
    await current.output.result({ command: current.typed, ...verifyDocument(result) }, () => verifyText(result));
    return result.passed ? 0 : FOUND;
  });
}

function capabilityUnknown(word: string, all: readonly string[]): Fault {
  return new Fault({
    code: 'VERIFY_CAPABILITY_UNKNOWN',
    kind: 'usage',
    what: `there is no capability ${JSON.stringify(word.slice(0, 80))}`,
    consequence: 'nothing was asked',
    next: `--only takes ${all.join(', ')}`,
  });
}
