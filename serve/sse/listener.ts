/** One client that listens: what is to be sent to it, in order, until it reads. The bytes are shared with all other clients. */
import type { Form } from './frame.ts';

/** Whoever leaves more than this unread when something new comes is too slow. */
export const UNREAD_MAX_BYTES = 512 * 1024;

export interface Listener {
  readonly form: Form;
  /** Opened with the key of the service: flags do not end it. */
  readonly service: boolean;
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** The newest load that it was sent. */
  last: number;
  readonly closed: boolean;
  /** More than {@link UNREAD_MAX_BYTES} wait for it, beside what it had to be given at the beginning. */
  readonly slow: boolean;
  /** What waits now is what it lacked when it came: no fault of its own. */
  settled(): void;
  push(bytes: Uint8Array): void;
  /** Says this last and closes. @param forget throw away what waits: a slow client will not read it */
  end(last: Uint8Array, forget: boolean): void;
}

/** @param gone called once, when the client has gone or was let go */
export function createListener(form: Form, service: boolean, gone: () => void): Listener {
  let waiting: Uint8Array[] = [];
  let unread = 0;
  let lacked = 0;
  /** Set while the connection wants bytes and there are none. */
  let hungry: ReadableStreamDefaultController<Uint8Array> | null = null;
  let closed = false;
  let finished = false;
  const finish = (): void => {
    if (finished) return;
    finished = true;
    gone();
  };
  const push = (bytes: Uint8Array): void => {
    if (closed) return;
    if (hungry === null) {
      waiting.push(bytes);
      unread += bytes.length;
      return;
    }
    const controller = hungry;
    hungry = null;
    controller.enqueue(bytes);
  };
  // Nothing is taken before the connection has room for it, so that it is known what waits.
  const body = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        const next = waiting.shift();
        if (next !== undefined) {
          unread -= next.length;
          lacked = Math.max(0, lacked - next.length);
          controller.enqueue(next);
        } else if (closed) controller.close();
        else hungry = controller;
      },
      cancel: () => {
        closed = true;
        waiting = [];
        finish();
      },
    },
    { highWaterMark: 0 },
  ) as ReadableStream<Uint8Array<ArrayBuffer>>;
  return {
    form,
    service,
    body,
    last: 0,
    get closed() {
      return closed;
    },
    get slow() {
      return unread - lacked > UNREAD_MAX_BYTES;
    },
    settled: () => {
      lacked = unread;
    },
    push,
    end: (last, forget) => {
      if (closed) return;
      if (forget) {
        waiting = [];
        unread = 0;
      }
      const controller = hungry;
      push(last);
      closed = true;
      if (controller !== null) controller.close();
      finish();
    },
  };
}
