/** A process of its own for each part of the bench, so that none takes the other's turn of the event loop. */
import { spawn } from 'node:child_process';

export interface Child {
  readonly pid: number;
  /** Where it listens; empty where it does not. */
  readonly url: string;
  /** Waits for a line that begins so. */
  line(begin: string): Promise<string>;
  /** Its last line, as JSON, when it has ended. */
  result<T>(): Promise<T>;
  stop(): Promise<void>;
}

/** @param words the script and its words @param input what it reads; without, it listens and says where */
export async function startChild(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
  input?: string,
): Promise<Child> {
  const child = spawn(process.execPath, ['--import', 'tsx', ...words], {
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/tmp', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let said = '';
  let failed = '';
  const waiting = new Set<() => void>();
  const heard = (part: string): void => {
    said += part;
    for (const look of waiting) look();
  };
  child.stdout.setEncoding('utf8').on('data', heard);
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    failed += part;
    heard(part);
  });
  const ended = new Promise<number | null>((done) => child.once('close', done));
  child.stdin.end(input ?? '');
  const line = (begin: string): Promise<string> =>
    new Promise((done, refuse) => {
      const look = (): void => {
        const found = said.split('\n').find((one) => one.includes(begin));
        if (found === undefined) return;
        waiting.delete(look);
        done(found);
      };
      waiting.add(look);
      look();
      void ended.then((code) => refuse(new Error(`${words.join(' ')} ended with ${code}:\n${failed.slice(-2_000)}`)));
    });
  const listens = input === undefined && !words.includes('serve-listen-child');
  const url = listens ? (/http:\/\/[^\s/,]+/.exec(await line('listening on http'))?.[0] ?? '') : '';
  return {
    pid: child.pid ?? 0,
    url,
    line,
    result: async <T>() => {
      const code = await ended;
      const last = said.trimEnd().split('\n').at(-1) ?? '';
      if (code !== 0) throw new Error(`${words.slice(0, 2).join(' ')} ended with ${code}:\n${failed.slice(-2_000)}`);
      return JSON.parse(last) as T;
    },
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
