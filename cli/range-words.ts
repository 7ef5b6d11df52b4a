/** `--from` and `--to` as far as they were given. */
import type { RangeOptions } from './options.ts';

export function rangeWords({ from, to }: RangeOptions): { readonly from?: string; readonly to?: string } {
  return { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}
