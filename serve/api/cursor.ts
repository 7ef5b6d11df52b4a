/**
 * Where a reader of pages stands: the key of the last row that it got, and how many rows it has walked. It is opaque, signed, and good for the same
 * question only: the same rows, order and filters. What was tampered with is refused, so a page never starts where no page ended.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { Fault } from '../../core/errors.ts';

/** The question that the pages answer, without the size of a page. */
export interface Question {
  /** Name of the rows: `stream ontario-demand`. */
  readonly rows: string;
  /** Columns of the key with their types: a cursor of another shape means nothing. */
  readonly key: readonly string[];
  readonly order: 'asc' | 'desc';
  /** As they were asked; null: not asked. */
  readonly filters: Readonly<Record<string, string | null>>;
}

export interface Position {
  /** Values of the key's columns as PostgreSQL writes them, so that microseconds survive. */
  readonly key: readonly string[];
  /** Rows before this position. */
  readonly walked: number;
}

const MAC_BYTES = 32;
/** A key is a few names and an instant. */
const LONGEST = 2_000;

export function sealCursor(secret: string, question: Question, { key, walked }: Position): string {
  const { rows, order } = question;
  const text = Buffer.from(JSON.stringify({ r: rows, o: order, f: filtersText(question), k: key, n: walked }));
  return Buffer.concat([macOf(secret, text), text]).toString('base64url');
}

/** @param cursor null, empty and `0` are the start. @throws Fault `CURSOR_INVALID` */
export function openCursor(secret: string, question: Question, cursor: string | null): Position | null {
  if (cursor === null || cursor === '' || cursor === '0') return null;
  const held = unsealed(secret, cursor);
  if (held === null) throw refused('the cursor was not made by this server, or something of it was changed or cut off');
  if (held.r !== question.rows) throw refused(`the cursor is of ${held.r}, and this is ${question.rows}`);
  if (held.o !== question.order)
    throw refused(`the cursor walks in the order ${held.o}, and order=${question.order} is asked`);
  if (held.f !== filtersText(question))
    throw refused('the cursor belongs to a question with other filters, and all pages of a walk have the same');
  return { key: held.k, walked: held.n };
}

interface Held {
  readonly r: string;
  readonly o: string;
  readonly f: string;
  readonly k: readonly string[];
  readonly n: number;
}

function unsealed(secret: string, cursor: string): Held | null {
  if (cursor.length > LONGEST || !/^[A-Za-z0-9_-]+$/.test(cursor)) return null;
  const bytes = Buffer.from(cursor, 'base64url');
  // Several texts of base64 can mean the same bytes; one of them is ours.
  if (bytes.length <= MAC_BYTES || bytes.toString('base64url') !== cursor) return null;
  const text = bytes.subarray(MAC_BYTES);
  if (!timingSafeEqual(bytes.subarray(0, MAC_BYTES), macOf(secret, text))) return null;
  // What this server signed, it wrote.
  return JSON.parse(text.toString()) as Held;
}

function filtersText({ key, filters }: Question): string {
  const asked = Object.entries(filters)
    .filter(([, value]) => value !== null)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([key, asked]);
}

function macOf(secret: string, text: Uint8Array): Buffer {
  return createHmac('sha256', secret).update('penstock cursor\n').update(text).digest();
}

function refused(what: string): Fault {
  return new Fault({
    code: 'CURSOR_INVALID',
    kind: 'usage',
    what,
    consequence: 'nothing was shown',
    next: 'send next_cursor of the page before as it is, with the same filters and order; or leave cursor out to start anew',
  });
}
