/** `flags`: not yet. */
import type { Command } from 'commander';
import type { Context } from '../context.ts';

export function flagsCommand(_program: Command, _context: () => Context): void {
  // Nothing yet.
}
