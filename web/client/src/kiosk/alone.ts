/* One window of this browser is the room; any other one waits, and may take over. */

const NAME = "meetinghub.kiosk";

export class Alone {
  /** Whether another window is the room. */
  elsewhere = false;
  readonly #mine: () => void;
  readonly #lost: () => void;
  #queue = new AbortController();

  /** `mine` is called once, when this window is the room; `lost` when another one has taken over. */
  constructor(mine: () => void, lost: () => void) {
    this.#mine = mine;
    this.#lost = lost;
  }

  start(): void {
    if (navigator.locks === undefined) this.#mine();
    else
      void this.#hold({ ifAvailable: true }).then((held) => {
        if (held) return;
        this.elsewhere = true;
        void this.#hold({ signal: this.#queue.signal });
      });
  }

  /** Become the room now; the other window says that it is not any more. */
  takeOver(): void {
    this.#queue.abort();
    void this.#hold({ steal: true });
  }

  /** Settles with false when the lock cannot be had; while it is held it does not settle. */
  async #hold(options: LockOptions): Promise<boolean> {
    let held = false;
    try {
      await navigator.locks.request(NAME, options, (lock) => {
        if (lock === null) return null;
        held = true;
        this.elsewhere = false;
        this.#mine();
        return new Promise(() => undefined);
      });
    } catch {
      if (held) this.#lost(); // else: no longer queued
    }
    return held;
  }
}
