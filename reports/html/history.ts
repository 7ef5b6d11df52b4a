/** What a check found in the last runs: a strip of bars for the eye, and the same in words and as a table. */
import type { CheckHistory, CheckReport } from '../model.ts';
import { clip, count, counted, instant } from '../words.ts';
import { dataTable } from './parts.ts';
import type { Html } from './template.ts';
import { markup, shape } from './template.ts';

const STEP = 7;
const HEIGHT = 15;

/** Oldest at the left: a high bar found something, a low one passed, a line at the ground was not checked. */
export function historyStrip({ history }: Pick<CheckReport, 'history'>): Html {
  if (history.length === 0) return markup`<span class="note">first run</span>`;
  const path = (result: CheckHistory['result'], height: number): Html | null => {
    const bars = history.flatMap((run, i) =>
      run.result === result ? [`M${i * STEP} ${HEIGHT - height}h${STEP - 2}v${height}h-${STEP - 2}z`] : [],
    );
    return bars.length === 0
      ? null
      : shape(
          'path',
          [
            ['class', result.replace(' ', '-')],
            ['d', bars.join('')],
          ],
          null,
        );
  };
  return shape(
    'svg',
    [
      ['class', 'strip'],
      ['role', 'img'],
      ['aria-label', historyInWords(history)],
      ['viewBox', `0 0 ${history.length * STEP} ${HEIGHT}`],
      ['width', String(history.length * STEP)],
      ['height', String(HEIGHT)],
    ],
    [path('passed', 6), path('found', HEIGHT), path('not checked', 2)],
  );
}

/** `12 earlier runs: 10 passed, 2 found, the last of these on 2026-01-20T00:00Z, 0 not checked` */
export function historyInWords(history: readonly CheckHistory[]): string {
  const number = (result: CheckHistory['result']): number => history.filter((run) => run.result === result).length;
  const last = history.findLast(({ result }) => result === 'found');
  const idle = number('not checked');
  return `${counted(history.length, 'earlier run')}: ${count(number('passed'))} passed, ${count(number('found'))} found${
    last === undefined ? '' : `, last on ${instant(last.at)}`
  }${idle === 0 ? '' : `, ${count(idle)} not checked`}`;
}

export function historyTable({ history, name }: Pick<CheckReport, 'history' | 'name'>): Html | null {
  if (history.length === 0) return null;
  return markup`<details><summary>${historyInWords(history)}</summary>${dataTable({
    caption: `Earlier runs of ${clip(name, 120)}, newest first`,
    quiet: true,
    columns: [
      { name: 'At', kind: 'key' },
      { name: 'Result', kind: 'fixed' },
      { name: 'Failing rows', kind: 'number' },
      { name: 'Run', kind: 'fixed' },
    ],
    rows: history
      .toReversed()
      .map((run) => [
        instant(run.at),
        run.result,
        count(run.failingRows),
        markup`<a href="../${encodeURIComponent(run.runId)}/report.html"><code>${clip(run.runId, 100)}</code></a>`,
      ]),
  })}</details>
`;
}
