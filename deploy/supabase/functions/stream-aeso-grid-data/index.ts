/** The edge function `stream-aeso-grid-data`. Made by `npm run functions`; do not edit. */
import { answerer } from '../_shared/app.ts';

Deno.serve(answerer({ listens: true }));
