/** The words of a list of findings: state, dataset, owner and how many, from the address of a page or of the REST answer. */
import { REVIEW_STATES, type ReviewFilter, type ReviewState } from '../core/review.ts';
import { queryInvalid } from './faults.ts';

export interface ReviewQuery {
  readonly state: ReviewState | 'all';
  readonly dataset: string;
  readonly owner: string;
  readonly limit: number;
}

export const LIMIT = 100;
const LIMIT_MAX = 1_000;

/** @throws Fault `HTTP_QUERY_INVALID` */
export function reviewQuery(words: Readonly<Record<string, string>>): ReviewQuery {
  const { state = 'open', dataset = '', owner = '', limit = String(LIMIT) } = words;
  const known = [...REVIEW_STATES, 'all'] as const;
  const found = known.find((one) => one === state);
  if (found === undefined)
    throw queryInvalid(
      `there is no state ${JSON.stringify(state.slice(0, 40))}`,
      `state is one of ${known.join(', ')}`,
    );
  const most = /^\d{1,6}$/.test(limit) ? Number(limit) : 0;
  if (most < 1 || most > LIMIT_MAX)
    throw queryInvalid(`limit ${JSON.stringify(limit.slice(0, 40))} cannot be used`, `limit is 1 to ${LIMIT_MAX}`);
  return { state: found, dataset: plain(dataset), owner: plain(owner), limit: most };
}

/** PostgreSQL's text cannot hold NUL, and nothing that long is a name. */
function plain(text: string): string {
  return text.replaceAll('\0', '').trim().slice(0, 200);
}

export function filterOf({ state, dataset, owner, limit }: ReviewQuery): ReviewFilter {
  return {
    limit,
    ...(state !== 'all' && { state }),
    ...(dataset !== '' && { datasets: [dataset] }),
    ...(owner !== '' && { owner }),
  };
}
