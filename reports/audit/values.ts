/** Expected and actual of a finding, so that the eye falls on what differs. */
import type { Finding } from '../../core/audit.ts';

/** Lines before the first difference that are kept for orientation. */
const CONTEXT = 1;

export interface MarkedLine {
  readonly text: string;
  /** Only this side has it. */
  readonly own: boolean;
}

/** The two values; null where the title says all (`missing`, `extra`). Long texts begin near the first difference. */
export function valuesOf({ expected, actual, difference, verdict }: Finding): {
  readonly expected: string | null;
  readonly actual: string | null;
} {
  // Of an edited file the changed lines are told, `-` as applied and `+` as it is now: one text, not two sides.
  if (difference === 'missing' || difference === 'extra' || verdict === 'edited') return { expected, actual };
  const [before, after] = [expected ?? '(nothing)', actual ?? '(nothing)'];
  const skipped = sameLines(before.split('\n'), after.split('\n')).start - CONTEXT;
  if (skipped < 1) return { expected: before, actual: after };
  const rest = (text: string): string => `… ${text.split('\n').slice(skipped).join('\n')}`;
  return { expected: rest(before), actual: rest(after) };
}

/** The lines of one side; marked are those between what both begin and end with. One line alone is not marked: it differs as a whole. */
export function markedLines(text: string, other: string): MarkedLine[] {
  const lines = text.split('\n');
  const others = other.split('\n');
  if (lines.length === 1 && others.length === 1) return [{ text, own: false }];
  const { start, end } = sameLines(lines, others);
  return lines.map((line, i) => ({ text: line, own: i >= start && i < lines.length - end }));
}

/** How many lines are the same at the start and, of the rest, at the end. */
function sameLines(a: readonly string[], b: readonly string[]): { readonly start: number; readonly end: number } {
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < shorter - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  return { start, end };
}
