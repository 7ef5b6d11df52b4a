/** The coverage calendar: a small drawing per year, weeks from left to right, Monday at the top; equal neighbours are one shape. */
import type { DayLevel } from '../coverage.ts';
import { inOrder, levelOf } from '../coverage.ts';
import type { CoverageDay } from '../model.ts';

export interface YearDrawing {
  readonly year: string;
  /** Days that are complete, of those on which something is expected. */
  readonly complete: number;
  readonly days: number;
  /** SVG path data per level, in units of one day, on a board of 54 × 7. */
  readonly paths: Readonly<Record<DayLevel, string>>;
}

export type Cell = 'day' | 'week' | 'four weeks' | 'year';

/** Days per cell, finest first. */
const CELLS: readonly (readonly [Cell, number])[] = [
  ['day', 1],
  ['week', 7],
  ['four weeks', 28],
  ['year', 54 * 7],
];

export interface CalendarDrawing {
  /** What one cell stands for; a cell of several days shows its worst day. */
  readonly cell: Cell;
  readonly years: readonly YearDrawing[];
}

const LEVELS: readonly DayLevel[] = ['complete', 'incomplete', 'empty'];
const DAY_MS = 86_400_000;

/** Level per place, `column * 7 + row`. */
type Board = Map<number, DayLevel>;

/** The finest drawing whose paths have at most `budget` characters; null when none fits or there is nothing to draw. */
export function drawCalendar(coverage: readonly CoverageDay[], budget: number): CalendarDrawing | null {
  const years = new Map<string, CoverageDay[]>();
  for (const day of inOrder(coverage)) {
    const year = day.day.slice(0, 4);
    const days = years.get(year) ?? [];
    if (days.length === 0) years.set(year, days);
    days.push(day);
  }
  if (years.size === 0) return null;
  for (const [cell, size] of CELLS) {
    const drawn = [...years].map(([year, days]) => drawYear(year, days, size));
    const length = drawn.reduce((sum, { paths }) => sum + LEVELS.reduce((n, level) => n + paths[level].length, 0), 0);
    if (length <= budget) return { cell, years: drawn };
  }
  return null;
}

function drawYear(year: string, days: readonly CoverageDay[], daysPerCell: number): YearDrawing {
  const board: Board = new Map();
  const worst = new Map<number, DayLevel>();
  const start = Date.parse(`${year}-01-01T00:00Z`);
  const firstWeekday = (new Date(start).getUTCDay() + 6) % 7;
  const places: { readonly place: number; readonly group: number; readonly level: DayLevel }[] = [];
  let complete = 0;
  for (const day of days) {
    const level = levelOf(day);
    const offset = (Date.parse(`${day.day}T00:00Z`) - start) / DAY_MS;
    if (level === null || !Number.isInteger(offset)) continue;
    if (level === 'complete') complete += 1;
    const place = offset + firstWeekday;
    const group = Math.floor(place / daysPerCell);
    places.push({ place, group, level });
    if (LEVELS.indexOf(level) >= LEVELS.indexOf(worst.get(group) ?? 'complete')) worst.set(group, level);
  }
  for (const { place, group, level } of places) board.set(place, worst.get(group) ?? level);
  const paths = {
    complete: path(board, 'complete'),
    incomplete: path(board, 'incomplete'),
    empty: path(board, 'empty'),
  };
  return { year, complete, days: places.length, paths };
}

/** Runs down a week; whole weeks side by side become one box. */
function path(board: Board, level: DayLevel): string {
  let data = '';
  let wholeFrom = -1;
  for (let week = 0; week <= 54; week += 1) {
    const runs: (readonly [number, number])[] = [];
    for (let day = 0; day < 7;) {
      let end = day;
      while (end < 7 && board.get(week * 7 + end) === level) end += 1;
      if (end > day) runs.push([day, end - day]);
      day = Math.max(end, day + 1);
    }
    const whole = runs[0]?.[1] === 7;
    if (!whole && wholeFrom >= 0) {
      data += box(wholeFrom, 0, week - wholeFrom, 7);
      wholeFrom = -1;
    }
    if (whole && wholeFrom < 0) wholeFrom = week;
    if (!whole) data += runs.map(([from, length]) => box(week, from, 1, length)).join('');
  }
  return data;
}

function box(x: number, y: number, width: number, height: number): string {
  return `M${x} ${y}h${width}v${height}h-${width}z`;
}
