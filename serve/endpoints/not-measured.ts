/** The answer where a panel wants one row and there is none: 404, with the members that the front end reads. */
import { z } from 'zod';
import { Fault } from '../../core/errors.ts';
import { Problem } from '../api/problem.ts';
import '../api/provenance.ts';

export const NOT_MEASURED = {
  404: {
    when: 'Nothing of the region is known.',
    members: z.object({ region: z.string(), message: z.string() }),
  },
};

export function notMeasured(region: string, what: string, next: string): Problem {
  const fault = new Fault({
    code: 'DATA_UNKNOWN',
    kind: 'usage',
    what: `${what} of ${region} are not known`,
    consequence: 'nothing is shown in their place',
    next,
  });
  return new Problem(fault, { region, message: fault.what });
}
