/** Puts the words of a command line in order, so that options may stand before or after the command and its ids. */
import type { Command } from 'commander';
import { closest, distance } from 'fastest-levenshtein';
import { Fault, redact } from '../core/errors.ts';

export interface Arranged {
  /** Command words first, then everything else as it was typed. */
  readonly argv: readonly string[];
  readonly implicitRun: boolean;
}

/**
 * The first word that is no option names the command, and of a group (`db`, `quarantine`) the second one its part. A first word
 * that is no command is the id of a dataset: the command is then `run`.
 * @throws Fault `UNKNOWN_COMMAND` for a word that looks like a misspelt command
 */
export function arrange(argv: readonly string[], program: Command): Arranged {
  const known = optionsOf(program);
  const valued = new Set(
    known.filter(({ required, optional }) => required || optional).flatMap(({ long, short }) => [long, short]),
  );
  const names = new Set(['--help', '-h', '--version', '-V', ...known.flatMap(({ long, short }) => [long, short])]);
  const rest = [...argv];
  const first = nextWord(rest, valued);
  // What follows an unknown option may be its value: the command's own reading names the option.
  const strange = rest
    .slice(0, first ?? rest.length)
    .some((word) => word.startsWith('-') && !names.has(word.split('=', 1)[0]));
  if (strange) return { argv: ['run', ...rest], implicitRun: false };
  if (first === null) {
    const own = rest.some((word) => ['--help', '-h', '--version', '-V'].includes(word));
    return { argv: own ? rest : ['run', ...rest], implicitRun: false };
  }
  const word = rest[first] ?? '';
  const command = program.commands.find((each) => each.name() === word);
  if (command === undefined && word === 'help') return { argv: rest, implicitRun: false };
  if (command === undefined) {
    refuseMisspelt(word, program);
    return { argv: ['run', ...rest], implicitRun: true };
  }
  rest.splice(first, 1);
  const parts = command.commands.map((each) => each.name());
  if (parts.length === 0) return { argv: [word, ...rest], implicitRun: false };
  const at = nextWord(rest, valued);
  const name = parts.find((part) => at !== null && part === rest[at]);
  if (at !== null && name !== undefined) {
    rest.splice(at, 1);
    return { argv: [word, name, ...rest], implicitRun: false };
  }
  const part = DEFAULT_PARTS.get(word);
  if (part === undefined && !asksForHelp(rest)) throw unknownPart(word, at === null ? null : (rest[at] ?? ''), parts);
  return {
    argv: part === undefined || asksForHelp(rest) ? [word, ...rest] : [word, part, ...rest],
    implicitRun: false,
  };
}

/** What a group does when its part is not named. */
const DEFAULT_PARTS: ReadonlyMap<string, string> = new Map([
  ['report', 'open'],
  ['help', 'of'],
]);

function asksForHelp(words: readonly string[]): boolean {
  return words.includes('--help') || words.includes('-h');
}

/** A connection string is left out as a whole, since it may hold a password. */
const SECRET_OPTIONS: readonly string[] = ['--database-url', '--key', '--anon-key'];

/** The command line for logs and reports. */
export function typedWithoutSecrets(argv: readonly string[]): string {
  const shown = argv.map((word, i) => {
    const secret = SECRET_OPTIONS.find((option) => word.startsWith(`${option}=`));
    if (secret !== undefined) return `${secret}=***`;
    return SECRET_OPTIONS.includes(argv[i - 1] ?? '')
      ? '***'
      : /[\s"'$`\\;&|<>()*]/.test(word)
        ? JSON.stringify(word)
        : word;
  });
  return redact(['penstock', ...shown].join(' '));
}

/** Index of the first word that is neither an option nor an option's value. */
function nextWord(words: readonly string[], valued: ReadonlySet<string | undefined>): number | null {
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (word === '--') return null;
    if (!word.startsWith('-') || word === '-') return i;
    if (valued.has(word)) i++;
  }
  return null;
}

function optionsOf(command: Command): Command['options'] {
  return [...command.options, ...command.commands.flatMap(optionsOf)];
}

/** Ids have a hyphen and commands do not. */
function refuseMisspelt(word: string, program: Command): void {
  const names = program.commands.map((each) => each.name());
  const near = closest(word, names);
  if (word.includes('-') || distance(word, near) > Math.max(1, Math.floor(near.length / 3))) return;
  throw unknownWord(word, near);
}

function unknownPart(group: string, word: string | null, parts: readonly string[]): Fault {
  return new Fault({
    code: 'USAGE',
    kind: 'usage',
    what:
      word === null
        ? `${group} needs to know what: ${parts.join(', ')}`
        : `unknown command ${JSON.stringify(`${group} ${word}`.slice(0, 80))}; did you mean ${group} ${closest(word, [...parts])}?`,
    consequence: 'nothing was run',
    next: `penstock ${group} --help`,
  });
}

export function unknownWord(word: string, near: string): Fault {
  return new Fault({
    code: 'UNKNOWN_COMMAND',
    kind: 'usage',
    what: `there is no command or dataset ${JSON.stringify(word.slice(0, 80))}; did you mean ${near}?`,
    consequence: 'nothing was run',
    next: 'penstock --help shows all commands, penstock list all datasets',
  });
}
