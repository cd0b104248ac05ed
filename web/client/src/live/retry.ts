/* How long to wait before the next attempt: soon at first, then a steady ceiling, never giving up.

   The ceiling is low on purpose: after a restart of the server every room must be back within five seconds of its
   listening. The spread keeps 33 rooms that lost the server in the same moment from knocking in the same moment. */

const FIRST_MS = 250;
const GROWTH = 1.6;
const CEILING_MS = 2500;
const SPREAD = 0.4; // ±40 %

/** `attempt` counts from 1; `random` is in [0, 1). */
export function retryDelay(attempt: number, random: number): number {
  const steps = Math.min(Math.max(attempt, 1) - 1, 16);
  const base = Math.min(FIRST_MS * GROWTH ** steps, CEILING_MS);
  return Math.round(base * (1 - SPREAD + 2 * SPREAD * random));
}
