/** URL templates of definitions: `…/PUB_Demand_{yyyy}.csv`, filled in from an interval's start on the publisher's clock. */
import type { Interval } from './interval.ts';
import type { Grain, Partitions } from './partitions.ts';
import { civilTime } from './zone.ts';

type Clock = ReturnType<typeof civilTime>;

/**
 * `{hh}` is the hour ending, 01–24, as IESO stamps its hourly files. `{end-…}` are of the partition's last day, for queries that ask
 * for days from … to … inclusive.
 */
const PLACEHOLDERS: Readonly<
  Record<string, { readonly grain: Grain; readonly value: (first: Clock, last: Clock) => string }>
> = {
  yyyy: { grain: 'year', value: (at) => String(at.year) },
  'yyyy+1': { grain: 'year', value: (at) => String(at.year + 1) },
  mm: { grain: 'month', value: (at) => pad(at.month) },
  m: { grain: 'month', value: (at) => String(at.month) },
  dd: { grain: 'day', value: (at) => pad(at.day) },
  hh: { grain: 'hour', value: (at) => pad(at.hour + 1) },
  'end-yyyy': { grain: 'year', value: (_, last) => String(last.year) },
  'end-mm': { grain: 'year', value: (_, last) => pad(last.month) },
  'end-dd': { grain: 'year', value: (_, last) => pad(last.day) },
};
/** Filled in once the Hub has said which commit a revision is. */
const COMMIT = 'commit';
const GRAINS: readonly Grain[] = ['year', 'month', 'day', 'hour'];

/** Faults of a template for these partitions, one sentence each; empty when it is right. */
export function urlTemplateFaults(template: string, partitions: Partitions): string[] {
  const faults: string[] = [];
  const names = [...template.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1] ?? '');
  const unknown = names.filter((name) => name !== COMMIT && !Object.hasOwn(PLACEHOLDERS, name));
  for (const name of unknown) {
    faults.push(
      `{${name}} is not a placeholder; known are ${Object.keys(PLACEHOLDERS)
        .map((n) => `{${n}}`)
        .join(' ')}`,
    );
  }
  if (/[{}]/.test(template.replaceAll(/\{[^{}]*\}/g, ''))) faults.push('a brace is not closed or not opened');
  if (!/^(https?|local):\/\/[^/{}]+\//.test(template))
    faults.push(
      'it must start with http:// or https:// and a host without placeholders, or with local:// and a folder of data/',
    );
  const used = new Set(names.flatMap((name) => PLACEHOLDERS[name]?.grain ?? []));
  if (partitions.kind !== 'calendar') {
    if (used.size > 0) faults.push(`a ${partitions.kind} partition has no date to fill in`);
  } else {
    const finest = GRAINS.indexOf(partitions.grain);
    GRAINS.forEach((grain, i) => {
      if (i <= finest && !used.has(grain))
        faults.push(`partitions by ${partitions.grain} need a placeholder for the ${grain}`);
      if (i > finest && used.has(grain)) faults.push(`partitions by ${partitions.grain} have no ${grain} to fill in`);
    });
  }
  return faults;
}

/** The URL of one interval. Placeholders that are not known stay as they are (validation refuses them earlier). */
export function fillUrl(template: string, partitions: Partitions, interval: Interval): string {
  if (partitions.kind !== 'calendar') return template;
  const first = civilTime(interval.start, partitions.zone);
  const last = civilTime(interval.end - 1, partitions.zone);
  return template.replaceAll(/\{([^{}]*)\}/g, (text, name: string) => PLACEHOLDERS[name]?.value(first, last) ?? text);
}

function pad(n: number): string {
  return String(n).padStart(2, '0');
}
