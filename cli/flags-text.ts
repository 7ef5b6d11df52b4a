/** Feature flags for a terminal: a line per flag, below it why it is not effective. */
import { minute, visible } from '../reports/words.ts';
import type { FlagState } from '../serve/flag-states.ts';
import type { ChangedFlag } from './flags.ts';
import { renderTable } from './table.ts';

export function flagListText(flags: readonly FlagState[], now: number): string {
  const [head = '', rule = '', ...lines] = renderTable(
    [{ name: 'flag' }, { name: 'on' }, { name: 'effective' }, { name: 'verified' }, { name: 'by' }],
    flags.map((flag) => [
      visible(flag.key),
      flag.enabled ? 'on' : 'off',
      flag.effective ? 'yes' : 'no',
      verifiedText(flag, now),
      flag.enabled_by === null ? '' : `${visible(flag.enabled_by)}, ${minute(flag.enabled_at ?? '')}`,
    ]),
    60,
  ).split('\n');
  const effective = flags.filter((flag) => flag.effective).length;
  return [
    head,
    rule,
    ...flags.flatMap(({ reason }, i) => [lines[i] ?? '', ...(reason === null ? [] : [`  ${visible(reason)}`])]),
    '',
    `${effective} of ${flags.length} effective`,
  ].join('\n');
}

function verifiedText({ verification }: FlagState, now: number): string {
  if (verification === null) return 'never';
  const { passed, finished_at: finishedAt } = verification;
  return `${passed ? 'passed' : 'failed'} ${ageText(now - Date.parse(finishedAt))} ago`;
}

/** In the largest unit that is not zero: whether it is within 24 hours must be seen. */
function ageText(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} days`;
}

export function flagChangedText(flags: readonly ChangedFlag[]): string {
  return flags
    .map(({ key, enabled, changed, effective, reason, enabled_by: by, verification }) => {
      const state = `${key} ${changed ? 'is' : 'was already'} ${enabled ? 'enabled' : 'disabled'}`;
      if (!enabled) return state;
      const proof = changed && verification !== null ? ` after verification ${verification.run_id}` : '';
      const who = by === null ? '' : ` by ${visible(by)}`;
      return `${state}${who}${proof}${effective ? '' : `; not effective: ${reason ?? 'nobody knows why'}`}`;
    })
    .join('\n');
}
