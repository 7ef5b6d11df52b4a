/** The section of one dataset. */
import type { DatasetReport } from '../model.ts';
import { clip } from '../words.ts';
import { checksPart } from './checks.ts';
import { coveragePart } from './coverage.ts';
import type { Detail } from './detail.ts';
import { artifactsPart, failuresPart, intervalsPart, timingsPart } from './intervals.ts';
import { stateBadge, verdictText } from './parts.ts';
import { outcomesPart, rejectedPart, revisionsPart } from './rows.ts';
import type { Html } from './template.ts';
import { markup } from './template.ts';

/** The section with the anchor `dataset-<number>`. */
export function datasetSection(dataset: DatasetReport, number: number, detail: Detail): Html {
  return markup`<section class="dataset" id="dataset-${number}" aria-labelledby="title-${number}">
<h2 id="title-${number}">${clip(dataset.title, 200)} ${stateBadge(dataset.state)}</h2>
<p class="facts"><code>${clip(dataset.id, 200)}</code> → <code>${clip(dataset.table, 200)}</code> · publisher <b>${clip(dataset.publisher, 200)}</b>${
    dataset.unitOfTime === null ? null : markup` · one row per <b>${clip(dataset.unitOfTime, 60)}</b>`
  }</p>
<p class="verdict">${verdictText(dataset.verdict, detail.verdict)}</p>
${failuresPart(dataset, detail)}<h3>Intervals and rows</h3>
${outcomesPart(dataset)}<h3>Checks</h3>
${checksPart(dataset, detail)}<h3>Details</h3>
${coveragePart(dataset, detail)}${revisionsPart(dataset, detail)}${rejectedPart(dataset, detail)}${intervalsPart(dataset, detail)}${timingsPart(
    dataset,
  )}${artifactsPart(dataset, detail)}<p class="attribution">${clip(dataset.attribution, 500)}</p>
</section>
`;
}
