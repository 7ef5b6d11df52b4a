/** Terms of use that all IESO public reports share: a limited licence, reproductions carry the copyright notice. */
import type { Licence } from '../../core/pipeline.ts';

export const iesoLicence: Licence = {
  name: 'IESO terms of use',
  attribution: 'Copyright © Independent Electricity System Operator. Used under the IESO terms of use.',
  url: 'https://www.ieso.ca/Terms-of-Use',
};
