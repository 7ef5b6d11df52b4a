/** `fetch` that follows no redirect, which could carry the key elsewhere, and ends an answer that is too large. */
import { Fault } from '../../core/errors.ts';
import { upstreamFault } from './upstream-fault.ts';

export function cappedFetch(bytesMax: number): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, { ...init, redirect: 'manual' });
    if (response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400)) {
      await response.body?.cancel();
      throw upstreamFault('LLM_UPSTREAM_REDIRECTED', "the model's server redirects, which is not followed");
    }
    if (response.body === null) return response;
    const { status, statusText, headers } = response;
    return new Response(response.body.pipeThrough(capped(bytesMax)), { status, statusText, headers });
  };
}

function capped(bytesMax: number): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0;
  return new TransformStream({
    transform: (chunk, controller) => {
      bytes += chunk.byteLength;
      if (bytes > bytesMax) controller.error(tooLarge(bytesMax));
      else controller.enqueue(chunk);
    },
  });
}

function tooLarge(bytesMax: number): Fault {
  return upstreamFault('LLM_UPSTREAM_TOO_LARGE', `the answer of the model has more than ${bytesMax} bytes`);
}
