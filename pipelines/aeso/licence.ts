/** AESO's terms, which all its reports share. */
import type { Licence } from '../../core/pipeline.ts';

export const aesoLicence: Licence = {
  name: 'AESO terms of use: non-commercial, personal or educational use, without modification; anything else needs written permission',
  attribution: 'Source: Alberta Electric System Operator (AESO). Used under the AESO terms of use.',
  url: 'https://www.aeso.ca/legal/',
};
