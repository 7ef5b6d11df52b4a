/** Everything that is wrong in the help files, all of them at once, each with file and line. */
import { curationFaults } from './curation-faults.ts';
import { cut, type CutFile, type Field, type HelpFile } from './front-matter.ts';
import { claimFaults, htmlFaults, isHttps, type LineFault, markdownFaults } from './markdown-faults.ts';
import { REQUIRED_ALIASES, REQUIRED_IDS } from './required-ids.ts';

export interface HelpFault extends LineFault {
  readonly file: string;
}

const FIELDS = ['id', 'title', 'short_text', 'tags', 'sources', 'last_updated', 'author', 'curation', 'aliases'];
const NEEDED = ['id', 'title', 'short_text', 'tags', 'sources', 'last_updated', 'author'];
/** The same form as in the table's constraint. */
const ID = /^[a-z][a-z0-9_-]*([.][a-z0-9_-]+)+$/;
const SHORT_TEXT_END = 160;

interface Read extends CutFile {
  readonly file: string;
  readonly id: string | null;
}

/** Sorted by file and line; empty where all is well. */
export function helpFaults(files: readonly HelpFile[]): HelpFault[] {
  const read = files.map((file): Read => {
    const parts = cut(file);
    const id = parts.fields.get('id')?.value;
    return { ...parts, file: file.name, id: typeof id === 'string' && id.trim() !== '' ? id.trim() : null };
  });
  const faults = [
    ...read.flatMap((one) => fileFaults(one).map((fault): HelpFault => ({ file: one.file, ...fault }))),
    ...sharedIds(read),
    ...aliasFaults(read),
    ...missing(read),
  ];
  return faults.sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
}

/** `page.trends.md:3: …`, one line each. */
export function faultLines(faults: readonly HelpFault[]): string[] {
  return faults.map(({ file, line, what }) => `${file}:${line}: ${what}`);
}

function fileFaults(one: Read): LineFault[] {
  if (one.broken.length > 0) return [...one.broken];
  const { fields } = one;
  const faults: LineFault[] = [];
  for (const [name, { line }] of fields) {
    if (!FIELDS.includes(name))
      faults.push({ line, what: `the field ${name} is not known; known are ${FIELDS.join(', ')}` });
  }
  for (const name of NEEDED) {
    const field = fields.get(name);
    if (field === undefined || field.value === null || field.value === '')
      faults.push({ line: field?.line ?? 1, what: `there is no ${name}` });
  }
  faults.push(...on(fields, 'id', (id) => idFault(id, one.file)));
  for (const name of ['title', 'short_text', 'author']) faults.push(...on(fields, name, plainTextFault));
  faults.push(...on(fields, 'short_text', (text) => shortFault(text)));
  faults.push(
    ...on(fields, 'tags', (tags) =>
      listFault('tags', tags, (tag) => typeof tag === 'string' && /^[a-z][a-z0-9-]*$/.test(tag)),
    ),
  );
  faults.push(...on(fields, 'sources', sourceFault));
  faults.push(...on(fields, 'last_updated', dateFault));
  faults.push(...curationFaults(one.id, fields, one.body));
  if (one.body.trim() === '') faults.push({ line: one.bodyLine, what: 'there is no text below the front matter' });
  faults.push(...markdownFaults(one.body).map(({ line, what }) => ({ line: line + one.bodyLine - 1, what })));
  return faults;
}

function on(
  fields: ReadonlyMap<string, Field>,
  name: string,
  look: (value: unknown) => string | readonly string[] | null,
): LineFault[] {
  const field = fields.get(name);
  if (field === undefined || field.value === null || field.value === '') return [];
  const found = look(field.value);
  const whats = found === null ? [] : typeof found === 'string' ? [found] : found;
  return whats.map((what) => ({ line: field.line, what }));
}

function idFault(id: unknown, file: string): string | null {
  if (typeof id !== 'string' || !ID.test(id.trim()))
    return `the id ${JSON.stringify(id)} must be lower-case words joined by dots`;
  return file === `${id.trim()}.md` ? null : `the id is ${id.trim()}, so the file must be ${id.trim()}.md`;
}

