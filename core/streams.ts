/** Streams and their names in `stream_health`. */

/** Streams that `stream_health` knows by another name; `data/reference/streams.csv` says the same. */
const HEALTH_KEYS: ReadonlyMap<string, string> = new Map([['ontario-prices', 'ontario-nodal-prices']]);

/** The key of a stream in `stream_health`. */
export function streamHealthKey(stream: string): string {
  return HEALTH_KEYS.get(stream) ?? stream;
}
