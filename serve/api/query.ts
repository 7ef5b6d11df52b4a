/** Words after the `?` that several endpoints share. */
import { z } from 'zod';
import './provenance.ts';

/** A whole number from 1; more than `max` means `max`. Digits and `1e3` are numbers, everything else is refused. */
export function limitWord(fallback: number, max: number): z.ZodType<number, string | undefined> {
  return z
    .string()
    .optional()
    .refine((text) => text === undefined || isCount(text), { message: 'is a whole number from 1' })
    .transform((text) => (text === undefined ? fallback : Math.min(Number(text), max)))
    .openapi({
      type: 'integer',
      minimum: 1,
      default: fallback,
      description: `At most ${max}; a larger number means ${max}.`,
    }) as z.ZodType<number, string | undefined>;
}

function isCount(text: string): boolean {
  return /^\d+(e\d{1,2})?$/i.test(text) && Number(text) >= 1;
}

/** Text that is compared with a column: PostgreSQL's text cannot hold NUL, and nothing that long is a name. */
export function nameWord(description: string): z.ZodOptional<z.ZodString> {
  return z
    .string()
    .max(200)
    .regex(/^[^\0]*$/, 'holds a NUL')
    .optional()
    .openapi({ description });
}

/** The regions that the platform knows, by their full names. */
export const REGIONS = ['Ontario', 'Alberta', 'Quebec', 'British Columbia', 'Saskatchewan', 'Manitoba'] as const;

/** An instant with its offset, or a date, which is its midnight in UTC. */
export function instantWord(description: string): z.ZodType<string | undefined, string | undefined> {
  return z
    .string()
    .refine((text) => isInstant(text), {
      message: 'is an instant with its offset (2026-01-01T00:00:00Z) or a date (2026-01-01)',
    })
    .optional()
    .openapi({ description, format: 'date-time' }) as z.ZodType<string | undefined, string | undefined>;
}

function isInstant(text: string): boolean {
  const form = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2}))?$/.exec(text);
  if (form === null || Number.isNaN(Date.parse(text))) return false;
  const year = Number(text.slice(0, 4));
  return year >= 1900 && year <= 2200;
}
