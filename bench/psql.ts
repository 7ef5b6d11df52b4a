/** psql as a contestant: `\copy` of a file, timed by psql itself. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { BenchServer } from './server.ts';

const run = promisify(execFile);

/** Milliseconds that `\copy` took, connection not counted. */
export async function psqlCopy(server: BenchServer, command: string): Promise<number> {
  const connection = ['-h', server.socket, '-p', String(server.port), '-U', server.user, '-d', 'postgres'];
  const { stdout } = await run('psql', [
    '-X',
    '-q',
    '-v',
    'ON_ERROR_STOP=1',
    ...connection,
    '-c',
    '\\timing on',
    '-c',
    command,
  ]);
  const time = /Time: ([\d.]+) ms/.exec(stdout)?.[1];
  if (time === undefined) throw new Error(`psql told no time: ${stdout}`);
  return Number(time);
}
