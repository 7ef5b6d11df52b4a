/** The list of findings: what waits for a decision first; narrowed by a form of links and fields. */
import { placeOfSubject, REVIEW_STATES, type ReviewEntry, type ReviewList } from '../../core/review.ts';
import type { Html } from '../../reports/html/template.ts';
import { markup } from '../../reports/html/template.ts';
import { clip, counted, instant } from '../../reports/words.ts';
import { LIMIT, type ReviewQuery } from '../review-query.ts';
import { frame } from './frame.ts';

export function findingsPage({ findings, total }: ReviewList, query: ReviewQuery, datasets: readonly string[]): Html {
  const what = query.state === 'all' ? 'finding' : `${query.state} finding`;
  return frame(
    `${counted(total, what)}`,
    'review',
    markup`<h1>${counted(total, what)}</h1>
${filterForm(query, datasets)}
${
  total === 0
    ? nothing(query)
    : markup`<ol class="cards">
${findings.map(card)}</ol>`
}
${rest(findings.length, total, query)}`,
  );
}

function nothing({ state, dataset, owner }: ReviewQuery): Html {
  const narrowed = dataset !== '' || owner !== '';
  return state === 'open' && !narrowed
    ? markup`<p class="empty">Nothing waits for a decision. <a href="/reports/review?state=all">All findings</a></p>
`
    : markup`<p class="note">None. <a href="/reports/review?state=all">All findings</a></p>
`;
}

export function stateTag({ state, severity }: Pick<ReviewEntry, 'state' | 'severity'>): Html {
  return markup`<span class="tag ${state} ${severity}">${state}</span>`;
}

function card(finding: ReviewEntry): Html {
  const {
    fingerprint,
    dataset,
    severity,
    subject,
    sentence,
    rows,
    owner,
    firstSeenAt,
    note,
    acknowledgedUntil,
    state,
  } = finding;
  const facts = [
    severity,
    dataset,
    clip(placeOfSubject(subject), 80),
    rows > 0 ? counted(rows, 'row') : '',
    `since ${instant(firstSeenAt).slice(0, 10)}`,
    state === 'acknowledged' && acknowledgedUntil !== null ? `until ${acknowledgedUntil.slice(0, 10)}` : '',
    owner === null ? '' : `owner ${owner}`,
  ].filter((fact) => fact !== '');
  return markup`<li>${stateTag(finding)}<p class="what"><a href="/reports/review/${fingerprint}">${clip(sentence, 300)}</a></p>
<p class="note facts">${facts.map((fact) => markup`<span>${fact}</span> `)}</p>${note === null ? null : markup`<p class="note">“${clip(note, 200)}”</p>`}</li>
`;
}

function filterForm({ state, dataset, owner }: ReviewQuery, datasets: readonly string[]): Html {
  const option = (value: string, chosen: string, name = value): Html =>
    value === chosen
      ? markup`<option value="${value}" selected>${name}</option>`
      : markup`<option value="${value}">${name}</option>`;
  const ids = dataset === '' || datasets.includes(dataset) ? datasets : [dataset, ...datasets];
  return markup`<form class="filter" method="get" action="/reports/review">
<div><label for="state">State</label><select id="state" name="state">${[...REVIEW_STATES, 'all'].map((one) => option(one, state))}</select></div>
<div><label for="dataset">Dataset</label><select id="dataset" name="dataset">${option('', dataset, 'all')}${ids.map((id) => option(id, dataset))}</select></div>
<div><label for="owner">Owner</label><input id="owner" name="owner" value="${owner}" maxlength="100" autocomplete="off"></div>
<div><button>Show</button></div>
</form>`;
}

function rest(shown: number, total: number, query: ReviewQuery): Html | null {
  if (total <= shown) return null;
  const words = new URLSearchParams({ state: query.state, dataset: query.dataset, owner: query.owner, limit: '1000' });
  return markup`<p class="note">The first ${shown} of ${total}. ${query.limit > LIMIT ? 'Narrow the list to see the others.' : markup`<a href="/reports/review?${words.toString()}">Show up to 1,000</a>`}</p>
`;
}
