/** Indigenous panels. Only what a community agreed to have read by anybody is shown: row-level security holds the rest back from us, too. */
import { z } from 'zod';
import { endpoint, type Endpoint, everyPath } from '../api/endpoint.ts';
import { CSV_TYPE } from '../api/media.ts';
import { provenanceSchema } from '../api/provenance.ts';
import { limitWord, nameWord } from '../api/query.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { notConnected } from './not-connected.ts';

const consultation = z.object({
  id: z.string(),
  territory_id: z.string().nullable(),
  title: z.string(),
  status: z.string().nullable(),
  meeting_date: z.string().nullable(),
  participants: z.number().int().nullable(),
  outcomes: z.array(z.string()).nullable(),
  recorded_at: z.string(),
  consent_type: z.literal('public'),
});

const COLUMNS = [
  { name: 'id', type: 'uuid' },
  { name: 'territory_id', type: 'text' },
  { name: 'title', type: 'text' },
  { name: 'status', type: 'text' },
  { name: 'meeting_date', type: 'date' },
  { name: 'participants', type: 'int4' },
  { name: 'outcomes', type: 'text[]' },
  { name: 'recorded_at', type: 'timestamptz' },
  { name: 'consent_type', type: 'text' },
] as const;

const NOTE = 'Consultations are shown whose communities agreed that anybody may read them; there may be others.';

// grain: one row per consultation. reads: public.indigenous_consultations. params: $1 territory, $2 status, each or null, $3 rows.
const CONSULTATIONS = `
  select id, territory_id, title, status, meeting_date, participants, outcomes, recorded_at, consent_type
  from public.indigenous_consultations
  where consent_type = 'public' and ($1::text is null or territory_id = $1) and ($2::text is null or status = $2)
  order by recorded_at desc, id limit $3`;

interface ConsultationRow extends Omit<z.input<typeof consultation>, 'recorded_at'> {
  readonly recorded_at: Date;
}

export function indigenousEndpoints({ reads }: ApiDependencies): Endpoint[] {
  const panel = { area: 'indigenous', tag: 'Indigenous' };
  return [
    notConnected({ ...panel, list: 'territories', summary: 'Territories' }),
    notConnected({ ...panel, list: 'projects', summary: 'Projects on territories' }),
    endpoint({
      name: 'api-v2-indigenous-consultations',
      method: 'get',
      paths: everyPath('api-v2-indigenous-consultations', '/api/indigenous/consultations'),
      tag: 'Indigenous',
      summary: 'Consultations that communities agreed to have read by anybody, newest first',
      limit: 'read',
      query: z.object({
        territory_id: nameWord('Territory, by the id that its community uses.'),
        status: nameWord('State in the words of the consultation.'),
        limit: limitWord(100, 1_000),
      }),
      answer: z.object({ consultations: z.array(consultation), note: z.string(), provenance: provenanceSchema }),
      media: [CSV_TYPE],
      handle: async ({ query: { territory_id = null, status = null, limit } }) => {
        const rows = await reads.query<ConsultationRow>(CONSULTATIONS, [territory_id, status, limit]);
        const consultations = rows.map((row) => ({ ...row, recorded_at: row.recorded_at.toISOString() }));
        const provenance = {
          source: consultations.length === 0 ? null : 'recorded by hand',
          last_updated: consultations[0]?.recorded_at ?? null,
          freshness_status: 'unknown' as const,
          is_fallback: false,
        };
        return {
          body: { consultations, note: NOTE, provenance },
          rows: { name: 'consultations', columns: COLUMNS, rows: consultations },
        };
      },
    }),
    notConnected({ ...panel, list: 'tek', summary: 'Traditional ecological knowledge' }),
  ];
}
