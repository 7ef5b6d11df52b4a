/** A process that lands bytes until somebody kills it: `landing-child.ts <dir> <begin|many>`. */
import { openLanding } from '../../loaders/source/landing.ts';

const [dir = '', mode] = process.argv.slice(2);
const landing = await openLanding(dir, Date);

if (mode === 'begin') {
  const reception = await landing.receive();
  await reception.write(Buffer.alloc(300_000, 'x'));
  process.stdout.write('written\n');
  setInterval(() => undefined, 1_000);
} else {
  for (let i = 0; ; i++) {
    const reception = await landing.receive();
    for (let j = 0; j < 8; j++) await reception.write(Buffer.alloc(20_000, `${i} ${j} `));
    await reception.commit();
    process.stdout.write(`${i}\n`);
  }
}
