/** The edge function `api-v2-indigenous-tek`. Made by `npm run functions`; do not edit. */
import { answerer } from '../_shared/app.ts';

Deno.serve(answerer({ listens: false }));
