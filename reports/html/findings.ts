/** The findings of a dataset: open ones first, accepted ones quiet, each with its place, its history and the command that shows it. */
import type { DatasetReport, Finding } from '../model.ts';
import { reviewCommand } from '../next-step.ts';
import { clip, count, counted, FINDING_STATES, instant, minute } from '../words.ts';
import type { Detail } from './detail.ts';
import { more } from './parts.ts';
import type { Html } from './template.ts';
import { markup } from './template.ts';

/** `2 open, 1 accepted`; null where there are none. */
function findingsInWords({ findingCounts }: Pick<DatasetReport, 'findingCounts'>): string | null {
  const words = FINDING_STATES.flatMap((state) =>
    findingCounts[state] > 0 ? [`${count(findingCounts[state])} ${state}`] : [],
  );
  return words.length === 0 ? null : words.join(', ');
}

/** The same for a cell of the table of verdicts: a line for each state. */
export function findingsCell({ findingCounts }: Pick<DatasetReport, 'findingCounts'>): Html {
  const states = FINDING_STATES.filter((state) => findingCounts[state] > 0);
  if (states.length === 0) return markup`–`;
  return markup`${states.map((state) => markup`<div${state === 'open' ? null : markup` class="note"`}>${count(findingCounts[state])} ${state}</div>`)}`;
}

/** @param linkOf address of the check's own part on this page, where it has one */
export function findingsPart(
  dataset: DatasetReport,
  detail: Detail,
  linkOf: (check: string) => string | null,
): Html | null {
  const words = findingsInWords(dataset);
  if (words === null && dataset.findings.length === 0) return null;
  const shown = dataset.findings
    .toSorted((a, b) => FINDING_STATES.indexOf(a.state) - FINDING_STATES.indexOf(b.state))
    .slice(0, detail.findings);
  const total = FINDING_STATES.reduce((sum, state) => sum + dataset.findingCounts[state], 0);
  return markup`<h3>Findings: ${words ?? counted(dataset.findings.length, 'finding')}</h3>
${shown.map((finding) => findingItem(finding, detail, linkOf(finding.check)))}${more(
    Math.max(total, dataset.findings.length) - shown.length,
    'finding',
  )}`;
}

function findingItem(finding: Finding, detail: Detail, link: string | null): Html {
  const { state, severity, sentence, interval, change, rows, firstSeenAt } = finding;
  return markup`<details class="found ${state} ${severity}" data-state="${state}"><summary><span class="tag ${state}">${state}</span> <span class="what">${clip(sentence, detail.text)}</span> <span class="note">${severity} · ${clip(interval, 120)} · ${counted(rows, 'row')} · since ${minute(firstSeenAt)}${
    change === null ? null : markup` · <b>${change}</b>`
  }</span></summary><dl class="run">
${facts(finding, detail, link)}</dl></details>
`;
}

function facts(finding: Finding, detail: Detail, link: string | null): Html[] {
  const { firstKey, lastKey } = finding;
  const rows =
    firstKey === null
      ? 'about no single row'
      : lastKey === null || lastKey === firstKey
        ? instant(firstKey)
        : `${instant(firstKey)} to ${instant(lastKey)}`;
  const check = markup`<code>${clip(finding.check, detail.text)}</code>`;
  const list: readonly (readonly [string, Html | string])[] = [
    ['About', clip(finding.subject, detail.text)],
    ['Rows', clip(rows, detail.text)],
    ['Check', link === null ? check : markup`<a href="${link}">${check}</a>`],
    ['Owner', finding.owner === null ? 'nobody' : clip(finding.owner, 120)],
    ...(finding.acknowledgedUntil === null
      ? []
      : [['Acknowledged until', instant(finding.acknowledgedUntil)] as const]),
    ...(finding.note === null ? [] : [['Note', clip(finding.note, detail.text)] as const]),
    ['First seen', minute(finding.firstSeenAt)],
    ['Last seen', minute(finding.lastSeenAt)],
    ['To see or settle it', markup`<code>${reviewCommand(clip(finding.fingerprint, 64))}</code>`],
  ];
  return list.map(
    ([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>
`,
  );
}
