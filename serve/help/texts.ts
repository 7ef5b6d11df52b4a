/** Help texts as they stand in the database, with the version by which a writer says which one was read. */
import type { Database } from '../../core/effects.ts';
import type { HelpFile } from '../../data/help/front-matter.ts';
import { fileOf, type HelpText, tidied } from '../../data/help/text.ts';

export interface StoredText extends HelpText {
  /** The newest load that touched the text or its other names: a number as text. */
  readonly version: string;
}

// grain: one row per help text, by id. reads: public.help_content, public.help_alias, history.help_alias. params: none.
const ALL = `
  select h.id, h.title, h.short_text, h.body_md, h.discipline_tags, h.related_sources, h.author,
    to_char(h.last_updated at time zone 'UTC', 'YYYY-MM-DD') as last_updated,
    array(select a.alias from public.help_alias a where a.help_id = h.id order by a.alias collate "C") as aliases,
    greatest(
      h.load_id,
      (select max(a.load_id) from public.help_alias a where a.help_id = h.id),
      (select max(a.closed_by_load_id) from history.help_alias a where a.help_id = h.id)
    )::text as version
  from public.help_content h order by h.id collate "C"`;

/** By id. The role must be allowed to read history: the owner, or the service. */
export async function storedTexts(db: Database): Promise<StoredText[]> {
  const rows = await db.query<StoredText>(ALL);
  return rows.map((row) => ({ ...tidied(row), version: row.version }));
}

/** What the rules look at beside a text. */
export function filesBeside(texts: readonly HelpText[], id: string): HelpFile[] {
  return texts.filter((text) => text.id !== id).map((text) => fileOf(text));
}
