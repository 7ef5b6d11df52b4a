/** Samples of Kaggle: an archive behind a redirect, as the download of a data set answers. */
import { kaggleDownload } from '../../pipelines/kaggle/data-set.ts';
import { generation } from './generation.ts';
import type { Sample, SampleRedirect } from './sample.ts';
import { hoursOf, ontarioDemand, price } from './shapes.ts';
import { storedZip } from './zip.ts';

const RECORDED_AT = '2026-01-31T17:00:00Z';
const MONTHS = ['2022-06', '2022-07', '2022-08', '2022-09', '2022-10', '2022-11'];

export async function kaggleSamples(): Promise<(Sample | SampleRedirect)[]> {
  return [
    ...(await archive(
      'provincial-energy-production-canada',
      'provincial_energy.csv',
      provincial(),
      'three provinces, June to November 2022',
    )),
    ...(await archive(
      'ontario-electricity-demand',
      'ontario_electricity_demand.csv',
      demandAndPrice(),
      'the first week of December 2024',
    )),
  ];
}

async function archive(
  slug: string,
  member: string,
  csv: string,
  covers: string,
): Promise<(Sample | SampleRedirect)[]> {
  const file = `storage.googleapis.com/${slug}.zip`;
  const location = `https://storage.googleapis.com/kaggle-data-sets/${slug}/archive.zip?X-Goog-Signature=sample`;
  return [
    { url: kaggleDownload({ owner: 'jacobsharples', slug }), location, recordedAt: RECORDED_AT },
    {
      url: location,
      file,
      contentType: 'application/zip',
      body: await storedZip({ [member]: csv }),
      covers,
      recordedAt: RECORDED_AT,
      saysSo: false,
    },
  ];
}

function provincial(): string {
  const rows = generation(MONTHS).map(({ month, province, producer, type, megawattHours }) => {
    const kind = type.startsWith('Total ') ? 'combustible fuels' : type.toLowerCase();
    return `${month},${province},${producer.toLowerCase()},${kind},${megawattHours}.0`;
  });
  return `${['date,province,producer,generation_type,megawatt_hours', ...rows].join('\n')}\n`;
}

/** kWh and cents/kWh, as the data set has them. */
function demandAndPrice(): string {
  const rows = hoursOf('2024-12-01', '2024-12-07').map((hour) => {
    const cents = Math.round(price(hour) * 100);
    const sign = cents < 0 ? '-' : '';
    const digits = String(Math.abs(cents)).padStart(4, '0');
    return `${hour.day},${hour.hourEnding},${ontarioDemand(hour) * 1_000},${sign}${digits.slice(0, -3)}.${digits.slice(-3)}`;
  });
  return `${['date,hour,hourly_demand,hourly_average_price', ...rows].join('\n')}\n`;
}
