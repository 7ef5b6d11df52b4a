/** A server that speaks OpenAI's protocol of chat completions over real HTTP, and misbehaves on request. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll } from 'vitest';

export interface AskedUpstream {
  readonly authorization: string | undefined;
  readonly path: string;
  readonly body: {
    readonly model: string;
    readonly stream: boolean;
    readonly messages: readonly { readonly role: string; readonly content: string }[];
    readonly response_format: { readonly type: string; readonly json_schema?: { readonly schema: unknown } };
  };
}

/** What it does with a request; the text is the model's answer. */
export type Behaviour =
  | {
      readonly kind: 'stream' | 'json';
      readonly text: string;
      readonly usage?: boolean;
      readonly model?: string;
      readonly finish?: string;
    }
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly body?: string;
      readonly headers?: Record<string, string>;
    }
  /** Says nothing at all. */
  | { readonly kind: 'silence' }
  /** Begins, and then says nothing more. */
  | { readonly kind: 'stall'; readonly text: string }
  /** Never ends, a little at a time. */
  | { readonly kind: 'trickle' }
  /** Begins and ends in the middle; `reset`: by breaking the connection. */
  | { readonly kind: 'cut'; readonly text: string; readonly reset: boolean }
  | { readonly kind: 'raw'; readonly type: string; readonly body: string }
  /** Does not know `json_schema`. */
  | { readonly kind: 'old'; readonly text: string };

export interface FakeUpstream {
  readonly baseUrl: string;
  readonly asked: AskedUpstream[];
  /** Requests whose client has gone before the end. */
  readonly abandoned: { count: number };
  /** Of the next requests, the last of them for all that follow. */
  behave(...next: Behaviour[]): void;
  /** Called when a request has come, before it is answered. */
  onAsked: (() => Promise<void> | void) | null;
  close(): Promise<void>;
}

export async function fakeUpstream(): Promise<FakeUpstream> {
  let next: Behaviour[] = [];
  const asked: AskedUpstream[] = [];
  const abandoned = { count: 0 };
  const server = createServer((request, response) => {
    void (async () => {
      const body = await textOf(request);
      asked.push({
        authorization: request.headers.authorization,
        path: request.url ?? '',
        body: JSON.parse(body) as AskedUpstream['body'],
      });
      response.on('close', () => {
        if (!response.writableFinished) abandoned.count += 1;
      });
      await fake.onAsked?.();
      const behaviour = next.length > 1 ? next.shift() : next[0];
      answer(response, behaviour ?? { kind: 'status', status: 500 }, asked.at(-1));
    })();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const fake: FakeUpstream = {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked,
    abandoned,
    behave: (...behaviours) => {
      next = behaviours;
    },
    onAsked: null,
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
  afterAll(() => fake.close());
  return fake;
}

function answer(response: ServerResponse, behaviour: Behaviour, asked: AskedUpstream | undefined): void {
  switch (behaviour.kind) {
    case 'stream': {
      startStream(response);
      for (const part of behaviour.text.match(/[^]{1,40}/g) ?? [])
        frame(response, { delta: { content: part }, finish: null }, behaviour.model);
      frame(response, { delta: {}, finish: behaviour.finish ?? 'stop' }, behaviour.model, behaviour.usage ?? true);
      response.end('data: [DONE]\n\n');
      return;
    }
    case 'json':
      response.setHeader('Content-Type', 'application/json').end(
        JSON.stringify({
          model: behaviour.model ?? 'fake-1',
          choices: [{ index: 0, message: { role: 'assistant', content: behaviour.text }, finish_reason: 'stop' }],
          ...((behaviour.usage ?? true) && {
            usage: { prompt_tokens: 900, completion_tokens: 100, total_tokens: 1_000 },
          }),
        }),
      );
      return;
    case 'status':
      response.writeHead(behaviour.status, { 'Content-Type': 'application/json', ...behaviour.headers });
      response.end(
        behaviour.body ?? JSON.stringify({ error: { message: `status ${behaviour.status}`, type: 'fake' } }),
      );
      return;
    case 'silence':
      return;
    case 'stall':
      startStream(response);
      frame(response, { delta: { content: behaviour.text }, finish: null });
      return;
    case 'trickle': {
      startStream(response);
      const timer = setInterval(() => frame(response, { delta: { content: ' ' }, finish: null }), 20);
      response.on('close', () => clearInterval(timer));
      return;
    }
    case 'cut':
      startStream(response);
      frame(response, { delta: { content: behaviour.text }, finish: null });
      if (behaviour.reset) setTimeout(() => response.destroy(), 30);
      else response.end();
      return;
    case 'raw':
      response.setHeader('Content-Type', behaviour.type).end(behaviour.body);
      return;
    case 'old':
      if (asked?.body.response_format.type === 'json_schema')
        answer(
          response,
          {
            kind: 'status',
            status: 400,
            body: JSON.stringify({ error: { message: "response_format 'json_schema' is not supported" } }),
          },
          asked,
        );
      else answer(response, { kind: 'stream', text: behaviour.text }, asked);
  }
}

function startStream(response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
}

function frame(
  response: ServerResponse,
  { delta, finish }: { readonly delta: object; readonly finish: string | null },
  model: string = 'fake-1',
  usage: boolean = false,
): void {
  const chunk = {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    model,
    choices: [{ index: 0, delta, finish_reason: finish }],
    ...(usage && { usage: { prompt_tokens: 900, completion_tokens: 100, total_tokens: 1_000 } }),
  };
  response.write(`data: ${JSON.stringify(chunk)}\n\n`);
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request.setEncoding('utf8')) text += part;
  return text;
}
