/**
 * What a failing row means. `reject`: the row goes to quarantine, the rest loads. `block`: the interval is not loaded.
 * `warn`, `info`: reported, loaded.
 */
export type Severity = 'reject' | 'block' | 'warn' | 'info';
