/** A receiver of messages on this machine that answers as a test says and keeps what it got. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Message {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Receiver extends AsyncDisposable {
  readonly url: string;
  readonly messages: Message[];
}

/** `nth` counts messages from 1. */
export type Answer = (response: ServerResponse, nth: number) => void;

export const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (response) =>
    void response.writeHead(code, headers).end();

/** The n-th message gets the n-th answer, all later ones the last. */
export async function receiver(...answers: readonly Answer[]): Promise<Receiver> {
  const messages: Message[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      messages.push({ path: request.url ?? '', headers: request.headers, body });
      answers[Math.min(messages.length, answers.length) - 1]?.(response, messages.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/T0KEN/s3cret-p4th`,
    messages,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
