/** Many clients of one stream: waits until all have heard hello, then until each has heard the rows of one load. */
import { Agent, get } from 'node:http';
import { median } from './results.ts';

export interface ListenResult {
  readonly heard: number;
  /** Milliseconds since the epoch. */
  readonly firstAt: number;
  readonly medianAt: number;
  readonly lastAt: number;
}

/** Connections that are opened at once. */
const AT_ONCE = 50;
const PATIENCE_MS = 60_000;

export async function serveListenChild([url = '', clients = '2000', key = '']: readonly string[]): Promise<void> {
  const agent = new Agent({ maxSockets: Infinity, keepAlive: false });
  const heardAt: number[] = [];
  let allHeard: () => void = () => undefined;
  const all = new Promise<void>((done) => (allHeard = done));
  const open = (number: number): Promise<void> =>
    new Promise((listens, failed) => {
      const request = get(
        url,
        {
          agent,
          headers: {
            accept: 'text/event-stream',
            authorization: `Bearer ${key}`,
            'x-real-ip': `10.0.${number >> 8}.${number & 255}`,
          },
        },
        (answer) => {
          if (answer.statusCode !== 200) return failed(new Error(`status ${answer.statusCode}`));
          let text = '';
          let saidHello = false;
          let counted = false;
          answer.setEncoding('utf8').on('data', (part: string) => {
            text += part;
            if (!saidHello && /^event: ?hello$/m.test(text)) {
              saidHello = true;
              text = '';
              listens();
            } else if (saidHello && !counted && text.includes('15555')) {
              counted = true;
              heardAt.push(Date.now());
              if (heardAt.length === Number(clients)) allHeard();
            }
          });
        },
      );
      request.on('error', failed);
    });
  for (let opened = 0; opened < Number(clients); opened += AT_ONCE)
    await Promise.all(
      Array.from({ length: Math.min(AT_ONCE, Number(clients) - opened) }, (_none, i) => open(opened + i)),
    );
  console.log('all listen');
  await Promise.race([all, new Promise((done) => setTimeout(done, PATIENCE_MS))]);
  const result: ListenResult = {
    heard: heardAt.length,
    firstAt: Math.min(...heardAt),
    medianAt: median(heardAt),
    lastAt: Math.max(...heardAt),
  };
  console.log(JSON.stringify(result));
  process.exit(0);
}
