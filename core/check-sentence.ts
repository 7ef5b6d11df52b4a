/** What a check says, for people. */
import type { Check } from './check.ts';
import { durationMs, formatDuration } from './duration.ts';
import { isTableCheck, type TableCheck } from './table-check.ts';

export function checkSentence(check: Check): string {
  if (isTableCheck(check)) return tableCheckSentence(check);
  const [first = '', ...rest] = check.columns;
  switch (check.kind) {
    case 'notNull':
      return `${check.columns.join(' and ')} always has a value`;
    case 'unique':
      return `no two rows share ${check.columns.join(' and ')}`;
    case 'range':
      return `${first} lies between ${check.min} and ${check.max}`;
    case 'oneOf':
      return `${first} is one of ${check.values.join(', ')}`;
    case 'matches':
      return `${first} looks like ${check.pattern}`;
    case 'complete':
      return `every ${stepName(check.step)} has a row${rest.length > 0 ? ` for each ${rest.join(', ')}` : ''}`;
    case 'notBelow':
      return `${first} is not below ${rest[0]}${check.tolerance > 0 ? ` by more than ${check.tolerance}` : ''}`;
    case 'sumsTo':
      return `${rest.join(' + ')} add up to ${first}${check.tolerance > 0 ? ` within ${check.tolerance}` : ''}`;
    case 'frozen':
      return `${first} does not keep one value for more than ${check.steps} rows${rest.length > 0 ? `, for each ${rest.join(', ')}` : ''}`;
    case 'notAbove':
      return `${first} is not above ${check.margin === 1 ? '' : `${check.margin} × `}${rest[0]}`;
    case 'solarAtNight':
      return `${first} of solar plants is at most ${check.tolerance} while the sun is down`;
    case 'sql':
      return check.doc;
  }
}

/** `hour` for PT1H, `5 minutes` for PT5M. */
export function stepName(step: string): string {
  return formatDuration(durationMs(step)).replace(/^1 /, '');
}

function tableCheckSentence(check: TableCheck): string {
  const [first = '', ...by] = check.columns;
  const each = by.length === 0 ? '' : `, for each ${by.join(', ')}`;
  switch (check.kind) {
    case 'reconciles':
      return `${first} agrees with ${check.other} of ${check.with}${check.tolerance > 0 ? ` within ${check.tolerance}` : ''}`;
    case 'hourOfWeekAnomaly':
      return `${first} is at most ${check.threshold} robust deviations from the median of the same hour of the week, ${check.weeks} weeks either side${each}`;
    case 'ramp':
      return `${first} changes from ${stepName(check.step)} to ${stepName(check.step)} as it does at the same hour of other weeks, within ${check.threshold} robust deviations${each}`;
    case 'clockShift':
      return `the days of ${first} have their shape at the same hours as in other years${each}`;
    case 'distributionDrift':
      return `the months of ${first} are like the same month of other years, within ${check.threshold} of their spread${each}`;
    case 'repeated':
      return `${first} does not repeat an earlier day, week or year for more than ${check.rows} rows${each}`;
    case 'beyondHistory':
      return `${first} is at most ${check.margin} times the largest of all other days${each}`;
    case 'volume':
      return `a day has as many rows as the same weekday before, within ${percent(check.tolerance)}`;
    case 'revisions':
      return `of a month at most ${percent(check.maxShare)} of ${first} are changed afterwards, by at most ${percent(check.maxChange)}, within ${formatDuration(durationMs(check.after))}`;
  }
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}
