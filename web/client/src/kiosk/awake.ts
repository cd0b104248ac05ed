/* Asks the system not to switch off the screen. Where it refuses, the PC's own settings decide. */

export function stayAwake(): void {
  const ask = (): void => {
    if (document.visibilityState === "visible") void navigator.wakeLock?.request("screen").catch(() => undefined);
  };
  document.addEventListener("visibilitychange", ask); // the lock ends whenever the page is hidden
  ask();
}
