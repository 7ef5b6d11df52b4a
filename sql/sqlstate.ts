/** What the server says of a statement that it refused: five characters, of which the first two are a class. */
export function hasState(error: unknown, state: string): error is Error {
  return error instanceof Error && 'code' in error && error.code === state;
}
