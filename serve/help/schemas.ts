/** Shapes of the help endpoints, for parsing and for the document. */
import { z } from 'zod';
import { provenanceSchema } from '../api/provenance.ts';

const source = z.object({ name: z.string(), url: z.string().openapi({ description: 'An https address.' }) });

/** Anything may stand there; what is no id of a text is 404. */
export const idWords = z.object({
  id: z.string().openapi({
    description: 'Id of a text or another name of it, as the manifest lists them: lower case, URL-encoded once.',
    example: 'page.trends',
  }),
});

export const manifestAnswer = z.object({
  manifest: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      short_text: z.string().openapi({ description: 'The tooltip, shorter than 160 characters.' }),
      last_updated: z.string(),
      alias_of: z.string().optional().openapi({ description: 'The text that this other name stands for.' }),
    }),
  ),
  provenance: provenanceSchema,
});

export const itemAnswer = z.object({
  id: z.string().openapi({ description: 'As it was asked for.' }),
  title: z.string(),
  short_text: z.string(),
  body_html: z.string().openapi({
    description:
      'Sanitised: headings from h2 on, lists, tables, code, and https links that open apart; no images, styles or scripts.',
  }),
  related_sources: z.array(source),
  last_updated: z.string().openapi({ description: 'When its author last changed the text, UTC.' }),
  author: z.string(),
  alias_of: z.string().optional().openapi({ description: 'The text that this other name stands for.' }),
  provenance: provenanceSchema,
});

export const unknownMembers = z.object({
  id: z.string().openapi({ description: 'What was asked for, its first 200 characters.' }),
});

/** Line feed and tab are words; other controls and halves of characters are none, and the database could not keep them. */
const COMMENT_REFUSED = /(?![\n\r\t])[\p{Cc}\p{Cs}]/u;
const COMMENT_MAX = 2_000;

export const feedbackBody = z.strictObject({
  rating: z.number().int().min(1).max(5).openapi({ description: '1 (no help) to 5 (good).' }),
  comment: z
    .string()
    .refine((text) => [...text].length <= COMMENT_MAX, { message: `has at most ${COMMENT_MAX} characters` })
    .refine((text) => !COMMENT_REFUSED.test(text), { message: 'holds a control character, or half of a character' })
    .optional()
    .openapi({ maxLength: COMMENT_MAX, description: 'Kept as it is: no names or addresses of people, please.' }),
});

export const feedbackAnswer = z.object({
  id: z.string().openapi({ description: 'Of the feedback.' }),
  help_id: z.string(),
  rating: z.number(),
  provenance: provenanceSchema,
});

export const editBody = z.strictObject({
  title: z.string(),
  short_text: z.string(),
  body_md: z.string(),
  discipline_tags: z
    .array(z.string())
    .openapi({ description: 'needs-curation is the mark that people must still review the text.' }),
  related_sources: z.array(z.strictObject({ name: z.string(), url: z.string() })),
  author: z.string(),
  last_updated: z
    .string()
    .optional()
    .openapi({ format: 'date', description: 'A day. Default: today, if anything changes.' }),
  aliases: z.array(z.string()).optional().openapi({ description: 'Default: as they are.' }),
  expected_load_id: z
    .union([z.string().regex(/^\d{1,19}$/), z.number().int().min(0)])
    .optional()
    .openapi({ description: 'Version that you have read (history lists them); If-Match says the same.' }),
});

export const editAnswer = z.object({
  id: z.string(),
  outcome: z.enum(['created', 'changed', 'unchanged']),
  load_id: z.string().openapi({ description: 'The version now.' }),
  changed: z.array(z.string()).openapi({ description: 'Fields that differ from the version before.' }),
  last_updated: z.string().openapi({ format: 'date' }),
  by: z.string(),
  provenance: provenanceSchema,
});

export const invalidMembers = z.object({
  id: z.string(),
  faults: z.array(
    z.object({
      field: z.string(),
      line: z.number().int().nullable().openapi({ description: 'Line of body_md.' }),
      what: z.string(),
    }),
  ),
});

export const changedMembers = z.object({ id: z.string(), current_version: z.string().nullable() });

export const historyAnswer = z.object({
  id: z.string(),
  version: z.string().openapi({ description: 'The newest; what expected_load_id and If-Match name.' }),
  versions: z.array(
    z.object({
      version: z.string(),
      known_at: z.string(),
      how: z.enum(['file', 'edit', 'adopted']),
      by: z.string().nullable().openapi({ description: 'Who edited it; null: it is from a file.' }),
      author: z.string().nullable(),
      changed: z.array(z.string()).openapi({ description: 'Fields that differ from the version before.' }),
      file: z
        .string()
        .nullable()
        .openapi({ description: 'The text as data/help would hold it; null: it was taken away.' }),
    }),
  ),
  provenance: provenanceSchema,
});
