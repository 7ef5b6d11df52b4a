/** One timed turn: wall time, CPU of the server's backend, and how busy the machine was with everything. */
import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { round } from './results.ts';

export interface Turn {
  readonly ms: number;
  /** CPU of the backends that ended during the turn; null where the system does not tell. */
  readonly serverCpuMs: number | null;
  /** CPU of all processes of the machine. Much more than server and client together: something else was running. */
  readonly machineCpuMs: number;
  /** Something else took more than {@link DISTURBANCE} of the time on one core. */
  readonly disturbed: boolean;
}

/** What a contestant tells of itself: its milliseconds, so that starting a process is not counted, and its CPU if it knows. */
export interface Effort {
  readonly ms: number;
  readonly clientCpuMs: number;
}

const DISTURBANCE = 0.3;

/** Kernel ticks per second on every Linux that Node runs on. */
const TICK_MS = 10;

export async function measure(serverPid: number, work: () => Promise<Effort>): Promise<Turn> {
  const server = await endedChildrenCpu(serverPid);
  const machine = machineCpu();
  const { ms, clientCpuMs } = await work();
  const machineCpuMs = machineCpu() - machine;
  // The server counts a backend's time when the backend is gone.
  await sleep(300);
  const after = await endedChildrenCpu(serverPid);
  const serverCpuMs = server === null || after === null ? null : after - server;
  return {
    ms: round(ms, 0),
    serverCpuMs,
    machineCpuMs,
    disturbed: serverCpuMs !== null && machineCpuMs - serverCpuMs - clientCpuMs > ms * DISTURBANCE,
  };
}

/** Waits until the machine idles, at most `seconds`; a busy machine makes a ratio of wall times meaningless. */
export async function waitForQuiet(seconds: number): Promise<void> {
  for (let waited = 0; waited < seconds; waited += 2) {
    const before = machineCpu();
    await sleep(2000);
    if (machineCpu() - before < 200) return;
  }
}

function machineCpu(): number {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
}

/** `cutime` and `cstime` of proc(5). */
async function endedChildrenCpu(pid: number): Promise<number | null> {
  try {
    const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[13]) + Number(fields[14])) * TICK_MS;
  } catch {
    return null;
  }
}
