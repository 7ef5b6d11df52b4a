/** `help export`: texts of the database as the files of data/help, so that an edit becomes a difference that somebody reviews. */
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { closest } from 'fastest-levenshtein';
import type { Database } from '../core/effects.ts';
import { Fault } from '../core/errors.ts';
import { faultLines } from '../data/help/faults.ts';
import type { HelpFile } from '../data/help/front-matter.ts';
import { changedParts, fileOf, needsCuration, reviewOf, textOf } from '../data/help/text.ts';
import { counted } from '../reports/words.ts';
import { isHelpId } from '../serve/help/read.ts';
import { fileFaults } from '../serve/help/rules.ts';
import { filesBeside, type StoredText, storedTexts } from '../serve/help/texts.ts';

export interface HelpExport {
  readonly folder: string;
  readonly written: readonly string[];
  readonly unchanged: readonly string[];
  /** Not written, since the check of the files would refuse them. */
  readonly refused: readonly { readonly file: string; readonly faults: readonly string[] }[];
  /** Files without a text in the database; only where all texts were asked for. */
  readonly fileOnly: readonly string[];
}

/** Where db seed reads them: beside the definitions. @throws Fault `HELP_FOLDER_MISSING` */
export async function helpFolder(to: string | undefined, pipelines: string | null): Promise<string> {
  if (to !== undefined) {
    await mkdir(to, { recursive: true });
    return to;
  }
  const folder = pipelines === null ? 'data/help' : join(dirname(resolve(pipelines)), 'data/help');
  const there = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (there) return folder;
  throw new Fault({
    code: 'HELP_FOLDER_MISSING',
    kind: 'usage',
    what: `there is no folder ${folder}`,
    consequence: 'nothing was written',
    next: 'run it in a checkout of penstock, or name a folder: --to texts',
  });
}

/** @throws Fault `HELP_TEXT_UNKNOWN`, `HELP_NOTHING` */
export async function exportHelp(db: Database, ids: readonly string[], folder: string): Promise<HelpExport> {
  const stored = await storedTexts(db);
  if (stored.length === 0) throw nothing();
  const wanted = ids.length === 0 ? stored : chosen(stored, ids);
  const written: string[] = [];
  const unchanged: string[] = [];
  const refused: { file: string; faults: string[] }[] = [];
  for (const text of wanted) {
    const name = `${text.id}.md`;
    const old = await existing(folder, name);
    const file = fileOf(text, old === null || needsCuration(text) ? null : reviewOf(old));
    const faults = isHelpId(text.id) ? faultLines(fileFaults(file, filesBeside(stored, text.id))) : ['the id is no id'];
    if (faults.length > 0) refused.push({ file: name, faults });
    else if (old !== null && changedParts(textOf(old), textOf(file)).length === 0) unchanged.push(name);
    else {
      await write(join(folder, name), file.text);
      written.push(name);
    }
  }
  const names = stored.map(({ id }) => `${id}.md`);
  const fileOnly = ids.length > 0 ? [] : (await readdir(folder)).filter((name) => name.endsWith('.md')).sort();
  return { folder, written, unchanged, refused, fileOnly: fileOnly.filter((name) => !names.includes(name)) };
}

export function helpExportText({ folder, written, unchanged, refused, fileOnly }: HelpExport): string {
  return [
    ...written.map((name) => `${join(folder, name)}: written`),
    ...refused.flatMap(({ file, faults }) => [
      `${join(folder, file)}: not written`,
      ...faults.map((one) => `  ${one}`),
    ]),
    ...fileOnly.map((name) => `${join(folder, name)}: not in the database`),
    `${counted(written.length, 'file')} written, ${unchanged.length} unchanged${refused.length === 0 ? '' : `, ${refused.length} refused`}`,
    ...(refused.length === 0 ? [] : ['Mend what is refused with "penstock help set", then export again.']),
    ...(written.length === 0 ? [] : ['Look at the difference (git diff), have it reviewed, then: penstock db seed']),
  ].join('\n');
}

/** By id or another name, each once. */
function chosen(stored: readonly StoredText[], ids: readonly string[]): StoredText[] {
  const found = ids.map((id) => stored.find((text) => text.id === id || text.aliases.includes(id)) ?? null);
  const unknown = ids.filter((_id, at) => found[at] === null);
  if (unknown.length > 0) throw helpIdUnknown(unknown, stored);
  return stored.filter((text) => found.includes(text));
}

export function helpIdUnknown(ids: readonly string[], stored: readonly StoredText[]): Fault {
  const names = stored.flatMap(({ id, aliases }) => [id, ...aliases]);
  const said = ids.map((id) => {
    const near = names.length === 0 ? '' : `; did you mean ${closest(id, names)}?`;
    return `there is no help text ${JSON.stringify(id.slice(0, 80))}${near}`;
  });
  return new Fault({
    code: 'HELP_TEXT_UNKNOWN',
    kind: 'usage',
    what: said.join('; '),
    consequence: 'nothing was shown or written',
    next: 'penstock query "select id, title from help_content order by id"',
  });
}

function nothing(): Fault {
  return new Fault({
    code: 'HELP_NOTHING',
    kind: 'usage',
    what: 'the database holds no help texts',
    consequence: 'nothing was written',
    next: 'penstock db seed loads those that ship',
  });
}

async function existing(folder: string, name: string): Promise<HelpFile | null> {
  try {
    return { name, text: await readFile(join(folder, name), 'utf8') };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** Whole or not at all. */
async function write(path: string, text: string): Promise<void> {
  const unfinished = `${path}.unfinished`;
  await writeFile(unfinished, text);
  await rename(unfinished, path);
}
