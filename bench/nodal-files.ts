/** Hour files of real-time nodal prices as IESO writes them, made up on the fly: an `Http` that needs no disk for a year of them. */
import type { DownloadRequest, Http } from '../core/effects.ts';

/** About as many pricing locations as the real file has. */
export const NODES = 1_050;
export const INTERVALS = 12;
const PRICES = 4_096;

const names = Array.from({ length: NODES }, (_, i) => `${nodeStem(i)}-LT.G${(i % 7) + 1}:LMP`);
/** Price, loss and congestion; most places see no congestion, as in the real files. */
const prices = Array.from({ length: PRICES }, (_, i) => {
  const cents = (seed: number, spread: number): number => (Math.imul(i + seed, 2_654_435_761) >>> 8) % spread;
  const loss = (cents(3, 500) - 250) / 100;
  const congestion = i % 4 === 0 ? (cents(5, 4_000) - 2_000) / 100 : 0;
  const energy = (cents(7, 12_000) - 1_000) / 100;
  return `,${(energy + loss + congestion).toFixed(2)},${loss.toFixed(2)},${congestion.toFixed(2)}\n`;
});

/** Answers every address of the report; anything else is not there. */
export function nodalHttp(spent: { generateMs: number }): Http {
  return {
    async download(request: DownloadRequest, sink) {
      const stamp = /PUB_RealtimeEnergyLMP_(\d{4})(\d{2})(\d{2})(\d{2})\.csv$/.exec(request.url);
      if (stamp === null) return { outcome: 'not found', status: 404 };
      const [, year = '', month = '', day = '', hour = ''] = stamp;
      const start = performance.now();
      const body = Buffer.from(hourFile(`${year}/${month}/${day}`, Number(hour)));
      spent.generateMs += performance.now() - start;
      await sink.write(body);
      return {
        outcome: 'downloaded',
        url: request.url,
        validators: {},
        contentType: 'text/csv',
        fetchedAt: Date.now(),
      };
    },
  };
}

/** `date` is `YYYY/MM/DD`; location by location, as the publisher sorts. */
export function hourFile(date: string, hourEnding: number): string {
  const seed = Math.imul(Number(date.replaceAll('/', '')), 31) + hourEnding;
  let text = `CREATED AT ${date} ${String(hourEnding - 1).padStart(2, '0')}:57:30 FOR ${date}\nDelivery Hour,Interval,Pricing Location,LMP,Energy Loss Price,Energy Congestion Price\n`;
  for (let node = 0; node < NODES; node++) {
    for (let interval = 1; interval <= INTERVALS; interval++) {
      const at = (Math.imul(seed + node * INTERVALS + interval, 2_246_822_519) >>> 12) % PRICES;
      text += `${hourEnding},${interval},${names[node]}${prices[at]}`;
    }
  }
  return text;
}

/** 4 to 12 letters, different for each. */
function nodeStem(i: number): string {
  let letters = '';
  for (let rest = Math.imul(i + 1, 7_919); letters.length < 4 + (i % 9); rest = (rest >>> 3) + letters.length * 17)
    letters += String.fromCharCode(65 + (rest % 26));
  return `${letters}${i}`;
}
