/* The server's clock, estimated without asking for it.

   Each object carries the server's time at which it was made; it can only arrive later, never earlier. So every sample
   (server time − our monotonic time) is at most the true offset, and the greatest one seen is the best estimate. The
   monotonic clock is used because an office PC's wall clock jumps; when the PC sleeps it stops, and the next fresh
   object moves the estimate forward again. */

export class ServerClock {
  #offset: number | null = null;
  readonly #monotonic: () => number;

  /** `monotonic` is in milliseconds, for example `() => performance.now()`. */
  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  /** Takes the `now` of an object that has just arrived. */
  observe(iso: string): void {
    const server = Date.parse(iso);
    if (Number.isNaN(server)) return;
    const sample = server - this.#monotonic();
    if (this.#offset === null || sample > this.#offset) this.#offset = sample;
  }

  /** Milliseconds since 1970 by the server's clock; 0 before the first sample. */
  now(): number {
    return this.#offset === null ? 0 : this.#monotonic() + this.#offset;
  }
}
