/** What a reader thought of an answer, linked to its call. */
import { z } from 'zod';
import type { Database } from '../../core/effects.ts';
import { asClient, type Client } from '../api/client.ts';
import '../api/provenance.ts';
import { sqlFault } from '../sql-fault.ts';
import { redactPersonal } from './redact.ts';

export const feedbackSchema = z
  .object({
    call_id: z.uuid().openapi({ description: 'Of the answer that it is about.' }),
    feedback: z.enum(['up', 'down']).optional(),
    rating: z.number().int().min(1).max(5).optional(),
    comment: z.string().max(2_000).optional(),
    detail: z.record(z.string(), z.unknown()).optional(),
  })
  .refine(
    ({ feedback, rating, comment }) => feedback !== undefined || rating !== undefined || (comment ?? '').trim() !== '',
    {
      message: 'needs feedback, rating or comment',
    },
  )
  .openapi('LlmFeedback');

// grain: one row. writes: public.llm_feedback through the function. params: $1 call, $2 up or down, $3 rating, $4 comment, $5 detail.
const SUBMIT = `select public.submit_llm_feedback($1::uuid, $2, $3::smallint, $4, $5::jsonb)::text as id`;

/** @returns id of the feedback. @throws Problem */
export async function giveFeedback(
  service: Database,
  { call_id, feedback, rating, comment, detail }: z.output<typeof feedbackSchema>,
  client: Client,
  subject: string | null,
): Promise<string> {
  const words = [
    call_id,
    feedback ?? null,
    rating ?? null,
    comment === undefined ? null : stored(comment),
    detail === undefined ? null : stored(JSON.stringify(detail).replaceAll('\\u0000', '')),
  ];
  try {
    return await asClient(service, client, async (tx) => {
      if (subject !== null)
        await tx.query(`select set_config('request.jwt.claims', $1, true)`, [JSON.stringify({ sub: subject })]);
      const [row] = await tx.query<{ id: string }>(SUBMIT, words);
      if (row === undefined) throw new Error('submit_llm_feedback gave no row');
      return row.id;
    });
  } catch (error) {
    throw sqlFault(error);
  }
}

function stored(text: string): string {
  return redactPersonal(text.replaceAll('\0', '')).text;
}
