/** `verify`: not yet. */
import type { Command } from 'commander';
import type { Context } from '../context.ts';

export function verifyCommand(_program: Command, _context: () => Context): void {
  // Nothing yet.
}
