/** The provenance object that every answer carries: where its numbers are from, of when, and how far they may be trusted. */
import { extendZodWithOpenApi } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';

// Every schema of the API comes after this module, so that `.openapi()` is there.
extendZodWithOpenApi(z);

export const FRESHNESS = ['live', 'stale', 'demo', 'unknown'] as const;
export type Freshness = (typeof FRESHNESS)[number];

export const provenanceSchema = z
  .object({
    source: z
      .string()
      .nullable()
      .openapi({ description: 'Publisher; sample:<publisher> for generated samples; null: not known.' }),
    last_updated: z.string().nullable().openapi({ description: 'Instant of the newest row, UTC.' }),
    freshness_status: z
      .enum(FRESHNESS)
      .openapi({ description: 'demo: generated samples, no measurements. unknown: nobody can tell.' }),
    is_fallback: z.boolean().openapi({ description: 'True: these are no measurements.' }),
    trust_tier: z.string().optional(),
    license_notes: z.string().optional(),
    calculation_method: z.string().optional(),
    evidence_hash: z.string().optional().openapi({ description: 'SHA-256 of the file that the rows are from.' }),
  })
  .openapi('Provenance');

export type Provenance = z.input<typeof provenanceSchema>;

/** Of what this server itself measures, now. */
export function ownProvenance(source: string, atMs: number, calculationMethod?: string): Provenance {
  return {
    source,
    last_updated: new Date(atMs).toISOString(),
    freshness_status: 'live',
    is_fallback: false,
    ...(calculationMethod !== undefined && { calculation_method: calculationMethod }),
  };
}

/** Of answers that no row stands behind: an empty table. */
export function unknownProvenance(source: string | null): Provenance {
  return { source, last_updated: null, freshness_status: 'unknown', is_fallback: false };
}

/** The weakest of several, for a header that has room for one word. */
export function weakest(words: readonly Freshness[]): Freshness {
  return (['demo', 'unknown', 'stale'] as const).find((word) => words.includes(word)) ?? 'live';
}

/** A header holds ASCII only. */
export function headerText(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[^\x20-\x7e]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
