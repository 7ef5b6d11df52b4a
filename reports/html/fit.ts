/** Which dataset is shown with how much detail, so that all together stay within a number of bytes: what asks for attention gets it first. */
import type { DatasetReport } from '../model.ts';
import { datasetSection } from './dataset.ts';
import { type Detail, LEAST, LITTLE, MOST, MUCH, SOME } from './detail.ts';
import type { Html } from './template.ts';
import { renderMarkup } from './template.ts';

/** Datasets with a section of their own, at most. */
export const SECTION_LIMIT = 200;

interface Section {
  readonly html: Html;
  readonly bytes: number;
}

/** What is tried one after the other while there is room. */
const STEPS: readonly (readonly [Detail, 'loud' | 'all'])[] = [
  [LITTLE, 'loud'],
  [SOME, 'loud'],
  [MUCH, 'loud'],
  [LITTLE, 'all'],
  [SOME, 'all'],
  [MOST, 'loud'],
  [MUCH, 'all'],
  [MOST, 'all'],
];

/** After so many that did not fit, the next ones will not either. */
const PATIENCE = 3;

/**
 * The sections of the datasets in their order, as many as fit.
 * @param datasets the worst first
 */
export function fittingSections(datasets: readonly DatasetReport[], budget: number): Html[] {
  const candidates = datasets.slice(0, SECTION_LIMIT);
  return (everything(candidates, budget) ?? asRoomAllows(candidates, budget)).map(({ html }) => html);
}

/** With all detail; null when that is too much. */
function everything(datasets: readonly DatasetReport[], budget: number): Section[] | null {
  const sections: Section[] = [];
  let bytes = 0;
  for (const [i, dataset] of datasets.entries()) {
    const section = sectionOf(dataset, i, MOST);
    bytes += section.bytes;
    if (bytes > budget) return null;
    sections.push(section);
  }
  return sections;
}

function asRoomAllows(datasets: readonly DatasetReport[], budget: number): Section[] {
  const sections: Section[] = [];
  let room = budget;
  for (const [i, dataset] of datasets.entries()) {
    const section = sectionOf(dataset, i, LEAST);
    if (section.bytes > room) break;
    sections.push(section);
    room -= section.bytes;
  }
  for (const [detail, whom] of STEPS) {
    let failures = 0;
    for (const [i, before] of sections.entries()) {
      const dataset = datasets[i];
      if (dataset === undefined || (whom === 'loud' && !isLoud(dataset))) continue;
      const section = sectionOf(dataset, i, detail);
      if (section.bytes > before.bytes + room) {
        failures += 1;
        if (failures === PATIENCE) break;
      } else if (section.bytes > before.bytes) {
        sections[i] = section;
        room -= section.bytes - before.bytes;
      }
    }
  }
  return sections;
}

function isLoud({ state }: DatasetReport): boolean {
  return state !== 'good' && state !== 'not checked';
}

function sectionOf(dataset: DatasetReport, index: number, detail: Detail): Section {
  const html = datasetSection(dataset, index + 1, detail);
  return { html, bytes: Buffer.byteLength(renderMarkup(html)) };
}
