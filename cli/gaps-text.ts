/** Gaps as lines: `ieso-demand 2025-05-01T05:00Z – 2025-05-01T06:00Z 1 hour missing inside 2025`. */
import { formatDuration } from '../core/duration.ts';
import { formatInstant } from '../core/interval.ts';
import type { Gap } from '../engine/gaps.ts';
import { count, counted } from '../reports/words.ts';

/** Lines of one dataset; `--json` has all. */
const LINES_SHOWN = 50;

export function gapDocument({ start, end, ...gap }: Gap): object {
  const instant = (ms: number): string | null => (Number.isFinite(ms) ? formatInstant(ms) : null);
  return {
    dataset: gap.dataset,
    kind: gap.kind,
    start: instant(start),
    end: instant(end),
    missing: gap.missing,
    label: gap.label,
    of: gap.of,
    because: gap.because,
  };
}

export function gapsText(gaps: readonly Gap[]): string {
  if (gaps.length === 0) return 'No gaps.';
  const datasets = [...new Set(gaps.map(({ dataset }) => dataset))];
  return datasets
    .flatMap((dataset) => {
      const own = gaps.filter((gap) => gap.dataset === dataset);
      const rest = own.slice(LINES_SHOWN).reduce((sum, { missing }) => sum + missing, 0);
      const hidden =
        own.length > LINES_SHOWN
          ? [
              `${dataset} and ${counted(own.length - LINES_SHOWN, 'more gap')} with ${count(rest)} missing; --json shows all`,
            ]
          : [];
      return [...own.slice(0, LINES_SHOWN).map(gapLine), ...hidden, ...nextLines(dataset, own)];
    })
    .join('\n');
}

function gapLine({ dataset, kind, start, end, missing, stepMs, label, of, because }: Gap): string {
  const span = `${dataset} ${formatInstant(start)} – ${formatInstant(end)}`;
  if (kind === 'interval') return `${span} ${counted(missing, 'interval')} not loaded (${label}): ${because}`;
  return `${span} ${stepsInWords(missing, stepMs ?? 0)} missing inside ${label}${of === null ? '' : ` for ${of}`}`;
}

/** `1 hour`, `25 hours`, `3 steps of 5 minutes`. */
function stepsInWords(missing: number, stepMs: number): string {
  const step = formatDuration(stepMs);
  const unit = /^1 (\w+)$/.exec(step)?.[1];
  return unit === undefined ? `${counted(missing, 'step')} of ${step}` : counted(missing, unit);
}

function nextLines(dataset: string, gaps: readonly Gap[]): string[] {
  const intervals = gaps.some(({ kind }) => kind === 'interval');
  const steps = gaps.filter(({ kind }) => kind === 'steps');
  const [first] = steps;
  const lines = intervals ? [`  next: penstock backfill ${dataset}`] : [];
  if (first === undefined) return lines;
  const end = Math.max(...steps.map((gap) => gap.end));
  return [
    ...lines,
    `  next: penstock run ${dataset} --from ${formatInstant(first.start)} --to ${formatInstant(end)} asks the publisher again; penstock show ${dataset} names known holes`,
  ];
}
