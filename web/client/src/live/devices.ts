/* Camera and microphone of this computer: opening, choosing, losing and finding them again.

   The page owns the tracks; a connection only borrows clones of them, so a reconnect asks for no device again. */

import { type Choices, loadChoices, saveChoices } from "./choices.ts";

export type DeviceState = "asking" | "on" | "blocked" | "missing" | "in_use" | "insecure" | "off";

/** Our word for what getUserMedia answered. */
export function stateOf(error: unknown): DeviceState {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "blocked";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "missing";
  return "in_use"; // NotReadableError, AbortError and whatever a driver invents
}

function anyOf(constraints: MediaTrackConstraints | false): MediaTrackConstraints | false {
  if (constraints === false) return false;
  const { deviceId: _, ...rest } = constraints;
  return rest;
}

const RETRY_MS = 5000;

export class Devices {
  choices: Choices = loadChoices(localStorage);
  camera: MediaStreamTrack | null = null;
  microphone: MediaStreamTrack | null = null;
  cameraState: DeviceState = "asking";
  microphoneState: DeviceState = "asking";
  /** Local time of the next attempt to open a device that another program holds; null when none is due. */
  retryAt: number | null = null;
  readonly #listeners = new Set<() => void>();
  #retry: ReturnType<typeof setTimeout> | null = null;
  #opening: Promise<void> = Promise.resolve();

  constructor() {
    if (navigator.mediaDevices === undefined) {
      this.cameraState = this.microphoneState = "insecure";
      return;
    }
    navigator.mediaDevices.addEventListener("devicechange", () => this.#heal());
    for (const name of ["camera", "microphone"] as const) void this.#watchPermission(name);
  }

  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Opens whatever is not open and was not switched off by the person. Safe to call at any time. */
  open(): Promise<void> {
    this.#opening = this.#opening.then(() => this.#open());
    return this.#opening;
  }

  /** "Sound only": the camera stays off until `open("camera")` is asked for by the person again. */
  withoutCamera(): void {
    this.#drop("camera");
    this.cameraState = "off";
    this.#plan();
    this.#tell();
  }

  withCamera(): Promise<void> {
    this.cameraState = "asking";
    return this.open();
  }

  /** Gives the devices back: their lights go out. */
  close(): void {
    this.#drop("camera");
    this.#drop("microphone");
    this.cameraState = this.microphoneState = "off";
    this.#plan();
  }

  async choose(changes: Partial<Choices>): Promise<void> {
    const before = this.choices;
    this.choices = { ...before, ...changes };
    saveChoices(localStorage, this.choices);
    if (before.camera !== this.choices.camera) {
      this.#drop("camera");
      if (this.cameraState === "off") this.cameraState = "asking";
    }
    if (before.microphone !== this.choices.microphone || before.echoCancellation !== this.choices.echoCancellation)
      this.#drop("microphone");
    await this.open();
  }

  async list(): Promise<MediaDeviceInfo[]> {
    if (navigator.mediaDevices === undefined) return [];
    return (await navigator.mediaDevices.enumerateDevices()).filter((device) => device.deviceId !== "");
  }

  async #open(): Promise<void> {
    if (navigator.mediaDevices === undefined) return;
    const needCamera = this.camera === null && this.cameraState !== "off";
    const needMicrophone = this.microphone === null && this.microphoneState !== "off";
    if (needCamera && needMicrophone) {
      // Together first: the browser then asks the person once.
      const both = await this.#ask(this.#video(), this.#audio()).catch(() => null);
      if (both !== null) {
        this.#keep(both);
        return;
      }
    }
    if (needMicrophone)
      await this.#ask(false, this.#audio()).then(
        (stream) => this.#keep(stream),
        (error: unknown) => {
          this.microphoneState = stateOf(error);
        },
      );
    if (needCamera)
      await this.#ask(this.#video(), false).then(
        (stream) => this.#keep(stream),
        (error: unknown) => {
          this.cameraState = stateOf(error);
        },
      );
    this.#plan();
    this.#tell();
  }

  /** A device that was chosen and is not there gives way to the system's choice; asked for both, one by one. */
  async #ask(video: MediaTrackConstraints | false, audio: MediaTrackConstraints | false): Promise<MediaStream> {
    try {
      return await navigator.mediaDevices.getUserMedia({ video, audio });
    } catch (error) {
      const one = video === false ? audio : audio === false ? video : false;
      if (stateOf(error) !== "missing" || one === false || one.deviceId === undefined) throw error;
      return navigator.mediaDevices.getUserMedia({ video: anyOf(video), audio: anyOf(audio) });
    }
  }

  #video(): MediaTrackConstraints {
    const wanted = this.choices.camera;
    return {
      ...(wanted === "" ? {} : { deviceId: { exact: wanted } }), // Chromium pays no heed to an ideal one
      width: { ideal: 1280 },
      height: { ideal: 720 },
      frameRate: { ideal: 25, max: 30 },
    };
  }

  #audio(): MediaTrackConstraints {
    const wanted = this.choices.microphone;
    return {
      ...(wanted === "" ? {} : { deviceId: { exact: wanted } }),
      echoCancellation: this.choices.echoCancellation,
      noiseSuppression: true,
      autoGainControl: true,
    };
  }

  #keep(stream: MediaStream): void {
    for (const track of stream.getTracks()) {
      track.addEventListener("ended", () => this.#ended(track));
      if (track.kind === "video") {
        this.camera = track;
        this.cameraState = "on";
      } else {
        this.microphone = track;
        this.microphoneState = "on";
      }
    }
    this.#plan();
    this.#tell();
  }

  /** Unplugged, or taken away by the person in the browser's own dialogue. */
  #ended(track: MediaStreamTrack): void {
    if (track === this.camera) {
      this.camera = null;
      this.cameraState = "missing";
    } else if (track === this.microphone) {
      this.microphone = null;
      this.microphoneState = "missing";
    } else return;
    this.#tell();
    void this.open();
  }

  #drop(which: "camera" | "microphone"): void {
    this[which]?.stop(); // stop() does not fire "ended"
    this[which] = null;
  }

  #heal(): void {
    void this.open();
    this.#tell(); // the lists to choose from have changed
  }

  async #watchPermission(name: "camera" | "microphone"): Promise<void> {
    try {
      const status = await navigator.permissions.query({ name: name as PermissionName });
      status.addEventListener("change", () => {
        if (status.state === "granted") void this.open();
      });
    } catch {
      // Firefox does not know these names; "try again" does the same there.
    }
  }

  /** A device that another program holds is tried again by itself. */
  #plan(): void {
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
    this.retryAt = null;
    if (this.cameraState !== "in_use" && this.microphoneState !== "in_use") return;
    this.retryAt = Date.now() + RETRY_MS;
    this.#retry = setTimeout(() => void this.open(), RETRY_MS);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
