/** Two texts line by line: what went, what came, and a little around it. */

const AROUND = 2;
/** Larger pairs are shown as all gone and all new: nobody reads such a difference. */
const CELLS_MAX = 4_000_000;

interface Line {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
}

/** `- gone`, `+ new`, and unchanged lines near them; empty where nothing differs. */
export function diffLines(before: string, after: string): string[] {
  const lines = compared(before.split('\n'), after.split('\n'));
  const near = lines.map((_line, at) => lines.slice(Math.max(0, at - AROUND), at + AROUND + 1).some(isChange));
  return lines.flatMap((line, at) => {
    if (near[at] === true) return [`${line.sign} ${line.text}`.trimEnd()];
    return near[at - 1] === true && near.includes(true, at) ? ['  …'] : [];
  });
}

function isChange({ sign }: Line): boolean {
  return sign !== ' ';
}

/** By the longest common sequence of lines. */
function compared(before: readonly string[], after: readonly string[]): Line[] {
  const all = (sign: Line['sign'], texts: readonly string[]): Line[] => texts.map((text) => ({ sign, text }));
  if (before.length * after.length > CELLS_MAX) return [...all('-', before), ...all('+', after)];
  const width = after.length + 1;
  /** At i, j: lines in common from there on. */
  const common = new Uint32Array((before.length + 1) * width);
  const at = (i: number, j: number): number => common[i * width + j] ?? 0;
  for (let i = before.length - 1; i >= 0; i -= 1)
    for (let j = after.length - 1; j >= 0; j -= 1)
      common[i * width + j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const lines: Line[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length && j < after.length) {
    if (before[i] === after[j]) {
      lines.push({ sign: ' ', text: before[i] ?? '' });
      i += 1;
      j += 1;
    } else if (at(i + 1, j) >= at(i, j + 1)) lines.push({ sign: '-', text: before[i++] ?? '' });
    else lines.push({ sign: '+', text: after[j++] ?? '' });
  }
  return [...lines, ...all('-', before.slice(i)), ...all('+', after.slice(j))];
}
