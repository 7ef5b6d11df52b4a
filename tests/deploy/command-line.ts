/** Commands of ours that other files name, held against the command line as it is: a command or option that does not exist is a fault. */
import type { Command } from 'commander';
import { buildProgram } from '../../cli/program.ts';

export function program(): Command {
  return buildProgram(
    () => {
      throw new Error('nothing is run');
    },
    '0',
    () => undefined,
  );
}

/** @param words after `penstock`; placeholders such as `<id>` and `$URL` are values like others. @returns what does not exist */
export function unknownWords(words: readonly string[]): string[] {
  let command = program();
  let rest = [...words];
  while (rest[0] !== undefined && command.commands.length > 0) {
    const next = command.commands.find((one) => one.name() === rest[0] || one.aliases().includes(rest[0] ?? ''));
    if (next === undefined) return rest[0].startsWith('-') ? unknownOptions(command, rest) : [`command ${rest[0]}`];
    command = next;
    rest = rest.slice(1);
  }
  if (rest[0] === 'help' || rest.length === 0) return [];
  return unknownOptions(command, rest);
}

function unknownOptions(command: Command, words: readonly string[]): string[] {
  // Without a command it is "run".
  const known = command.parent === null ? (command.commands.find((one) => one.name() === 'run') ?? command) : command;
  return words
    .filter((word) => word.startsWith('-') && word !== '--help' && word !== '--version')
    .map((word) => word.split('=', 1)[0] ?? '')
    .filter((word) => !known.options.some(({ long, short }) => long === word || short === word))
    .map((word) => `option ${word} of ${known.name()}`);
}

/** The calls of our command line in a text: `npm run pipeline -- …`, `penstock …`, `docker compose … exec serve penstock …`. */
export function callsIn(text: string): string[][] {
  const calls: string[][] = [];
  for (const line of text.replaceAll(/\\\n\s*/g, ' ').split('\n')) {
    const typed = line.replace(/\s+#\s.*$/, '');
    for (const [, words = ''] of typed.matchAll(
      /(?:npm run (?:--silent )?pipeline --|\$ penstock|run --rm (?:migrate|schedule|serve)|exec (?:serve|schedule) node \/app\/dist\/cli\/main\.js)((?: (?:'[^']*'|"[^"]*"|[^\s|;&>`)'"]+))+)/g,
    ))
      calls.push([...words.matchAll(/ ('[^']*'|"[^"]*"|[^\s]+)/g)].map(([, word = '']) => word));
  }
  return calls;
}
