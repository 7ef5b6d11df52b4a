/** A gathered Supabase project in a folder of its own, and Deno in it: what is uploaded is what is looked at. The packages are those of this checkout. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { EdgeFunction } from '../../deploy/supabase/functions-of.ts';
import { gather } from '../../deploy/supabase/generate.ts';
import { ROOT } from '../../deploy/supabase/reached.ts';
import { denoText, PLACES } from '../../deploy/supabase/texts.ts';

const DENO = join(ROOT, 'node_modules/.bin/deno');

export interface GatheredProject {
  /** The folder `supabase`. */
  readonly folder: string;
  readonly functions: readonly EdgeFunction[];
}

export async function gatheredProject(functions: readonly EdgeFunction[]): Promise<GatheredProject> {
  const root = mkdtempSync(join(tmpdir(), 'penstock-supabase-'));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  await gather(root, functions);
  const folder = join(root, 'supabase');
  // Nothing is downloaded: the versions are those of the lock file.
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'functions/node_modules'));
  return { folder, functions };
}

/** What Deno's type checker says; nothing where all is well. */
export function typeFaults({ folder, functions }: GatheredProject): string {
  // The types of pg are in a package of their own, which only a checker wants.
  const settings = denoText(PLACES.gathered).replace(/"npm:pg@[\d.]+"/, '"npm:@types/pg"');
  writeFileSync(join(folder, 'functions/deno.check.json'), settings);
  const done = spawnSync(
    DENO,
    [
      'check',
      '--quiet',
      '--node-modules-dir=manual',
      '--cached-only',
      '--config=functions/deno.check.json',
      ...functions.map(({ name }) => `functions/${name}/index.ts`),
    ],
    { cwd: folder, encoding: 'utf8', env: environment(folder) },
  );
  return done.status === 0 ? '' : `${done.stdout}${done.stderr}`;
}

export interface RunningFunction {
  readonly url: string;
  stop(): Promise<void>;
}

/** Runs a function as Supabase does, with the rights that it has there: the network, its environment, its own files. */
export async function runFunction(
  { folder }: GatheredProject,
  name: string,
  env: Readonly<Record<string, string>>,
): Promise<RunningFunction> {
  const child = spawn(
    DENO,
    [
      'run',
      '--no-prompt',
      '--node-modules-dir=manual',
      '--cached-only',
      '--allow-env',
      '--allow-net',
      `--allow-read=${folder},${join(ROOT, 'node_modules')}`,
      '--config=functions/deno.json',
      `functions/${name}/index.ts`,
    ],
    {
      cwd: folder,
      // The command of the package starts the program itself as its child: both are ended together, as a group.
      detached: true,
      env: { ...environment(folder), ...env, DENO_SERVE_ADDRESS: 'tcp:127.0.0.1:0' },
    },
  );
  const ended = new Promise<void>((done) => child.on('close', () => done()));
  const stop = async (): Promise<void> => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM');
    await ended;
  };
  let said = '';
  const url = await new Promise<string>((done, failed) => {
    const hear = (text: string): void => {
      said += text;
      const address = /Listening on (http:\/\/127\.0\.0\.1:\d+)\//.exec(said)?.[1];
      if (address !== undefined) done(address);
    };
    child.stdout.setEncoding('utf8').on('data', hear);
    child.stderr.setEncoding('utf8').on('data', hear);
    child.on('close', () => failed(new Error(`the function ended: ${said}`)));
  });
  return { url, stop };
}

function environment(folder: string): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', HOME: folder, DENO_DIR: join(folder, '../deno'), NO_COLOR: '1' };
}