function plainTextFault(value: unknown): readonly string[] {
  if (typeof value !== 'string') return [`must be text, not ${JSON.stringify(value)}`];
  return [...htmlFaults(value), ...claimFaults(value)].map(({ what }) => what);
}

function shortFault(text: unknown): string | null {
  const { length } = [...String(text).trim()];
  return length < SHORT_TEXT_END
    ? null
    : `short_text has ${length} characters and must have fewer than ${SHORT_TEXT_END}`;
}

function listFault(name: string, value: unknown, good: (item: unknown) => boolean): readonly string[] {
  if (!Array.isArray(value)) return [`${name} must be a list`];
  return value.filter((item) => !good(item)).map((item) => `${name}: ${JSON.stringify(item)} is not allowed`);
}

function sourceFault(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return ['sources must be a list, each with name and url'];
  return value.flatMap((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null)
      return [`sources: ${JSON.stringify(entry)} must have name and url`];
    const { name, url, ...others } = entry as Record<string, unknown>;
    const strange = Object.keys(others);
    return [
      ...(typeof name === 'string' && name.trim() !== ''
        ? []
        : [`sources: ${JSON.stringify(url ?? null)} has no name`]),
      ...(isHttps(url) ? [] : [`sources: ${JSON.stringify(url ?? null)} is no https address`]),
      ...(strange.length === 0 ? [] : [`sources: ${strange.join(', ')} is not known; an entry has name and url`]),
    ];
  });
}

function dateFault(value: unknown): string | null {
  const text = String(value).trim();
  const real = /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text);
  return real ? null : `last_updated must be a day such as 2026-11-22, not ${JSON.stringify(value)}`;
}

function sharedIds(read: readonly Read[]): HelpFault[] {
  return read.flatMap(({ file, id, fields }) => {
    const other = id === null ? undefined : read.find((one) => one.id === id && one.file !== file);
    if (other === undefined) return [];
    return [{ file, line: fields.get('id')?.line ?? 1, what: `the id ${id} is also the id of ${other.file}` }];
  });
}

function aliasFaults(read: readonly Read[]): HelpFault[] {
  const ids = new Set(read.map(({ id }) => id));
  const owners = new Map<string, string>();
  const faults: HelpFault[] = [];
  for (const { file, id, fields, broken } of read) {
    const field = fields.get('aliases');
    if (broken.length > 0 || field === undefined || field.value === null) continue;
    const fault = (what: string): unknown => faults.push({ file, line: field.line, what });
    if (!Array.isArray(field.value)) {
      fault('aliases must be a list');
      continue;
    }
    for (const alias of field.value as unknown[]) {
      if (typeof alias !== 'string' || !ID.test(alias))
        fault(`the alias ${JSON.stringify(alias)} must be lower-case words joined by dots`);
      else if (ids.has(alias)) fault(`the alias ${alias} is the id of a text`);
      else if (owners.has(alias)) fault(`the alias ${alias} is also in ${owners.get(alias)}`);
      else if (id === null) fault(`the alias ${alias} stands for no id`);
      else owners.set(alias, file);
    }
  }
  return faults;
}

function missing(read: readonly Read[]): HelpFault[] {
  const ids = new Set(read.map(({ id }) => id));
  const aliases = new Set(
    read.flatMap(({ id, fields }) => {
      const names = fields.get('aliases')?.value;
      return Array.isArray(names) ? names.map((name) => `${name} ${id}`) : [];
    }),
  );
  return [
    ...REQUIRED_IDS.filter((id) => !ids.has(id)).map((id) => ({
      file: `${id}.md`,
      line: 1,
      what: 'the front end asks for this id, and no file has it',
    })),
    ...Object.entries(REQUIRED_ALIASES)
      .filter(([alias, id]) => !aliases.has(`${alias} ${id}`))
      .map(([alias, id]) => ({
        file: `${id}.md`,
        line: 1,
        what: `the front end asks for it as ${alias} too: add it to aliases`,
      })),
  ];
}
