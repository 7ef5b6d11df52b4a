/** There is no such help text: the one answer for what was never there and for what cannot be an id. */
import { Fault } from '../../core/errors.ts';
import { Problem } from '../api/problem.ts';

const ECHO_MAX = 200;

export function helpUnknown(asked: string): Problem {
  const id = asked.slice(0, ECHO_MAX);
  return new Problem(
    new Fault({
      code: 'HELP_TEXT_UNKNOWN',
      kind: 'usage',
      what: `there is no help text ${JSON.stringify(id)}`,
      consequence: 'nothing was shown or changed',
      next: '/api/help/manifest lists every id; ids are lower case',
    }),
    { id },
  );
}
