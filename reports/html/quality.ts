/** Score and freshness of a dataset, and the scores of its publishers, with the formula. */
import type { DatasetReport, Quality } from '../model.ts';
import { FORMULA, freshnessText, qualityByPublisher, qualityParts, scoreText, shareText } from '../quality.ts';
import { clip, count, counted, instant, listed } from '../words.ts';
import { dataTable, fold } from './parts.ts';
import type { Html } from './template.ts';
import { markup } from './template.ts';

/** The score as one word of the table of verdicts. */
export function scoreCell({ quality }: { readonly quality: Pick<Quality, 'score'> | null }): Html {
  return quality?.score == null
    ? markup`<span class="unmeasured">not measured</span>`
    : markup`<b>${scoreText(quality.score)}</b>`;
}

export function freshnessCell({ freshness }: Pick<DatasetReport, 'freshness'>): Html {
  const { state, coveredUntil, staleSince } = freshness;
  const since = staleSince === null ? null : markup` since ${instant(staleSince)}`;
  return markup`<span class="fresh ${state}">${state}</span>${since}${
    coveredUntil === null ? null : markup`<br><span class="note">newest row ${instant(coveredUntil)}</span>`
  }`;
}

/** Score and freshness in full, at the top of a dataset's section. */
export function qualityPart({ quality, freshness }: DatasetReport): Html {
  const shares = qualityParts(quality).map(
    ({ name, says, share }, i) =>
      markup`${i === 0 ? '' : ' × '}<span title="${says}">${name} ${share === null ? markup`<span class="unmeasured">not measured</span>` : shareText(share)}</span>`,
  );
  return markup`<dl class="run">
<div><dt>Score</dt><dd>${scoreCell({ quality })}${quality?.score == null ? null : markup` <span class="note">= 100 × ${shares}</span>`}</dd></div>
<div><dt>Freshness</dt><dd class="fresh ${freshness.state}">${freshnessText(freshness)}</dd></div>
</dl>
`;
}

/** The scores of publishers; says which dataset is the lowest. */
export function publishersPart(datasets: readonly DatasetReport[]): Html | null {
  if (datasets.length === 0) return null;
  const publishers = qualityByPublisher(datasets);
  const measured = publishers.filter(({ score }) => score !== null).length;
  return fold(
    `Score per publisher: ${count(measured)} of ${counted(publishers.length, 'publisher')} measured`,
    publishers.length <= 8,
    markup`${dataTable({
      caption: 'Score of each publisher, over its datasets in this report',
      quiet: true,
      columns: [
        { name: 'Publisher' },
        { name: 'Score', kind: 'number' },
        { name: 'Lowest', kind: 'wide' },
        { name: 'Measured', kind: 'number' },
        { name: 'Datasets', kind: 'number' },
      ],
      rows: publishers.map((one) => [
        clip(one.publisher, 120),
        one.score === null
          ? markup`<span class="unmeasured">not measured</span>`
          : markup`<b>${scoreText(one.score)}</b>`,
        one.lowest.length === one.datasets && one.datasets > 1
          ? 'all of them'
          : listed(one.lowest.map((id) => clip(id, 120))),
        count(one.measured),
        count(one.datasets),
      ]),
    })}<p class="note">${FORMULA}</p>
<p class="note">${qualityParts(null).map(({ name, says }, i) => markup`${i === 0 ? '' : '; '}<b>${name}</b>: ${says}`)}.</p>
`,
  );
}
