/** Reads one page of rows, as text. */
import type { Database } from '../../core/effects.ts';
import type { LoadSources } from './load-sources.ts';
import { type PageAsk, pageStatement, type RowSource } from './select.ts';

/** Values as PostgreSQL writes them; instants in ISO 8601, exact to microseconds. */
export type TextRow = Record<string, string | null>;

export interface RowPage {
  readonly rows: readonly TextRow[];
  readonly hasMore: boolean;
  /** Key of the last row; null where there is none. */
  readonly lastKey: readonly string[] | null;
}

export async function readRows(
  db: Pick<Database, 'query'>,
  sources: LoadSources,
  source: RowSource,
  ask: PageAsk,
): Promise<RowPage> {
  const { text, params } = pageStatement(source, ask);
  const rows = await db.query<TextRow>(text, params);
  const hasMore = rows.length > ask.limit;
  if (hasMore) rows.length = ask.limit;
  const instants = source.columns.filter(({ type }) => type.startsWith('timestamp')).map(({ name }) => name);
  for (const row of rows) for (const name of instants) row[name] = isoOf(row[name] ?? null);
  if (source.sourceByVersion === true) await sources.fill(db, rows);
  const last = rows.at(-1);
  return {
    rows,
    hasMore,
    lastKey: last === undefined ? null : source.key.map(({ name }) => last[name] ?? ''),
  };
}

/** The newest instant of the rows, on the column that ranges are about; null: none has one. */
export function newestInstant(source: RowSource, rows: readonly TextRow[]): string | null {
  const { time } = source;
  if (time === null) return null;
  const newest = rows.reduce<string | null>((best, row) => {
    const at = row[time.name] ?? null;
    return at !== null && (best === null || at > best) ? at : best;
  }, null);
  return newest !== null && time.type === 'date' ? `${newest}T00:00:00+00:00` : newest;
}

/** `2024-12-01 05:00:00+00` of a session in UTC, as JSON of PostgreSQL has it; infinity and years of five digits stay. */
function isoOf(text: string | null): string | null {
  if (text === null || text[10] !== ' ') return text;
  const iso = `${text.slice(0, 10)}T${text.slice(11)}`;
  return iso.endsWith('+00') ? `${iso}:00` : iso;
}
