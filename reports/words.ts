/** How numbers, sizes, times and foreign text are written in every report: the same in HTML and Markdown, the same on every machine. */
import type { DatasetState, FindingState, Outcome, SourceKind } from './model.ts';

/** `87671` → `87,671`. Not `toLocaleString`: its answer depends on the machine. */
export function count(n: number): string {
  return String(n).replace(/^-?\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ','));
}

/** `count(1, 'row')` → `1 row`, `counted(2, 'row')` → `2 rows`. */
export function counted(n: number, noun: string): string {
  return `${count(n)} ${noun}${n === 1 ? '' : 's'}`;
}

/** `156672` → `156.7 kB` (decimal units). */
export function byteSize(bytes: number): string {
  if (bytes < 1_000) return `${count(bytes)} B`;
  const exponent = Math.min(4, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1_000 ** exponent).toFixed(1)} ${['B', 'kB', 'MB', 'GB', 'TB'][exponent] ?? 'TB'}`;
}

/** Milliseconds → `840 ms`, `12.3 s`, `4 min 05 s`, `2 h 03 min`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${pad(seconds % 60)} s`;
  const minutes = Math.round(ms / 60_000);
  return `${count(Math.floor(minutes / 60))} h ${pad(minutes % 60)} min`;
}

/** `2025-05-01T05:00:00.000Z` → `2025-05-01T05:00Z`: zeros go, everything that tells instants apart stays. */
export function instant(iso: string): string {
  // The interval of a whole file has no bounds.
  if (iso === '-infinity' || iso === 'infinity') return '–';
  return iso.replace(/(:\d{2})\.0+Z$/, '$1Z').replace(/^(.*T\d{2}:\d{2}):00Z$/, '$1Z');
}

/** The same to the minute, for when somebody did or saw something: `2026-11-28T13:03:40.480Z` → `2026-11-28T13:03Z`. */
export function minute(iso: string): string {
  return iso.replace(/^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}):\d{2}(?:\.\d+)?Z$/, '$1Z');
}

/** What would move the cursor, hide text or turn its direction: controls, bidi marks, zero-width characters, lone surrogates. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Text of a publisher as it can be shown safely on any surface: line ends and tabs stay, other invisible characters become `\u{…}`. */
export function visible(text: string): string {
  return text.replace(INVISIBLE, (char) =>
    char === '\n' || char === '\t' ? char : `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** At most `limit` characters, and how many were cut. */
export function clip(text: string, limit: number): string {
  if (text.length <= limit) return text;
  return `${text.slice(0, limit)}… (${counted(text.length - limit, 'character')} more)`;
}

/** `a, b, c and 4 more` */
export function listed(items: readonly string[], limit: number = 3): string {
  const rest = items.length - limit;
  return rest > 0 ? `${items.slice(0, limit).join(', ')} and ${count(rest)} more` : items.join(', ');
}

/** Loud, at the top of every page that does not show what the publisher says today; null for `live`. */
export function sourceBanner(source: SourceKind): { readonly title: string; readonly text: string } | null {
  switch (source) {
    case 'live':
      return null;
    case 'recordings':
      return {
        title: 'Recorded responses',
        text: 'Every request was answered from a folder of recorded responses. The data are as old as the recordings.',
      };
    case 'samples':
      return {
        title: 'Generated samples: not measurements',
        text: 'The numbers were generated to show the program at work. They say nothing about any power system.',
      };
  }
}

/** Worst first; the order of every list of outcomes. */
export const OUTCOMES: readonly Outcome[] = [
  'failed',
  'blocked',
  'loaded',
  'unchanged',
  'not published',
  'purged',
  'not recorded',
  'not configured',
  'busy',
];

/** Worst first; `not checked` comes before `good` because it asks for attention. */
export const STATES: readonly DatasetState[] = ['failed', 'blocked', 'warning', 'not checked', 'good'];

/** What wants a decision first, then what has one, then what is over. */
export const FINDING_STATES: readonly FindingState[] = ['open', 'acknowledged', 'accepted', 'fixed'];

/** What a process that ends with this code says. */
export function exitMeaning(exitCode: number): string {
  switch (exitCode) {
    case 0:
      return 'no interval failed or was blocked';
    case 1:
      return 'usage or configuration';
    case 2:
      return 'an interval failed';
    case 3:
      return 'a blocking check stopped a load';
    default:
      return 'not an exit code of a run';
  }
}

function pad(n: number): string {
  return String(n).padStart(2, '0');
}
