/** Whether a text names a time zone of the IANA database, as the machine knows it. */
export function isIanaZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }) instanceof Intl.DateTimeFormat;
  } catch {
    return false;
  }
}
