/** Words after the `?` that all pages of rows share. */
import { z } from 'zod';
import { instantWord } from '../api/query.ts';
import { queryInvalid } from '../faults.ts';

/** Beyond it a page costs as much as all the rows that it leaves out. */
const OFFSET_MAX = 10_000;

/** A whole number from 1, or nothing. */
export function pageSizeWord(fallback: number, max: number): z.ZodType<number | undefined, string | undefined> {
  return z
    .string()
    .optional()
    .refine((text) => text === undefined || (/^\d+(e\d{1,2})?$/i.test(text) && Number(text) >= 1), {
      message: 'is a whole number from 1',
    })
    .transform((text) => (text === undefined ? undefined : Math.min(Number(text), max)))
    .openapi({
      type: 'integer',
      minimum: 1,
      default: fallback,
      description: `Rows of a page. At most ${max}; a larger number means ${max}.`,
    }) as z.ZodType<number | undefined, string | undefined>;
}

const offsetWord = z
  .string()
  .optional()
  .refine((text) => text === undefined || /^\d{1,15}$/.test(text), { message: 'is a whole number from 0' })
  .refine((text) => text === undefined || !(Number(text) > OFFSET_MAX), {
    message: `is at most ${OFFSET_MAX}; walk further with cursor, which next_cursor of each page gives`,
  })
  .transform((text) => (text === undefined ? undefined : Number(text)))
  .openapi({
    type: 'integer',
    minimum: 0,
    maximum: OFFSET_MAX,
    description:
      'Rows to leave out. For a few pages only: rows that arrive meanwhile shift the others. Not with cursor.',
  }) as z.ZodType<number | undefined, string | undefined>;

/** What all pages take, beside their size. */
export const pageWords = {
  cursor: z.string().optional().openapi({
    description: 'next_cursor of the page before, with the same filters and order. Empty or 0: the start.',
  }),
  offset: offsetWord,
  order: z
    .enum(['asc', 'desc'])
    .default('asc')
    .openapi({ description: 'asc: oldest first, by the key of the rows; desc: newest first.' }),
  from: instantWord('Rows from this instant on.'),
  to: instantWord('Rows before this instant.'),
} as const;

interface Asked {
  readonly cursor?: string | undefined;
  readonly offset?: number | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** What single words cannot say. @throws Fault */
export function requireSense({ cursor = '', offset, from, to }: Asked): void {
  if (offset !== undefined && cursor !== '' && cursor !== '0')
    throw queryInvalid('cursor and offset both say where the page begins', 'send one of them');
  requireRange({ from, to });
}

/** @throws Fault */
export function requireRange({ from, to }: Pick<Asked, 'from' | 'to'>): void {
  if (from !== undefined && to !== undefined && Date.parse(from) > Date.parse(to))
    throw queryInvalid('from is after to', 'the range is half-open: rows from `from` on and before `to`');
}
