/** The versions of a help text: who changed what and when, with each version as the file that it would be. */
import type { Database } from '../../core/effects.ts';
import { changedParts, fileOf, type HelpPart, HELP_PARTS, type HelpText, tidied } from '../../data/help/text.ts';

export interface HelpVersion {
  /** What a writer names as the version that was read: a number as text. */
  readonly version: string;
  /** Instant, UTC. */
  readonly known_at: string;
  /** file: by a load of data/help. edit: by a person. adopted: it was there before penstock. */
  readonly how: 'file' | 'edit' | 'adopted';
  /** Who edited it; null for a file. */
  readonly by: string | null;
  readonly author: string | null;
  /** Parts that differ from the version before; all of them where there was none. */
  readonly changed: readonly HelpPart[];
  /** As data/help would hold it; null: the text was taken away. */
  readonly file: string | null;
}

interface VersionRow {
  readonly version: string;
  readonly known_at: Date;
  readonly strategy: string;
  readonly actor: string | null;
  readonly text: HelpText | null;
}

// grain: one row per run that touched the text or its other names, newest first. reads: public.help_content, public.help_alias, their history, etl.load,
// etl.run. params: $1 id or other name, $2 rows.
const VERSIONS = `
  with asked as (
    select coalesce(
      (select id from public.help_content where id = $1), (select help_id from public.help_alias where alias = $1), $1
    ) as id
  ), texts as (
    select id, title, short_text, body_md, discipline_tags, related_sources, last_updated, author, load_id, null::bigint as closed_by
    from public.help_content where id = (select id from asked)
    union all
    select id, title, short_text, body_md, discipline_tags, related_sources, last_updated, author, load_id, closed_by_load_id
    from history.help_content where id = (select id from asked)
  ), names as (
    select alias, load_id, null::bigint as closed_by from public.help_alias where help_id = (select id from asked)
    union all
    select alias, load_id, closed_by_load_id from history.help_alias where help_id = (select id from asked)
  ), touched as (
    select load_id from texts union select closed_by from texts union select load_id from names union select closed_by from names
  ), runs as (
    select l.run_id, max(l.load_id) as version, max(l.known_at) as known_at, (array_agg(l.strategy order by l.load_id))[1] as strategy
    from touched join etl.load l using (load_id) group by l.run_id order by version desc limit $2
  )
  select v.version::text, v.known_at, v.strategy, r.actor, (
      select json_build_object(
        'id', t.id, 'title', t.title, 'short_text', t.short_text, 'body_md', t.body_md, 'discipline_tags', t.discipline_tags,
        'related_sources', t.related_sources, 'last_updated', to_char(t.last_updated at time zone 'UTC', 'YYYY-MM-DD'), 'author', t.author,
        'aliases', array(
          select n.alias from names n where n.load_id <= v.version and (n.closed_by is null or n.closed_by > v.version) order by n.alias collate "C"
        ))
      from texts t where t.load_id <= v.version and (t.closed_by is null or t.closed_by > v.version) order by t.load_id desc limit 1
    ) as text
  from runs v left join etl.run r on r.run_id = v.run_id order by v.version desc`;

/** Newest first; empty for an id that never was. */
export async function helpHistory(db: Database, id: string, limit: number): Promise<HelpVersion[]> {
  const rows = await db.query<VersionRow>(VERSIONS, [id, limit + 1]);
  const texts = rows.map(({ text }) => (text === null ? null : tidied(text)));
  return rows.slice(0, limit).map(({ version, known_at: at, strategy, actor }, i) => {
    const text = texts[i] ?? null;
    return {
      version,
      known_at: at.toISOString(),
      how: strategy === 'edit' || strategy === 'adopted' ? strategy : 'file',
      by: actor,
      author: text?.author ?? null,
      changed: changedSince(texts[i + 1] ?? null, text),
      file: text === null ? null : fileOf(text).text,
    };
  });
}

function changedSince(before: HelpText | null, after: HelpText | null): readonly HelpPart[] {
  if (before === null || after === null) return HELP_PARTS;
  return changedParts(before, after);
}
