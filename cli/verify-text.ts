/** A verification as a table by capability, and a paragraph for each thing that is not as it should be. */
import { type Check, type Outcome } from '../serve/verify/check.ts';
import { summaryOf } from '../serve/verify/summary.ts';
import { counted } from '../reports/words.ts';
import { renderTable } from './table.ts';
import { nextLine, wrapped } from './wrap.ts';

export interface VerifyResult {
  readonly runId: string;
  readonly baseUrl: string;
  readonly version: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly passed: boolean;
  readonly checks: readonly Check[];
  /** Capabilities that have a row of etl.verification now. */
  readonly recorded: readonly string[];
  /** Why there are fewer rows than capabilities; null where all have one. */
  readonly notRecorded: string | null;
}

const SHOWN: readonly Outcome[] = ['failed', 'off', 'allowed'];
const MOST_SHOWN = 40;

export function verifyDocument(result: VerifyResult): object {
  return { ...result, capabilities: summaryOf(result.checks) };
}

export function verifyText(result: VerifyResult): string {
  const { baseUrl, checks, recorded, notRecorded } = result;
  const rows = summaryOf(checks);
  const table = renderTable(
    [
      { name: 'capability' },
      { name: 'checks', right: true },
      { name: 'failed', right: true },
      { name: 'worst' },
      { name: 'slowest ms', right: true },
    ],
    rows.map(({ capability, checks: all, failed, worst, slowestMs }) => [
      capability,
      String(all),
      String(failed),
      worst,
      String(slowestMs ?? ''),
    ]),
  );
  const shown = SHOWN.flatMap((outcome) => checks.filter((check) => check.outcome === outcome));
  const failed = checks.filter(({ outcome }) => outcome === 'failed').length;
  const hidden = shown.length - MOST_SHOWN;
  return [
    table,
    ...shown.slice(0, MOST_SHOWN).flatMap((check) => ['', ...paragraph(check)]),
    ...(hidden > 0 ? ['', `and ${counted(hidden, 'more line')}; --json has all`] : []),
    '',
    failed === 0
      ? `${baseUrl} is as it should be: ${counted(checks.length, 'check')}.`
      : `${baseUrl}: ${counted(failed, 'check')} of ${checks.length} failed.`,
    recorded.length === 0
      ? `Nothing was kept: ${notRecorded ?? 'there was nothing to keep'}.`
      : `Kept in etl.verification: ${recorded.join(', ')}${notRecorded === null ? '' : `; ${notRecorded}`}.`,
  ].join('\n');
}

function paragraph({ capability, name, where, outcome, why }: Check): string[] {
  const head = `${outcome.toUpperCase()} ${capability} ${name}: ${where}`;
  if (why === null) return [head];
  return [
    head,
    ...wrapped(`${why.what}; expected ${why.expected}; got ${why.got}`),
    ...wrapped(`so ${why.consequence}`),
    ...nextLine(why.next),
  ];
}
