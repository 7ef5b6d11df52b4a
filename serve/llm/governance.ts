/** Requests to use data that need the consent of those whom they concern: filed for callers who proved who they are. */
import type { Database } from '../../core/effects.ts';
import { loggedQuestion, type Question } from './request.ts';

// grain: one row, none where too many wait. reads and writes: public.governance_requests. params: $1 subject, $2 panel, $3 path, $4 question, $5 most.
const FILE = `
  with waiting as (
    select id, dataset_path from public.governance_requests where user_id = $1 and status = 'open'
  ), filed as (
    insert into public.governance_requests (user_id, panel_id, dataset_path, prompt)
    select $1, $2, $3, $4
    where not exists (select from waiting where dataset_path = $3) and (select count(*) from waiting) < $5
    returning id
  )
  select id from filed union all (select id from waiting where dataset_path = $3 limit 1)`;

const WAITING_MAX = 20;

/** @returns id of the request that waits for this subject and these data; null where nobody knows who asks */
export async function governanceRequest(
  service: Database,
  subject: string | null,
  question: Question,
): Promise<string | null> {
  if (subject === null) return null;
  const { panelId, datasetPath } = question;
  const [row] = await service.query<{ id: string }>(FILE, [
    subject,
    panelId,
    datasetPath,
    loggedQuestion(question),
    WAITING_MAX,
  ]);
  return row?.id ?? null;
}
