/** Results go to stdout, everything else to stderr. Under `--json` stdout holds exactly one JSON document, also for a fault. */
import { stderr, stdout } from 'node:process';
import type { Fault } from '../core/errors.ts';
import { asTyped } from './invocation.ts';

export interface Output {
  readonly json: boolean;
  /** A command's result: the value under `--json`, else the text. */
  result(value: unknown, text: () => string): Promise<void>;
  /** A piece of a result that is too large for one text; waits while the reader is slower. */
  piece(text: string): Promise<void>;
  /** What went wrong, in full; the stack only when `debug`. */
  fault(fault: Fault, debug: boolean): Promise<void>;
}

/** @param script name of the npm script that started us, if one did */
export function createOutput(json: boolean, script?: string): Output {
  let begun = false;
  async function piece(text: string): Promise<void> {
    begun = true;
    await write(stdout, text);
  }
  return {
    json,
    piece,
    async result(value, text) {
      const shown = json
        ? JSON.stringify(value, null, stdout.isTTY ? 2 : undefined)
        : asTyped(text(), script).trimEnd();
      if (shown !== '') await piece(`${shown}\n`);
    },
    async fault(fault, debug) {
      await write(stderr, `${asTyped(faultText(fault), script)}\n${debug ? `${fault.stack}\n${causeOf(fault)}` : ''}`);
      // A document that broke off in the middle stays broken, so that nobody takes it for a whole one.
      if (json && !begun) await piece(`${JSON.stringify({ error: fault.toJSON() })}\n`);
    },
  };
}

/** `CODE: what`, then where, consequence and next step on lines of their own. */
export function faultText({
  code,
  what,
  where,
  consequence,
  next,
}: Pick<Fault, 'code' | 'what'> & {
  readonly [K in 'where' | 'consequence' | 'next']?: string | null | undefined;
}): string {
  const lines = [`${code}: ${what.trimEnd()}`];
  if (where != null) lines.push(`  where: ${where}`);
  if (consequence != null) lines.push(`  consequence: ${consequence}`);
  if (next != null) lines.push(`  next: ${next}`);
  return lines.join('\n');
}

function causeOf({ cause }: Fault): string {
  return cause instanceof Error ? `${cause.stack ?? cause.message}\n` : '';
}

async function write(stream: NodeJS.WriteStream, text: string): Promise<void> {
  await new Promise<void>((done) => stream.write(text, () => done()));
}
