/** How a run shows that it goes on: bars on a terminal, one line per interval elsewhere, nothing under `--quiet` and `--json`. */
import { stderr } from 'node:process';
import type { MultiBar, SingleBar } from 'cli-progress';
import type { Log } from '../core/effects.ts';
import type { Progress } from '../engine/engine.ts';
import type { Outcome } from '../reports/model.ts';
import { counted } from '../reports/words.ts';
import type { Screen } from './log.ts';

export const silentProgress: Progress = { started: () => undefined, finished: () => undefined, done: () => undefined };

/** `ieso-demand 2016 loaded: 8,784 rows`; what is not recorded or not configured is only said once, in the summary. */
export function lineProgress(log: Log): Progress {
  return {
    ...silentProgress,
    finished(dataset, label, outcome, rows) {
      if (outcome === 'not recorded' || outcome === 'not configured') return;
      const text = `${dataset} ${label} ${outcome}${outcome === 'loaded' ? `: ${counted(rows, 'row')}` : ''}`;
      if (outcome === 'failed' || outcome === 'blocked') log.error(text);
      else log.info(text);
    },
  };
}

/** One bar per dataset; log lines go above them. */
export async function barProgress(screen: Screen): Promise<Progress> {
  const { default: cliProgress } = await import('cli-progress');
  const format = '{bar} {value}/{total} {dataset} {label}';
  let multi: MultiBar | null = null;
  const bars = new Map<string, SingleBar>();
  const write = screen.write;
  return {
    started(dataset, intervals) {
      if (intervals === 0) return;
      multi ??= new cliProgress.MultiBar(
        { format, stream: stderr, hideCursor: true, barsize: 24, clearOnComplete: false },
        cliProgress.Presets.shades_classic,
      );
      const current = multi;
      screen.write = (text) => current.log(text);
      bars.set(dataset, multi.create(intervals, 0, { dataset, label: '' }));
    },
    finished(dataset, label, outcome: Outcome) {
      bars.get(dataset)?.increment(1, { label: `${label} ${outcome}` });
    },
    done() {
      multi?.stop();
      multi = null;
      bars.clear();
      screen.write = write;
    },
  };
}
