/** The transitions of core/zones as rows of `zone_period`, for the macros that need them: only the zones that a statement names. */
import { histories, type Period, periodsOf } from '../core/zones/history.ts';

const MACRO = /\b(?:local_instant|hour_ending_instant|utc_to_local)\s*\(/gi;

/** Which zones the macros of a statement look up: names, or `all` where a name is not written in the statement. */
export function zonesIn(sql: string): ReadonlySet<string> | 'all' {
  const named = new Set<string>();
  for (const match of sql.matchAll(MACRO)) {
    const zone = /^\s*'([^']*)'\s*$/.exec(lastArgument(sql, match.index + match[0].length));
    if (zone?.[1] === undefined) return 'all';
    named.add(zone[1]);
  }
  return /\bzone_period\b/i.test(sql) ? 'all' : named;
}

/** Text after the last comma of a call's arguments, up to the bracket that closes it. */
function lastArgument(sql: string, from: number): string {
  let depth = 0;
  let start = from;
  for (let at = from; at < sql.length; at++) {
    const letter = sql[at];
    if (letter === "'") at = closingQuote(sql, at);
    else if (letter === '(') depth++;
    else if (letter === ',' && depth === 0) start = at + 1;
    else if (letter === ')' && depth-- === 0) return sql.slice(start, at);
  }
  return '';
}

function closingQuote(sql: string, opening: number): number {
  const closing = sql.indexOf("'", opening + 1);
  return closing === -1 ? sql.length : closing;
}

// DuckDB has no infinite years to put into a year column; these are as good for a clock that never changes.
const FIRST = Date.UTC(1900, 0, 1);
const LAST = Date.UTC(2100, 0, 1);

/** Adds the periods of these zones to `zone_period`; names that no zone has add nothing. */
export async function addZones(
  run: (sql: string, lines: string) => Promise<void>,
  zones: ReadonlySet<string> | 'all',
  without: ReadonlySet<string>,
): Promise<void> {
  const wanted =
    zones === 'all'
      ? histories()
      : [...zones].map((zone): { zones: readonly string[]; periods: readonly Period[] } => ({
          zones: [zone],
          periods: periodsOf(zone) ?? [],
        }));
  const lines = wanted.flatMap(({ zones: named, periods }) => {
    const names = named.filter((zone) => !without.has(zone)).join(' ');
    if (names === '') return [];
    return periods.map(
      ({ from, until, offset }) =>
        `${names},${Math.max(from, FIRST) / 1000},${Math.min(until, LAST) / 1000},${offset / 1000}`,
    );
  });
  if (lines.length > 0) await run(ADD_PERIODS, lines.join(';'));
}

const ADD_PERIODS = `insert into zone_period by name
select
  unnest(string_split(zones, ' ')) as zp_zone, year as zp_year, utc_from as zp_utc_from, utc_until as zp_utc_until,
  local_from as zp_local_from, local_until as zp_local_until, seconds as zp_offset_seconds
from (
  -- A day more on either side, so that an instant's year in UTC finds its period too.
  select *, unnest(range(year(least(utc_from, local_from) - interval 1 day), year(greatest(utc_until, local_until) + interval 1 day) + 1)) as year
  from (
    select
      zones, seconds, make_timestamp(utc_from * 1000000) as utc_from, make_timestamp(utc_until * 1000000) as utc_until,
      make_timestamp((utc_from + seconds) * 1000000) as local_from, make_timestamp((utc_until + seconds) * 1000000) as local_until
    from (
      select
        split_part(line, ',', 1) as zones, split_part(line, ',', 2)::bigint as utc_from, split_part(line, ',', 3)::bigint as utc_until,
        split_part(line, ',', 4)::integer as seconds
      from (select unnest(string_split($1, ';')) as line)
    )
  )
)`;
