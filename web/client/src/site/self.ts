/* The mirror: this site's own camera in any number of video elements. */

import { setText } from "../dom/h.ts";
import type { DeviceState, Devices } from "../live/devices.ts";
import { w } from "./context.ts";

export function mirror(devices: Devices, element: HTMLVideoElement): void {
  const track = devices.camera;
  const current = element.srcObject instanceof MediaStream ? element.srcObject.getVideoTracks()[0] : undefined;
  if ((current ?? null) === track) return;
  element.srcObject = track === null ? null : new MediaStream([track]);
}

/** Why there is no picture of oneself; empty when there is one. */
export function cameraSays(state: DeviceState): string {
  switch (state) {
    case "on":
    case "asking":
      return "";
    case "off":
      return w.cameraOffSays;
    case "blocked":
      return w.cameraBlocked;
    case "missing":
      return w.cameraMissing;
    case "in_use":
      return w.cameraInUse;
    case "insecure":
      return w.insecureTitle;
  }
}

export function microphoneSays(state: DeviceState): string {
  switch (state) {
    case "on":
    case "asking":
    case "off":
      return "";
    case "blocked":
      return w.micBlocked;
    case "missing":
      return w.micMissing;
    case "in_use":
      return w.micInUse;
    case "insecure":
      return w.insecureTitle;
  }
}

export function note(element: HTMLElement, text: string): void {
  element.hidden = text === "";
  setText(element, text);
}
