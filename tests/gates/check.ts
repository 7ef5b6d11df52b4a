/**
 * `npm run check`: every gate in turn, or the one that is named. A gate that looked at no file has failed, whatever its exit code: two of the tools that were
 * tried for this project were green on nothing.
 */
import { spawnSync } from 'node:child_process';

interface Gate {
  readonly name: string;
  readonly command: readonly string[];
  /** Number of files that the gate looked at, from what it printed; null when it does not say. */
  readonly filesIn: (output: string) => number | null;
  /** A second command that only counts, for gates that say nothing of it themselves. */
  readonly counting?: readonly string[];
}

const onFiles = (output: string): number | null =>
  Number(/\bon (\d+) files?\b/.exec(output)?.[1] ?? Number.NaN) || null;

const GATES: readonly Gate[] = [
  { name: 'format', command: ['oxfmt', '--check'], filesIn: onFiles },
  { name: 'lint', command: ['oxlint', '--deny-warnings'], filesIn: onFiles },
  {
    name: 'types',
    command: ['tsc', '-p', 'tsconfig.json'],
    counting: ['tsc', '-p', 'tsconfig.json', '--listFilesOnly'],
    filesIn: (output) =>
      output.split('\n').filter((line) => line.endsWith('.ts') && !line.includes('node_modules')).length,
  },
  { name: 'dead code', command: ['knip'], counting: ['knip', '--debug'], filesIn: knipFiles },
  {
    name: 'definitions and SQL',
    command: ['tsx', 'cli/main.ts', 'lint'],
    filesIn: (output) =>
      [...output.matchAll(/(\d+) (?:definitions?|SQL files?)/g)].reduce((sum, match) => sum + Number(match[1]), 0),
  },
  {
    name: 'dataset pages',
    command: ['tsx', 'docs/datasets.ts', '--check'],
    filesIn: (output) => Number(/(\d+) definitions/.exec(output)?.[1] ?? Number.NaN) || null,
  },
  { name: 'help files', command: ['tsx', 'data/help/check.ts'], filesIn: onFiles },
  { name: 'secrets', command: ['tsx', 'tests/gates/secrets.ts'], filesIn: onFiles },
];

/** The list that knip prints under "Finding project paths". */
function knipFiles(output: string): number | null {
  const plain = output.replaceAll(/\u001b\[\d+m/g, '');
  const list = /Finding project paths[\s\S]*?paths: \[([\s\S]*?)\n\s*\]/.exec(plain)?.[1];
  return list === undefined ? null : list.split('\n').filter((line) => line.includes('.ts')).length;
}

/** The tools' own files, so that npm's start-up and warnings stay out. */
function runTool([tool = '', ...args]: readonly string[]): { readonly output: string; readonly exitCode: number } {
  const done = spawnSync(`node_modules/.bin/${tool}`, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return { output: `${done.stdout}${done.stderr}`, exitCode: done.status ?? 1 };
}

const wanted = process.argv[2];
const gates = GATES.filter(({ name }) => wanted === undefined || name === wanted);
let failures = gates.length === 0 ? 1 : 0;
for (const gate of gates) {
  const { output, exitCode } = runTool(gate.command);
  const files = gate.filesIn(gate.counting === undefined ? output : runTool(gate.counting).output);
  const looked = files !== null && files > 0;
  const good = exitCode === 0 && looked;
  if (!good) failures += 1;
  console.log(`${good ? 'ok  ' : 'FAIL'} ${gate.name}: ${files ?? 0} files`);
  if (!good) console.log(looked ? output.trimEnd() : 'it looked at no file, so it proves nothing\n' + output.trimEnd());
}
process.exitCode = failures === 0 ? 0 : 1;
