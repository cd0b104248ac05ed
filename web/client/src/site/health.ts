/* How well this site's connection does, and telling the main venue about it by participant attributes. */

import { ConnectionQuality, type LocalVideoTrack, type Room, Track } from "livekit-client";
import type { DeviceState, Devices } from "../live/devices.ts";

export interface Health {
  weak: boolean;
  /** The encoder sends less than the camera gives, for want of bandwidth. */
  reduced: boolean;
  /** The server has paused a picture on its way to us. */
  incomingReduced: boolean;
}

const SAMPLE_MS = 2500;
const SAMPLES_TO_BELIEVE = 3;

export class HealthMonitor {
  readonly health: Health = { weak: false, reduced: false, incomingReduced: false };
  readonly #devices: Devices;
  readonly #changed: () => void;
  #room: Room | null = null;
  #limited = 0;
  #told: Record<string, string> = {};
  #telling = false;

  constructor(devices: Devices, changed: () => void) {
    this.#devices = devices;
    this.#changed = changed;
    devices.onChange(() => void this.#tell());
    setInterval(() => void this.#sample(), SAMPLE_MS);
  }

  joined(room: Room): void {
    this.#room = room;
    this.#told = {};
    this.#limited = 0;
    void this.#tell();
  }

  left(): void {
    this.#room = null;
  }

  /** After any event of the room. */
  update(room: Room): void {
    const quality = room.localParticipant.connectionQuality;
    this.health.weak = quality === ConnectionQuality.Poor || quality === ConnectionQuality.Lost;
    this.health.incomingReduced = [...room.remoteParticipants.values()].some((participant) =>
      [...participant.videoTrackPublications.values()].some(
        (publication) => publication.isEnabled && publication.track?.streamState === Track.StreamState.Paused,
      ),
    );
    void this.#tell();
  }

  async #sample(): Promise<void> {
    const track = this.#room?.localParticipant.getTrackPublication(Track.Source.Camera)?.videoTrack as
      | LocalVideoTrack
      | undefined;
    if (track === undefined) return;
    const stats = await track.getSenderStats().catch(() => []);
    const limited = stats.some((layer) => layer.qualityLimitationReason === "bandwidth");
    this.#limited = limited ? this.#limited + 1 : 0;
    const reduced = this.#limited >= SAMPLES_TO_BELIEVE;
    if (reduced === this.health.reduced) return;
    this.health.reduced = reduced;
    this.#changed();
    void this.#tell();
  }

  /** Sends only what differs from what was told before. */
  async #tell(): Promise<void> {
    const room = this.#room;
    if (room === null || this.#telling) return;
    const now: Record<string, string> = {
      net: this.health.weak ? "weak" : "good",
      reduced: this.health.reduced ? "bandwidth" : "",
      mic: word(this.#devices.microphoneState),
      camera: word(this.#devices.cameraState),
    };
    const news = Object.fromEntries(Object.entries(now).filter(([name, value]) => this.#told[name] !== value));
    if (Object.keys(news).length === 0) return;
    this.#telling = true;
    try {
      await room.localParticipant.setAttributes(news);
      this.#told = { ...this.#told, ...news };
    } catch (error) {
      console.warn("attributes", error); // told again with the next change
    } finally {
      this.#telling = false;
    }
  }
}

function word(state: DeviceState): string {
  if (state === "asking") return "off";
  return state === "insecure" ? "blocked" : state;
}
