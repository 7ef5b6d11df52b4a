/** A plan as a table: neighbouring intervals with the same reason share a line unless all are wanted. */
import { formatInstant } from '../core/interval.ts';
import type { Planned } from '../engine/plan.ts';
import { count, counted } from '../reports/words.ts';
import { renderTable } from './table.ts';

/** The plan as plain data; the bounds of a whole file, which has none, are null. */
export function planDocument(plan: readonly Planned[]): object[] {
  return plan.map(({ dataset, interval, label, url, reason, because, action, strategy }) => ({
    dataset,
    label,
    start: instant(interval.start),
    end: instant(interval.end),
    reason,
    because,
    action,
    strategy,
    url,
  }));
}

export function planText(plan: readonly Planned[], all: boolean): string {
  if (plan.length === 0) return 'Nothing is due.';
  const groups = all ? plan.map((item) => [item]) : grouped(plan);
  const table = renderTable(
    [
      { name: 'dataset' },
      { name: 'intervals' },
      { name: 'n', right: true },
      { name: 'reason' },
      { name: 'action' },
      { name: 'strategy' },
      { name: 'because' },
    ],
    groups.flatMap((group) => {
      const [first] = group;
      const last = group.at(-1);
      if (first === undefined || last === undefined) return [];
      const labels = first === last ? first.label : `${first.label} – ${last.label}`;
      return [
        [first.dataset, labels, count(group.length), first.reason, first.action, first.strategy, reasonOf(group)],
      ];
    }),
  );
  const hidden = groups.length < plan.length ? ' (--all shows each)' : '';
  return `${table}\n\n${counted(plan.length, 'interval')}${hidden}`;
}

function grouped(plan: readonly Planned[]): Planned[][] {
  const groups: Planned[][] = [];
  for (const item of plan) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    const same =
      last !== undefined &&
      (['dataset', 'reason', 'action', 'strategy'] as const).every((field) => last[field] === item[field]);
    if (same && last.interval.end === item.interval.start) group?.push(item);
    else groups.push([item]);
  }
  return groups;
}

function reasonOf(group: readonly Planned[]): string {
  const [first] = group;
  if (first === undefined) return '';
  return group.every((item) => item.because === first.because) ? first.because : `${first.because} (of ${first.label})`;
}

function instant(ms: number): string | null {
  return Number.isFinite(ms) ? formatInstant(ms) : null;
}
