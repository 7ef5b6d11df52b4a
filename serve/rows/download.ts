/**
 * The past of a series as a file, of one state of the database: all pages are read in one transaction that sees nothing of what is committed
 * meanwhile. A piece is read when the one before has gone out, so that memory does not grow with the file; who goes away ends the reading.
 */
import type { Clock, Database } from '../../core/effects.ts';
import { Fault } from '../../core/errors.ts';
import type { Provenance } from '../api/provenance.ts';
import type { Series } from './catalog.ts';
import { FILE_ENDINGS, FILE_TYPES, type FileFormat, fileWriter } from './file-writers.ts';
import { rangeProvenance } from './history-provenance.ts';
import type { LoadSources } from './load-sources.ts';
import { readRows } from './page.ts';
import { extentStatement } from './select.ts';

export interface DownloadAsk {
  readonly format: FileFormat;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly as_of?: string | undefined;
}

export interface Downloads {
  /** @throws Fault `DOWNLOAD_TOO_LARGE`, `DOWNLOADS_BUSY` before the first byte */
  start(series: Series, ask: DownloadAsk): Promise<Download>;
}

export interface Download {
  readonly name: string;
  readonly type: string;
  readonly provenance: Provenance;
  readonly rows: number;
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
}

export interface DownloadParts {
  readonly reads: Database;
  readonly sources: LoadSources;
  readonly clock: Clock;
  /** Rows of one piece. */
  readonly pieceRows?: number;
  readonly rowsMax?: number;
}

/** Rows of a file; a longer range is asked in parts. */
export const ROWS_MAX = 5_000_000;
/** A row group: large enough to compress well, small enough to be held a few times over. */
const PIECE_ROWS = 20_000;
/** Each holds a connection of the server for as long as its client reads. */
const AT_ONCE = 3;
/** Who takes nothing for so long is gone. */
const STALLED_MS = 60_000;

export function createDownloads(parts: DownloadParts): Downloads {
  let running = 0;
  return {
    start: async (series, ask) => {
      if (running >= AT_ONCE) throw busy();
      running += 1;
      try {
        return await begun(parts, series, ask, () => (running -= 1));
      } catch (error) {
        running -= 1;
        throw error;
      }
    },
  };
}

interface Extent {
  readonly row_count: number;
  readonly load_ids: readonly (string | null)[];
  readonly newest: string | null;
}

/** Resolves when the range was measured and the first byte can go out; the rest of the transaction follows the reader. */
async function begun(parts: DownloadParts, series: Series, ask: DownloadAsk, ended: () => void): Promise<Download> {
  const { reads, clock, rowsMax = ROWS_MAX } = parts;
  const { readable, writable } = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>();
  const writer = writable.getWriter();
  let began: (download: Download) => void = () => undefined;
  const first = new Promise<Download>((resolve) => (began = resolve));
  const whole = reads.transaction(async (tx) => {
    await tx.query('set transaction isolation level repeatable read, read only');
    const { from, to, as_of: asOf, format } = ask;
    const { text, params } = extentStatement(series.source, { from, to, asOf }, rowsMax + 1);
    const [extent] = await tx.query<Extent>(text, params);
    if (extent === undefined) throw new Error('the question for the extent gave no row');
    if (extent.row_count > rowsMax) throw tooLarge(series.name, rowsMax);
    const provenance = await rangeProvenance(tx, series, extent.load_ids, extent.newest);
    began({
      name: `${fileName(series.name, ask)}.${FILE_ENDINGS[format]}`,
      type: FILE_TYPES[format],
      provenance,
      rows: extent.row_count,
      body: readable,
    });
    await pump(tx, parts, series, ask, provenance, (piece) => sent(writer, piece, clock));
  });
  const finished = whole.then(
    () => writer.close(),
    (error: unknown) => writer.abort(error),
  );
  // Whoever reads the stream sees the error there; before there was a stream, the caller sees it.
  finished.catch(() => undefined);
  const download = await Promise.race([first, whole.then(() => first)]);
  void whole.catch(() => undefined).finally(ended);
  return download;
}

async function pump(
  tx: Database,
  { sources, pieceRows = PIECE_ROWS }: DownloadParts,
  { source }: Series,
  { format, from, to, as_of: asOf }: DownloadAsk,
  provenance: Provenance,
  send: (piece: Uint8Array<ArrayBuffer>) => Promise<void>,
): Promise<void> {
  const file = fileWriter(format, source.columns, provenance);
  let after: readonly string[] | undefined;
  for (;;) {
    const page = await readRows(tx, sources, source, { limit: pieceRows, order: 'asc', from, to, asOf, after });
    await send(file.write(page.rows));
    if (!page.hasMore || page.lastKey === null) break;
    after = page.lastKey;
  }
  await send(file.end());
}

/** Waits until the reader has room. @throws when it has gone, or takes nothing for a minute */
async function sent(
  writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>,
  piece: Uint8Array<ArrayBuffer>,
  clock: Clock,
): Promise<void> {
  if (piece.length === 0) return;
  const waiting = new AbortController();
  const stalled = clock.sleep(STALLED_MS, waiting.signal).then(() => {
    throw new Error('the reader took nothing for a minute');
  });
  stalled.catch(() => undefined);
  try {
    await Promise.race([writer.write(piece), stalled, writer.closed]);
  } finally {
    waiting.abort();
  }
}

function fileName(name: string, { from, to, as_of: asOf }: DownloadAsk): string {
  const words = [name.replaceAll('-', '_'), from && `from-${from}`, to && `to-${to}`, asOf && `as-of-${asOf}`];
  return words
    .filter((word) => word !== undefined && word !== '')
    .join('_')
    .replaceAll(/[^\w.-]/g, '');
}

function tooLarge(name: string, rowsMax: number): Fault {
  return new Fault({
    code: 'DOWNLOAD_TOO_LARGE',
    kind: 'usage',
    what: `the range of ${name} has more than ${rowsMax.toLocaleString('en')} rows, the most that one file may have`,
    consequence: 'nothing was read',
    next: 'ask for shorter ranges with from and to, one after the other',
  });
}

function busy(): Fault {
  return new Fault({
    code: 'DOWNLOADS_BUSY',
    kind: 'usage',
    what: `${AT_ONCE} downloads are under way, and this server makes no more at once`,
    consequence: 'nothing was read',
    next: 'try again in a moment, or take pages of /api/historical',
  });
}
