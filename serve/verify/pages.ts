/** Walks the pages of a stream: each row once, in one order, and every way of saying "there is more" says the same. */
import type { StreamKey } from '../../core/flags.ts';
import { ROW_KEYS } from './capabilities.ts';
import { type Check, short } from './check.ts';
import { recordOf } from './document.ts';
import { answerOf, expectThat, gist, jsonOf, say, type Session, type Subject } from './session.ts';

interface Page {
  readonly rows: readonly Record<string, unknown>[];
  readonly hasMore: unknown;
  readonly cursor: string | undefined;
  readonly bodyCursor: unknown;
}

/** Pages of the largest size that are read; a longer stream is noted. */
const MOST_PAGES = 12;
const LARGEST = 1_000;
const SMALL = 7;
const SMALL_PAGES = 4;

export async function checkPages(session: Session, capability: string, path: string, stream: StreamKey): Promise<void> {
  const whole = await walk(session, capability, path, stream, LARGEST, MOST_PAGES);
  if (whole === null || whole.length < 2) return;
  // Most streams in a new database have one large page: small ones prove that the cursor works.
  const small = await walk(session, capability, path, stream, SMALL, SMALL_PAGES);
  if (small === null) return;
  const name = (row: Record<string, unknown>): string => nameOf(row, stream);
  const wanted = whole.slice(0, small.length).map(name);
  const got = small.map(name);
  const loaded = got.some((one) => !whole.some((row) => name(row) === one));
  const subject: Subject = { capability, where: `GET ${path}?limit=${SMALL}&cursor=…` };
  const differs = wanted.findIndex((one, i) => one !== got[i]);
  // A load that came between makes new rows, and no fault.
  if (loaded) return;
  expectThat(session, subject, 'same rows in small pages', differs === -1 && wanted.length === got.length, () => ({
    what: 'small pages hold other rows than a large one',
    expected: `row ${differs + 1} is ${short(wanted[differs] ?? 'none', 120)}`,
    got: short(got[differs] ?? 'none', 120),
    consequence: 'who walks the pages misses rows or has them twice',
    next: 'look whether the order of the rows is that of a unique key',
  }));
}

/** @returns all rows that were read; null where it ended too early to say something */
async function walk(
  session: Session,
  capability: string,
  path: string,
  stream: StreamKey,
  limit: number,
  mostPages: number,
): Promise<Record<string, unknown>[] | null> {
  const where = `GET ${path}?limit=${limit}&cursor=…`;
  const rows: Record<string, unknown>[] = [];
  const faults: string[] = [];
  let cursor: string | undefined;
  for (let page = 1; page <= mostPages; page += 1) {
    const query = new URLSearchParams({ limit: String(limit), ...(cursor !== undefined && { cursor }) });
    const answer = await session.ask({
      method: 'GET',
      path: `${path}?${query.toString()}`,
      headers: { accept: 'application/json' },
    });
    const subject: Subject = { capability, where, ms: answer.ms };
    const got = answerOf(session, subject, answer);
    if (got === null) return null;
    if (got.status !== 200) {
      say(session, subject, 'pages', 'failed', pageFault(`page ${page}: ${gist(got)}`));
      return null;
    }
    const read = pageOf(jsonOf(got), got.headers['x-next-cursor']);
    faults.push(...pageFaults(read, page, limit));
    rows.push(...read.rows);
    if (read.cursor === undefined || read.rows.length === 0) break;
    if (read.cursor === cursor) {
      faults.push(`page ${page} leads to itself`);
      break;
    }
    cursor = read.cursor;
  }
  faults.push(...rowFaults(rows, stream));
  expectThat(session, { capability, where }, 'pages', faults.length === 0, () =>
    pageFault(short(faults.join('; '), 300)),
  );
  return rows;
}

function pageFault(got: string): NonNullable<Check['why']> {
  return {
    what: 'the pages cannot be walked',
    expected: 'each row once, in one order, and a cursor exactly where there is more',
    got,
    consequence: 'who walks the pages misses rows or has them twice',
    next: 'look whether the order of the rows is that of a unique key',
  };
}

function pageOf(body: unknown, cursor: string | undefined): Page {
  const { rows, metadata, next_cursor: own } = recordOf(body);
  const { hasMore, next_cursor: inMetadata, nextCursor } = recordOf(metadata);
  return {
    rows: Array.isArray(rows) ? rows.map(recordOf) : [],
    hasMore,
    cursor,
    bodyCursor: own ?? inMetadata ?? nextCursor,
  };
}

function pageFaults({ rows, hasMore, cursor, bodyCursor }: Page, page: number, limit: number): string[] {
  const faults: string[] = [];
  if (typeof hasMore === 'boolean' && hasMore !== (cursor !== undefined))
    faults.push(
      `page ${page} says hasMore ${hasMore}, and x-next-cursor is ${cursor === undefined ? 'missing' : 'there'}`,
    );
  if (bodyCursor !== undefined && (bodyCursor ?? undefined) !== cursor)
    faults.push(`page ${page}: the cursor of the body is not that of the header`);
  if (rows.length > limit) faults.push(`page ${page} has ${rows.length} rows of at most ${limit}`);
  if (cursor !== undefined && rows.length < limit)
    faults.push(`page ${page} has ${rows.length} rows of ${limit}, and there is more`);
  return faults;
}

function rowFaults(rows: readonly Record<string, unknown>[], stream: StreamKey): string[] {
  const faults: string[] = [];
  const names = rows.map((row) => nameOf(row, stream));
  const twice = names.find((name, i) => names.indexOf(name) !== i && rows.length < 3_000);
  const distinct = new Set(names).size;
  if (distinct !== rows.length)
    faults.push(`${rows.length} rows and ${distinct} keys${twice === undefined ? '' : `, twice ${short(twice, 100)}`}`);
  const [first = ''] = ROW_KEYS[stream];
  const order = rows.map((row) => instantOf(row[first]));
  const rises = order.every((at, i) => i === 0 || at >= (order[i - 1] ?? at));
  const falls = order.every((at, i) => i === 0 || at <= (order[i - 1] ?? at));
  if (!rises && !falls) faults.push(`${first} goes up and down`);
  return faults;
}

function instantOf(value: unknown): number {
  return typeof value === 'number' ? value : Date.parse(String(value));
}

function nameOf(row: Record<string, unknown>, stream: StreamKey): string {
  return ROW_KEYS[stream].map((key) => String(row[key])).join(' ');
}
