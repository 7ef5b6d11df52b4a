/** `npm run functions`: writes the edge functions from the endpoints of the API. `npm run functions -- <folder>` gathers a project that needs no checkout. */
import { cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type EdgeFunction, edgeFunctions } from './functions-of.ts';
import { reachedFrom, ROOT } from './reached.ts';
import { configText, denoText, indexText, type Place, PLACES, READ, SHARED } from './texts.ts';

const HERE = import.meta.dirname;

/** Files by their path below the folder `supabase`. */
export function generated(functions: readonly EdgeFunction[], place: Place): Map<string, string> {
  return new Map([
    ['config.toml', configText(functions, place)],
    ['functions/deno.json', denoText(place)],
    ...functions.map((one): [string, string] => [`functions/${one.name}/index.ts`, indexText(one)]),
  ]);
}

async function write(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  const names = new Set([...files.keys()].flatMap((path) => /^functions\/([^/]+)\//.exec(path)?.[1] ?? []));
  await mkdir(join(folder, 'functions'), { recursive: true });
  for (const entry of await readdir(join(folder, 'functions'), { withFileTypes: true }))
    if (entry.isDirectory() && entry.name !== '_shared' && !names.has(entry.name))
      await rm(join(folder, 'functions', entry.name), { recursive: true });
  for (const [path, text] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

/**
 * A folder for `supabase --workdir <folder>`: the upload without Docker takes only files below it, so the program comes along.
 * https://github.com/supabase/cli/issues/3467
 */
export async function gather(folder: string, functions: readonly EdgeFunction[]): Promise<void> {
  const supabase = join(folder, 'supabase');
  await rm(supabase, { recursive: true, force: true });
  await write(supabase, generated(functions, PLACES.gathered));
  for (const file of reachedFrom(SHARED).files) {
    const to = file.startsWith('deploy/supabase/')
      ? join(supabase, file.slice('deploy/supabase/'.length))
      : join(supabase, 'functions/_shared/penstock', file);
    await mkdir(dirname(to), { recursive: true });
    await cp(join(ROOT, file), to);
  }
  for (const room of READ)
    await cp(join(ROOT, room), join(supabase, 'functions/_shared/penstock', room), { recursive: true });
}

if (import.meta.filename === process.argv[1]) {
  const functions = edgeFunctions();
  const [folder] = process.argv.slice(2);
  await (folder === undefined ? write(HERE, generated(functions, PLACES.checkout)) : gather(folder, functions));
  console.log(
    `${functions.length} edge functions ${folder === undefined ? 'written' : `gathered in ${folder}/supabase`}`,
  );
}
