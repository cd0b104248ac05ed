/* What a person would press sooner or later, pressed where nobody stands by: go on without a device that does not come,
   take the seat back when the other window has gone, come back after having been sent out. */

import type { Scene } from "./scene.ts";

export const DEVICE_MS = 15_000;
export const FREE_MS = 10_000;
export const REMOVED_MS = 30_000;

const DEVICES: readonly Scene[] = [
  "camera-blocked",
  "camera-in-use",
  "camera-missing",
  "microphone-blocked",
  "microphone-in-use",
  "microphone-missing",
];

export class Patience {
  /** A device was waited for long enough; when it comes later, it is used all the same. */
  waited = false;
  readonly #back: () => void;
  #scene: Scene | null = null;
  #since = 0;
  #online = false;

  /** `back`: take the seat. */
  constructor(back: () => void) {
    this.#back = back;
  }

  /** Several times a second: what is shown, whether the seat is taken by somebody, any steady clock in milliseconds. */
  update(scene: Scene, online: boolean, now: number): void {
    if (scene !== this.#scene || online !== this.#online) {
      const troubles = DEVICES.includes(scene) && this.#scene !== null && DEVICES.includes(this.#scene);
      if (!troubles) this.#since = now;
      this.#scene = scene;
      this.#online = online;
    }
    const waited = now - this.#since;
    if (DEVICES.includes(scene) && waited >= DEVICE_MS) this.waited = true;
    const free = scene === "replaced" && !online && waited >= FREE_MS;
    if (!free && !(scene === "removed" && waited >= REMOVED_MS)) return;
    this.#since = now;
    this.#back();
  }
}
