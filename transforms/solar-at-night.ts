/** SQL of the check `solarAtNight`: output of solar plants while the sun is down all over their region. */
import type { Check } from '../core/check.ts';
import { durationMs } from '../core/duration.ts';
import { keyColumns, type Table, timeColumn } from '../core/contract.ts';
import { identifier as id, literal } from './quote.ts';
import { keyText } from './rules.ts';

/**
 * DuckDB SQL over `typed`. The sun's height follows NOAA's solar equations (gml.noaa.gov/grad/solcalc/solareqns.PDF, low accuracy: within about half a
 * degree), at the start and at the end of the row's interval, at every place.
 */
export function solarAtNightSql(check: Extract<Check, { kind: 'solarAtNight' }>, table: Table): string {
  const [column = ''] = check.columns;
  const time = id(timeColumn(table) ?? '');
  const minutes = durationMs(check.step) / 60_000;
  const where = Object.entries(check.where ?? {}).map(([name, value]) => `${id(name)} = ${literal(value)} and `);
  const heights = check.places.flatMap(({ latitude, longitude }) =>
    ['_from', '_to'].map(
      (at) => `degrees(asin(
      sin(radians(${latitude})) * sin(${at}_declination)
      + cos(radians(${latitude})) * cos(${at}_declination) * cos(radians((${at}_minutes + ${at}_equation + 4 * (${longitude})) / 4 - 180))))`,
    ),
  );
  const terms = (at: string, instant: string): string => `
    2 * pi() / 365 * (dayofyear(${instant}) - 1 + (hour(${instant}) - 12) / 24) as ${at}_angle,
    hour(${instant}) * 60 + minute(${instant}) as ${at}_minutes,
    229.18 * (0.000075 + 0.001868 * cos(${at}_angle) - 0.032077 * sin(${at}_angle) - 0.014615 * cos(2 * ${at}_angle) - 0.040849 * sin(2 * ${at}_angle)) as ${at}_equation,
    0.006918 - 0.399912 * cos(${at}_angle) + 0.070257 * sin(${at}_angle) - 0.006758 * cos(2 * ${at}_angle) + 0.000907 * sin(2 * ${at}_angle)
      - 0.002697 * cos(3 * ${at}_angle) + 0.00148 * sin(3 * ${at}_angle) as ${at}_declination`;
  return `with lit as (
  select *, ${terms('_from', time)},${terms('_to', `(${time} + interval '${minutes} minutes')`)}
  from typed where ${where.join('')}${id(column)} > ${check.tolerance}
), highest as (
  select *, greatest(${heights.join(', ')}) as _height from lit
)
select ${keyText(table)} as key, cast(${id(column)} as varchar) as value,
  concat(${literal(`at most ${check.tolerance} while the sun is down; it is at `)}, round(_height, 1), ' degrees') as expectation
from highest where _height < ${check.elevation}
order by ${keyColumns(table).map(id).join(', ')}`;
}
