/** What the datasets of AESO's API gateway share. */
import { sql } from '../../core/check.ts';
import type { Check } from '../../core/check.ts';

const GATEWAY = 'https://apimgw.aeso.ca/public';

/** Address of a report below the gateway. */
export const apiUrl = (path: string): string => `${GATEWAY}/${path}`;

/** Days of a partition, both included, on the Mountain calendar: what every ranged report asks for. */
export const MONTH_QUERY = 'startDate={yyyy}-{mm}-01&endDate={end-yyyy}-{end-mm}-{end-dd}';

/**
 * Where the rows of a report are: in the envelope under `return`, without the envelope (as the published examples), or `return` and the
 * document themselves as the list.
 */
export const rowsOf = (report: string): string[] => [`return/${report}`, report, 'return', ''];

/**
 * The key is the UTC field. The Mountain field beside it must say the same by our zone rule; whether AESO's clock followed Alberta's law
 * on 2026-11-01 is not known, so a file in which they differ is not loaded.
 */
export const clocksAgree = (file: string): Check<never> =>
  sql(`transforms/aeso/${file}.sql`, {
    over: 'raw',
    severity: 'block',
    doc: "the report's UTC time and its Mountain time name the same instant by Alberta's zone rule (UTC−6 all year since 2026)",
  });

export const CLOCK_QUIRK =
  'Keyed by the UTC field. The Mountain field repeats an hour in November and is only compared with it.';
