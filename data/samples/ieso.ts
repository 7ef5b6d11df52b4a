/** Samples of IESO's reports; together less than 700 kB. */
import { demandReport, generationReport, hoepReport } from './reports.ts';
import type { Sample } from './sample.ts';

const PUBLIC = 'reports-public.ieso.ca/public';
/** 2026-01-31 12:00 on the publisher's clock. */
const RECORDED_AT = '2026-01-31T17:00:00Z';

export function iesoSamples(): Sample[] {
  return [
    report(
      'Demand/PUB_Demand_2024.csv',
      demandReport(2024, '2025-01-31 12:00:00', '2024-12-01', '2024-12-31'),
      'December 2024',
    ),
    report(
      'Demand/PUB_Demand_2025.csv',
      demandReport(2025, '2026-01-31 12:00:00', '2025-01-01', '2025-12-31'),
      'all of 2025',
    ),
    report(
      'GenOutputbyFuelHourly/PUB_GenOutputbyFuelHourly_2025.xml',
      generationReport(2025, '2026-01-31 12:00:00', '2025-12-25', '2025-12-31'),
      'the last seven days of 2025',
    ),
    report(
      'PriceHOEPPredispOR/PUB_PriceHOEPPredispOR_2024.csv',
      hoepReport(2024, '2025-01-31 12:00:00', '2024-12-01', '2024-12-31'),
      'December 2024',
    ),
    report(
      'PriceHOEPPredispOR/PUB_PriceHOEPPredispOR_2025.csv',
      hoepReport(2025, '2025-05-31 12:00:00', '2025-01-01', '2025-04-30'),
      'January to April 2025',
    ),
  ];
}

function report(path: string, body: string, covers: string): Sample {
  return {
    url: `https://${PUBLIC}/${path}`,
    file: `${PUBLIC}/${path}`,
    contentType: path.endsWith('.xml') ? 'text/xml' : 'text/csv',
    body,
    covers,
    recordedAt: RECORDED_AT,
    saysSo: true,
  };
}
