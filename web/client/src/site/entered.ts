/* Whether this computer has entered this meeting: a reloaded or restarted page goes straight back to its seat. */

const KEY = "meetinghub.entered";
const VALID_MS = 12 * 3600_000;

export class Entered {
  readonly #meeting: string;
  readonly #now: () => number;
  #value: boolean;

  /** `now` is the server's time: an office PC's own clock may be years away, and set right at any moment. */
  constructor(meeting: string, now: () => number) {
    this.#meeting = meeting;
    this.#now = now;
    this.#value = this.#stored();
  }

  get value(): boolean {
    return this.#value;
  }

  set(): void {
    this.#value = true;
    try {
      localStorage.setItem(KEY, JSON.stringify({ meeting: this.#meeting, at: this.#now() }));
    } catch {
      // A reload then asks for the self-test again, which enters by itself too.
    }
  }

  #stored(): boolean {
    try {
      const { meeting, at } = JSON.parse(localStorage.getItem(KEY) ?? "{}") as { meeting?: string; at?: number };
      return meeting === this.#meeting && typeof at === "number" && Math.abs(this.#now() - at) < VALID_MS;
    } catch {
      return false;
    }
  }
}
