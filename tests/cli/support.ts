/** Runs the built program as its users do: another process, its own folder, nothing of our environment. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');

export interface Answer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout as the one JSON document that it must be. */
  json<T = unknown>(): T;
}

export interface Start {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Called with everything that came to stderr so far; may send a signal. */
  readonly onStderr?: (text: string, kill: (signal: NodeJS.Signals) => void) => void;
}

/** The program, built once per test file beside the packages that it imports. */
export function builtProgram(): string {
  const out = mkdtempSync(join(ROOT, 'node_modules/.penstock-cli-'));
  afterAll(() => rmSync(out, { recursive: true, force: true }));
  const built = spawnSync(process.execPath, ['--import', 'tsx', 'build.ts', out], { cwd: ROOT, encoding: 'utf8' });
  if (built.status !== 0) throw new Error(`the build failed:\n${built.stdout}${built.stderr}`);
  return join(out, 'cli/main.js');
}

/** A folder that is gone after the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'penstock-cli-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export async function runProgram(program: string, words: readonly string[], start: Start = {}): Promise<Answer> {
  const child = spawn(process.execPath, [program, ...words], {
    cwd: start.cwd ?? tmpdir(),
    env: { PATH: process.env['PATH'] ?? '', HOME: tmpdir(), TZ: 'America/St_Johns', ...start.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    start.onStderr?.(stderr, (signal) => child.kill(signal));
  });
  const code = await new Promise<number | null>((done) => child.on('close', done));
  return { code, stdout, stderr, json: <T>() => JSON.parse(stdout) as T };
}
