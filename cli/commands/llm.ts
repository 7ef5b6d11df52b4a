/** `llm`: not yet. */
import type { Command } from 'commander';
import type { Context } from '../context.ts';

export function llmCommand(_program: Command, _context: () => Context): void {
  // Nothing yet.
}
