/** Ctrl-C and SIGTERM: the first asks to stop in good order, the second ends at once. */
import process from 'node:process';

export interface Interrupt {
  readonly signal: AbortSignal;
  /** 130 or 143 once a signal came, else null. */
  exitCode(): number | null;
}

export function listenForSignals(): Interrupt {
  const controller = new AbortController();
  let code: number | null = null;
  for (const [name, number] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.on(name, () => {
      if (code !== null) process.exit(number);
      code = number;
      process.stderr.write('stopping: what is being loaded is finished or rolled back; a second signal ends at once\n');
      controller.abort(new Error(`stopped by ${name}`));
    });
  }
  return { signal: controller.signal, exitCode: () => code };
}
