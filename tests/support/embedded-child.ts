/** A process of its own that uses the embedded server: `acquire|keep|stop|count <dataDir>`; tests start it and kill it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { acquire, keep, runningUrl, stop } from '../../loaders/postgres/embedded/index.ts';
import { withLock } from '../../loaders/postgres/embedded/lock.ts';
import { silentLog as log } from './log.ts';

const [command = '', dataDir = ''] = process.argv.slice(2);
const say = (answer: unknown): boolean => process.stdout.write(`${JSON.stringify(answer)}\n`);

try {
  if (command === 'acquire') {
    const use = await acquire(dataDir, { log });
    say({ url: use.url });
    // Until the test closes our input.
    for await (const _ of process.stdin);
    await use.release();
  } else if (command === 'keep') say(await keep(dataDir, { log }));
  else if (command === 'stop') say(await stop(dataDir, { log }));
  else if (command === 'url') say(runningUrl(dataDir));
  else if (command === 'count') {
    // A lost update shows when two are inside at once.
    const file = `${dataDir}.count`;
    for (let i = 0; i < 20; i++) {
      await withLock(dataDir, log, async () => {
        const before = Number(readFileSync(file, 'utf8'));
        await new Promise((done) => setTimeout(done, 1));
        writeFileSync(file, String(before + 1));
      });
    }
    say({});
  }
} catch (error) {
  say({ error: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
}
