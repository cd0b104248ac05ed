/* Which of its pages a committee sees. One function, so that no combination of troubles leaves a blank. */

import type { DeviceState } from "../live/devices.ts";
import type { MeetingState } from "../live/state.ts";

export type Scene =
  | "check"
  | "camera-blocked"
  | "camera-in-use"
  | "camera-missing"
  | "microphone-blocked"
  | "microphone-in-use"
  | "microphone-missing"
  | "insecure"
  | "replaced"
  | "removed"
  | "waiting"
  | "meeting"
  | "ended"
  | "postponed"
  | "cancelled";

export interface Situation {
  state: MeetingState;
  /** The self-test is behind us: entered by the person or by the clock. */
  entered: boolean;
  link: "joining" | "connected" | "resuming" | "replaced" | "removed" | "refused" | "stopped";
  camera: DeviceState;
  microphone: DeviceState;
  /** The person chose to go on without this device for now. */
  withoutCamera: boolean;
  withoutMicrophone: boolean;
  /** Another window of this site is in the meeting, and this one has never been. */
  taken: boolean;
}

export function scene(s: Situation): Scene {
  if (s.state === "ended" || s.state === "cancelled" || s.state === "postponed") return s.state;
  if (s.link === "replaced" || s.link === "removed") return s.link;
  if (s.taken && !s.entered) return "replaced";
  if (s.camera === "insecure") return "insecure";
  if (!s.withoutCamera) {
    if (s.camera === "blocked") return "camera-blocked";
    if (s.camera === "in_use") return "camera-in-use";
    if (s.camera === "missing") return "camera-missing";
  }
  if (!s.withoutMicrophone) {
    if (s.microphone === "blocked") return "microphone-blocked";
    if (s.microphone === "in_use") return "microphone-in-use";
    if (s.microphone === "missing") return "microphone-missing";
  }
  if (!s.entered) return "check";
  return s.state === "planned" ? "waiting" : "meeting";
}
