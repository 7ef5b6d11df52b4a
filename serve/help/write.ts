/** Writes a help text: kept by the database as an edit with who made it, told to every server, and refused where somebody else was faster. */
import type { Database } from '../../core/effects.ts';
import { Fault } from '../../core/errors.ts';
import { changedParts, HELP_PARTS, type HelpPart, type HelpText, tidied } from '../../data/help/text.ts';
import { Problem } from '../api/problem.ts';
import { invalid, requireGood } from './rules.ts';
import { filesBeside, type StoredText, storedTexts } from './texts.ts';

export interface HelpEdit {
  /** `last_updated` null: today if anything else changes. `aliases` null: as they are. */
  readonly text: Omit<HelpText, 'last_updated' | 'aliases'> & {
    readonly last_updated: string | null;
    readonly aliases: readonly string[] | null;
  };
  /** Who answers for the edit. */
  readonly by: string;
  /** Version that the writer has read; `*`: any, but the text is there; null: whatever is there. */
  readonly expected: string | null;
}

export interface HelpWritten {
  readonly outcome: 'created' | 'changed' | 'unchanged';
  readonly version: string;
  readonly parts: readonly HelpPart[];
  readonly before: HelpText | null;
  readonly after: HelpText;
}

// One writer per table, as loads and edits by hand do it; in this order, so that two edits wait for each other. params: none.
const LOCK = `
  select pg_advisory_xact_lock(hashtextextended('penstock.table.public.help_content', 0)),
    pg_advisory_xact_lock(hashtextextended('penstock.table.public.help_alias', 0))`;

// grain: one row. writes: public.help_content. params: $1 id, $2 title, $3 short_text, $4 body_md, $5 tags, $6 sources, $7 day, $8 author.
const INSERT = `
  insert into public.help_content (id, title, short_text, body_md, discipline_tags, related_sources, last_updated, author)
  values ($1, $2, $3, $4, $5::text[], $6::jsonb, ($7::date)::timestamp at time zone 'UTC', $8)`;
const UPDATE = `
  update public.help_content set title = $2, short_text = $3, body_md = $4, discipline_tags = $5::text[], related_sources = $6::jsonb,
    last_updated = ($7::date)::timestamp at time zone 'UTC', author = $8
  where id = $1`;
// params: $1 id, $2 names.
const FORGET_NAMES = 'delete from public.help_alias where help_id = $1 and alias <> all ($2::text[])';
const ADD_NAMES = `
  insert into public.help_alias (alias, help_id)
  select n.alias, $1 from unnest($2::text[]) n (alias)
  where not exists (select from public.help_alias a where a.alias = n.alias) order by n.alias collate "C"`;
// As a load tells it. params: $1 table, $2 version.
const TELL = `select pg_notify('penstock_load', json_build_object('table', $1::text, 'loadId', $2::text, 'dataset', 'edit')::text)`;

/**
 * @param today a day, for a text that does not say its own
 * @throws Problem `HELP_TEXT_INVALID`, `HELP_TEXT_CHANGED`
 */
export async function writeHelp(db: Database, edit: HelpEdit, today: string): Promise<HelpWritten> {
  const { id } = edit.text;
  try {
    return await db.transaction((tx) => write(tx, edit, today));
  } catch (error) {
    throw refusedByTable(id, error) ?? error;
  }
}

async function write(tx: Database, { text, by, expected }: HelpEdit, today: string): Promise<HelpWritten> {
  await tx.query(LOCK);
  const stored = await storedTexts(tx);
  const id = text.id.trim();
  const before = stored.find((one) => one.id === id) ?? null;
  requireExpected(id, before, expected);
  const after = settled(text, before, today);
  requireGood(after, filesBeside(stored, id));
  const parts = before === null ? [...HELP_PARTS] : changedParts(before, after);
  if (before !== null && parts.length === 0)
    return { outcome: 'unchanged', version: before.version, parts, before, after };
  await tx.query(`select set_config('penstock.actor', $1, true)`, [by]);
  const content = parts.some((part) => part !== 'aliases');
  if (content) await tx.query(before === null ? INSERT : UPDATE, valuesOf(after));
  if (parts.includes('aliases')) {
    await tx.query(FORGET_NAMES, [id, after.aliases]);
    await tx.query(ADD_NAMES, [id, after.aliases]);
  }
  const version = (await storedTexts(tx)).find((one) => one.id === id)?.version ?? '';
  if (content) await tx.query(TELL, ['public.help_content', version]);
  if (parts.includes('aliases')) await tx.query(TELL, ['public.help_alias', version]);
  return { outcome: before === null ? 'created' : 'changed', version, parts, before, after };
}

/** The text with what its writer left open. */
function settled(text: HelpEdit['text'], before: HelpText | null, today: string): HelpText {
  const aliases = text.aliases ?? before?.aliases ?? [];
  const day = text.last_updated ?? before?.last_updated ?? today;
  const same = tidied({ ...text, aliases, last_updated: day });
  if (text.last_updated !== null || before === null || changedParts(before, same).length === 0) return same;
  return { ...same, last_updated: today };
}

function valuesOf(text: HelpText): unknown[] {
  const { id, title, short_text, body_md, discipline_tags: tags, related_sources: sources, author } = text;
  return [id, title, short_text, body_md, tags, JSON.stringify(sources), text.last_updated, author];
}

function requireExpected(id: string, before: StoredText | null, expected: string | null): void {
  if (expected === null || expected === before?.version || (expected === '*' && before !== null)) return;
  throw new Problem(
    new Fault({
      code: 'HELP_TEXT_CHANGED',
      kind: 'usage',
      what:
        before === null
          ? `there is no help text ${JSON.stringify(id.slice(0, 200))}, and you expected version ${expected.slice(0, 40)}`
          : `the help text ${id} is at version ${before.version}, and you have read version ${expected.slice(0, 40)}`,
      consequence: 'nothing was changed',
      next: `read it again (penstock help history ${id.slice(0, 200)}, or GET /admin/help/{id}/history), and change that version`,
    }),
    { id: id.slice(0, 200), current_version: before?.version ?? null },
  );
}

/** The rules that only the table has: of Markdown inside code, for one. */
function refusedByTable(id: string, error: unknown): Problem | null {
  if (!(error instanceof Error) || !('code' in error) || error.code !== '23514') return null;
  const constraint = 'constraint' in error ? String(error.constraint) : '';
  const field = /^help_content_(.+)_check$/.exec(constraint)?.[1] ?? 'aliases';
  const what = `the table refuses it (${constraint}): no HTML, and links are written [words](https://…), also inside code`;
  return invalid(id, [{ field, line: null, what }], error);
}
