/* Calls back a few times a second, aligned with nothing, for counters and progress. */

export function tick(perSecond: number, callback: () => void): void {
  callback();
  setInterval(callback, 1000 / perSecond);
}
