/** The page of findings on the recorded files as they were published: how much was judged, what is true and what is a false alarm. */
import { type Found, knownOf, type Truth } from './known.ts';

/** A check in a year of a dataset. */
export interface Judged {
  readonly dataset: string;
  /** `all` for files without a calendar. */
  readonly year: string;
  readonly kind: string;
  /** Rows of the intervals that it judged, once for each check of the kind. */
  readonly rows: number;
}

export const yearOf = ({ interval }: Pick<Found, 'interval'>): string =>
  /^\d{4}/.test(interval) ? interval.slice(0, 4) : 'all';
const kindOf = ({ check }: Found): string => check.split('(')[0] ?? check;
const isFalse = (found: Found): boolean => knownOf(found) === undefined;

/** False alarms of each year of a dataset that has some. */
export function falseAlarms(found: readonly Found[]): Map<string, Found[]> {
  return grouped(found.filter(isFalse), (one) => `${one.dataset} ${yearOf(one)}`);
}

export function alarmsPage(judged: readonly Judged[], found: readonly Found[]): string {
  const years = new Set(judged.map(({ dataset, year }) => `${dataset} ${year}`));
  const wrong = found.filter(isFalse).length;
  const of = (truth: Truth): number => found.filter((one) => knownOf(one)?.truth === truth).length;
  return `# Findings on the files as they were published

Made by \`PENSTOCK_UPDATE_DOCS=1 npm run test:long -- recorded-findings\`; the same test compares this page with what is found.

All recorded files are loaded untouched. Each finding of severity warn or worse is held against a list of known oddities with their
reasons (\`tests/planted/known.ts\`); what nothing explains is a false alarm.

**${found.length} findings in ${years.size} dataset-years: ${of('fault')} faults, ${of('event')} events, ${of('cut off')} files that were cut off, ${wrong} false.**

How far that can be trusted:

- The thresholds were chosen on these very files, and the list was written after looking at the findings. It is the least to expect elsewhere, not the
  rate to expect.
- Many dataset-years are a day or a moment. Long ones are Ontario's demand (12 years), zonal demand (3) and HOEP (9, two cut off), Alberta's price and load (9, one
  cut off), weather at Toronto (3), and one year each of the interties and of generation by fuel. Of AESO's API one moment is loaded; its other
  answers were recorded under addresses that no interval asks for.
- One fault, the hour of 2016-08-10, is only likely: whoever doubts it counts one false alarm of \`ramp\`.
- Where none of n dataset-years has a false alarm, the rate may still be up to 3 / n a year (95 %), even if the files had been fresh.

| truth | means |
|---|---|
| fault | the file is wrong or lacks something |
| event | the data are right, the world was unusual; whoever wants to hear of wrong data alone counts these as false, too |
| cut off | the file was issued before its interval was over: a hole of the recordings, which no publisher's newest file has |

## By check

Rows are those of the intervals that were judged, once for each check of that kind; a rate is false alarms per year of a dataset.

| check | dataset-years | rows judged | findings | fault | event | cut off | false | false per year |
|---|--:|--:|--:|--:|--:|--:|--:|--:|
${kindRows(judged, found).join('\n')}

## By dataset and year

| dataset | year | rows judged | findings | fault | event | cut off | false |
|---|---|--:|--:|--:|--:|--:|--:|
${yearRows(judged, found).join('\n')}

## By dataset, year and check

Checks that found something; all others of the table above found nothing in that year.

| dataset | year | check | rows judged | findings | false |
|---|---|---|--:|--:|--:|
${cellRows(judged, found).join('\n')}

## All findings

| dataset | about | check | rows | truth | reason |
|---|---|---|--:|---|---|
${found.map(findingRow).join('\n')}
`;
}

function kindRows(judged: readonly Judged[], found: readonly Found[]): string[] {
  const kinds = [...grouped(judged, ({ kind }) => kind)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return kinds.map(([kind, parts]) => {
    const own = found.filter((one) => kindOf(one) === kind);
    const years = new Set(parts.map(({ dataset, year }) => `${dataset} ${year}`)).size;
    const rate = (own.filter(isFalse).length / years).toFixed(2);
    return `| \`${kind}\` | ${years} | ${number(sum(parts))} | ${own.length} | ${truths(own)} | ${rate} |`;
  });
}

function yearRows(judged: readonly Judged[], found: readonly Found[]): string[] {
  return [...grouped(judged, ({ dataset, year }) => `${dataset} | ${year}`)].map(([place, parts]) => {
    const own = found.filter((one) => `${one.dataset} | ${yearOf(one)}` === place);
    return `| ${place} | ${number(sum(parts))} | ${own.length} | ${truths(own)} |`;
  });
}

function cellRows(judged: readonly Judged[], found: readonly Found[]): string[] {
  return judged.flatMap(({ dataset, year, kind, rows }) => {
    const own = found.filter((one) => one.dataset === dataset && yearOf(one) === year && kindOf(one) === kind);
    if (own.length === 0) return [];
    return [`| ${dataset} | ${year} | \`${kind}\` | ${number(rows)} | ${own.length} | ${own.filter(isFalse).length} |`];
  });
}

function findingRow(one: Found): string {
  const known = knownOf(one);
  return `| ${one.dataset} | ${one.subject} | \`${one.check}\` | ${number(one.rows)} | ${known?.truth ?? '**false**'} | ${known?.reason ?? ''} |`;
}

const TRUTHS: readonly Truth[] = ['fault', 'event', 'cut off'];

function truths(found: readonly Found[]): string {
  const of = (truth: Truth | undefined): number => found.filter((one) => knownOf(one)?.truth === truth).length;
  return [...TRUTHS, undefined].map(of).join(' | ');
}

function grouped<Item>(items: readonly Item[], nameOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(nameOf(item), [...(groups.get(nameOf(item)) ?? []), item]);
  return groups;
}

function sum(judged: readonly Judged[]): number {
  return judged.reduce((total, { rows }) => total + rows, 0);
}

function number(value: number): string {
  return value.toLocaleString('en-CA');
}
