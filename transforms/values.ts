/** DuckDB values as plain JavaScript values, for small results. */
import {
  DuckDBArrayValue,
  DuckDBListValue,
  DuckDBStructValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBValue,
} from '@duckdb/node-api';

/**
 * Whole numbers become a number where that is exact, else a text; instants `2025-01-01T05:00:00Z`, timestamps without zone the same
 * without `Z`, with a fraction only where there is one; decimals and all other types their text; lists arrays, structs objects.
 */
export function plainValue(value: DuckDBValue): unknown {
  if (typeof value === 'bigint') {
    return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : String(value);
  }
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof DuckDBTimestampTZValue)
    return value.isFinite ? `${isoText(value.micros)}Z` : infinite(value.micros);
  if (value instanceof DuckDBTimestampValue) return value.isFinite ? isoText(value.micros) : infinite(value.micros);
  if (
    value instanceof DuckDBTimestampSecondsValue ||
    value instanceof DuckDBTimestampMillisecondsValue ||
    value instanceof DuckDBTimestampNanosecondsValue
  ) {
    return value.toString().replace(' ', 'T');
  }
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) return value.items.map(plainValue);
  if (value instanceof DuckDBStructValue) {
    return Object.fromEntries(Object.entries(value.entries).map(([name, entry]) => [name, plainValue(entry)]));
  }
  return value.toString();
}

function isoText(micros: bigint): string {
  const fraction = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const second = new Date(Number((micros - fraction) / 1_000n));
  // DuckDB's years reach further than those of JavaScript.
  if (Number.isNaN(second.getTime())) return new DuckDBTimestampValue(micros).toString();
  const shown = fraction === 0n ? '' : `.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`;
  return `${second.toISOString().slice(0, -5)}${shown}`;
}

function infinite(micros: bigint): string {
  return micros > 0n ? 'infinity' : '-infinity';
}
