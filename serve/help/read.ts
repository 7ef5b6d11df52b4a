/** Help texts as front ends read them: every name that can be asked for, and one text under its id or another name. */
import { LRUCache } from 'lru-cache';
import type { Database } from '../../core/effects.ts';
import type { HelpSource } from '../../data/help/text.ts';
import { isHttps } from '../../data/help/markdown-faults.ts';
import { type Provenance, unknownProvenance } from '../api/provenance.ts';
import { renderMarkdown } from './render.ts';

/** The same form as in the table's constraint: nothing else can be an id, so nothing else is looked for. */
const ID = /^[a-z][a-z0-9_-]*([.][a-z0-9_-]+)+$/;
const ID_MAX = 200;

/** Where a text is from. A text is no measurement: samples load the same ones, and its day makes it neither fresh nor stale. */
interface Origin {
  readonly last_updated: Date;
  readonly load_id: string;
  readonly source: string | null;
  readonly sha256: string | null;
}

const ORIGIN = `h.last_updated, h.load_id::text, replace(public.load_source(h.load_id), 'sample:', '') as source,
    (select p.sha256 from public.load_provenance(h.load_id) p) as sha256`;

export interface ManifestEntry {
  readonly id: string;
  readonly title: string;
  readonly short_text: string;
  readonly last_updated: string;
  readonly alias_of?: string;
}

interface NameRow extends Origin {
  readonly id: string;
  readonly title: string;
  readonly short_text: string;
  readonly alias_of: string | null;
}

// grain: one row per name that can be asked for, by name. reads: public.help_content, public.help_alias. params: none.
const NAMES = `
  with texts as (
    select h.id, h.title, h.short_text, ${ORIGIN} from public.help_content h
  ), names as (
    select id, id as help_id, null as alias_of from texts
    union all
    select a.alias, a.help_id, a.help_id from public.help_alias a where not exists (select from texts where id = a.alias)
  )
  select n.id, t.title, t.short_text, n.alias_of, t.last_updated, t.load_id, t.source, t.sha256
  from names n join texts t on t.id = n.help_id order by n.id collate "C"`;

export async function helpManifest(
  db: Database,
): Promise<{ readonly manifest: ManifestEntry[]; readonly provenance: Provenance }> {
  const rows = await db.query<NameRow>(NAMES);
  return {
    manifest: rows.map(({ id, title, short_text, last_updated, alias_of }) => ({
      id,
      title,
      short_text,
      last_updated: last_updated.toISOString(),
      ...(alias_of !== null && { alias_of }),
    })),
    provenance: provenanceOf(rows),
  };
}

export interface HelpItem {
  /** As it was asked for. */
  readonly id: string;
  readonly title: string;
  readonly short_text: string;
  readonly body_html: string;
  readonly related_sources: HelpSource[];
  readonly last_updated: string;
  readonly author: string;
  readonly alias_of?: string;
  readonly provenance: Provenance;
}

interface TextRow extends Origin {
  readonly id: string;
  readonly title: string;
  readonly short_text: string;
  readonly body_md: string;
  readonly related_sources: readonly Partial<HelpSource>[];
  readonly author: string;
}

// grain: the text, or no row. reads: public.help_content, public.help_alias. params: $1 id or other name.
const TEXT = `
  select h.id, h.title, h.short_text, h.body_md, h.related_sources, h.author, ${ORIGIN}
  from public.help_content h
  where h.id = coalesce((select c.id from public.help_content c where c.id = $1), (select a.help_id from public.help_alias a where a.alias = $1))`;

export function isHelpId(id: string): boolean {
  return id.length <= ID_MAX && ID.test(id);
}

/** null: there is no such text. */
export async function helpItem(db: Database, render: Render, asked: string): Promise<HelpItem | null> {
  if (!isHelpId(asked)) return null;
  const [row] = await db.query<TextRow>(TEXT, [asked]);
  if (row === undefined) return null;
  const { id, title, short_text, author, last_updated } = row;
  return {
    id: asked,
    title,
    short_text,
    body_html: render(id, row.load_id, row.body_md),
    related_sources: sourcesOf(row.related_sources),
    last_updated: last_updated.toISOString(),
    author,
    ...(id !== asked && { alias_of: id }),
    provenance: provenanceOf([row]),
  };
}

/** A page makes links of them, so what the table's constraint would refuse is not handed out either. */
function sourcesOf(sources: TextRow['related_sources']): HelpSource[] {
  return sources.flatMap(({ name, url }) =>
    typeof name === 'string' && typeof url === 'string' && isHttps(url) ? [{ name, url }] : [],
  );
}

export type Render = (id: string, loadId: string, markdown: string) => string;

/** Each version of a text is rendered once. */
export function renderOnce(): Render {
  const made = new LRUCache<string, { readonly loadId: string; readonly markdown: string; readonly html: string }>({
    max: 500,
  });
  return (id, loadId, markdown) => {
    const kept = made.get(id);
    if (kept?.loadId === loadId && kept.markdown === markdown) return kept.html;
    const html = renderMarkdown(markdown);
    made.set(id, { loadId, markdown, html });
    return html;
  };
}

function provenanceOf(rows: readonly Origin[]): Provenance {
  const [first] = rows;
  if (first === undefined) return unknownProvenance(null);
  const sources = [...new Set(rows.map(({ source }) => source ?? 'unknown'))].sort();
  const files = new Set(rows.map(({ sha256 }) => sha256));
  const newest = Math.max(...rows.map(({ last_updated }) => last_updated.getTime()));
  return {
    source: sources.join(', '),
    last_updated: new Date(newest).toISOString(),
    // Of what was there before penstock nobody knows who wrote it.
    freshness_status: sources.some((source) => source === 'unknown' || source === 'adopted') ? 'unknown' : 'live',
    is_fallback: false,
    ...(files.size === 1 && first.sha256 !== null && { evidence_hash: first.sha256 }),
  };
}
