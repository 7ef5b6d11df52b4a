/** The only place where names and texts are put into DuckDB SQL. */

export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** An instant (milliseconds since the epoch) as a `timestamptz` expression; ±Infinity as DuckDB's infinities. */
export function instantLiteral(ms: number): string {
  if (ms === Infinity) return "timestamptz 'infinity'";
  if (ms === -Infinity) return "timestamptz '-infinity'";
  return `make_timestamptz(${Math.round(ms) * 1000})`;
}
