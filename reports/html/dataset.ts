/** The section of one dataset. */
import type { DatasetReport } from '../model.ts';
import { clip } from '../words.ts';
import { checkLinks, checksPart } from './checks.ts';
import { contractPart } from './contract.ts';
import { coveragePart } from './coverage.ts';
import type { Detail } from './detail.ts';
import { findingsPart } from './findings.ts';
import { artifactsPart, failuresPart, intervalsPart, timingsPart } from './intervals.ts';
import { lineagePart } from './lineage.ts';
import { stateBadge, verdictText } from './parts.ts';
import { qualityPart } from './quality.ts';
import { outcomesPart, rejectedPart, revisionsPart } from './rows.ts';
import { seriesPart } from './series.ts';
import type { Html } from './template.ts';
import { markup } from './template.ts';

/** The section with the anchor `dataset-<number>`; its words are what the page's filter looks at. */
export function datasetSection(dataset: DatasetReport, number: number, detail: Detail): Html {
  const words = [dataset.id, dataset.title, dataset.publisher, dataset.table].map((text) => clip(text, 200)).join(' ');
  return markup`<section class="dataset" id="dataset-${number}" aria-labelledby="title-${number}" data-state="${dataset.state}" data-words="${words}">
<h2 id="title-${number}">${clip(dataset.title, 200)} ${stateBadge(dataset.state)}</h2>
<p class="facts"><code>${clip(dataset.id, 200)}</code> → <code>${clip(dataset.table, 200)}</code> · publisher <b>${clip(dataset.publisher, 200)}</b>${
    dataset.unitOfTime === null ? null : markup` · one row per <b>${clip(dataset.unitOfTime, 60)}</b>`
  }</p>
<p class="verdict">${verdictText(dataset.verdict, detail.verdict)}</p>
${qualityPart(dataset)}${failuresPart(dataset, detail)}${findingsPart(dataset, detail, checkLinks(dataset, number, detail))}<h3>Coverage and series</h3>
${coveragePart(dataset, detail)}${seriesPart(dataset, detail)}<h3>Checks</h3>
${checksPart(dataset, number, detail)}<h3>Intervals and rows</h3>
${outcomesPart(dataset)}${revisionsPart(dataset, detail)}${rejectedPart(dataset, detail)}${intervalsPart(dataset, detail)}<h3>Schema, lineage and timings</h3>
${contractPart(dataset, detail)}${lineagePart(dataset, detail)}${timingsPart(dataset, detail)}${artifactsPart(
    dataset,
    detail,
  )}<p class="attribution">${clip(dataset.attribution, 500)}</p>
</section>
`;
}
