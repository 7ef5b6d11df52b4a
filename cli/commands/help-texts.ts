/** `help set`, `help export`, `help history`: not yet. */
import type { Command } from 'commander';
import type { Context } from '../context.ts';

export function helpTextsCommand(_program: Command, _context: () => Context): void {
  // Nothing yet.
}
