/* Publishes this computer's camera and microphone, and its screen, into whichever room is joined.

   Tracks stay published for the whole meeting; opening and closing the microphone is muting, nothing else. A connection
   gets clones, so that muting does not silence the level meter and a lost connection stops no device. */

import { LocalAudioTrack, LocalVideoTrack, type Room, Track, VideoPreset, VideoPresets } from "livekit-client";
import type { Devices } from "./devices.ts";

const LAYERS = [new VideoPreset(320, 180, 140_000, 15), new VideoPreset(640, 360, 450_000, 20)];

type Published<T> = { source: MediaStreamTrack; track: T; copy: MediaStreamTrack };

export class Publisher {
  readonly #devices: Devices;
  #room: Room | null = null;
  #open = false;
  #screen: MediaStream | null = null;
  #camera: Published<LocalVideoTrack> | null = null;
  #microphone: Published<LocalAudioTrack> | null = null;
  #work: Promise<void> = Promise.resolve();

  constructor(devices: Devices) {
    this.#devices = devices;
    devices.onChange(() => this.#sync());
  }

  joined(room: Room): void {
    this.#room = room;
    this.#forget();
    this.#sync();
    if (this.#screen !== null) void this.#publishScreen(room, this.#screen);
  }

  left(): void {
    this.#room = null;
    this.#forget();
  }

  /** Opens or closes the microphone. Closing takes effect at once, whatever else is under way. */
  setOpen(open: boolean): void {
    this.#open = open;
    if (this.#microphone !== null) this.#microphone.copy.enabled = open;
    this.#sync();
  }

  get sharing(): boolean {
    return this.#screen !== null;
  }

  /** Asks the person what to show; resolves false when they chose nothing. `ended` is called when sharing stops. */
  async share(ended: () => void): Promise<boolean> {
    const room = this.#room;
    if (room === null || this.#screen !== null) return false;
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getDisplayMedia({
        video: { frameRate: { ideal: 10, max: 15 } },
        audio: true,
      });
    } catch {
      return false;
    }
    this.#screen = stream;
    stream.getVideoTracks()[0]?.addEventListener("ended", () => void this.unshare().then(ended));
    await this.#publishScreen(room, stream);
    return true;
  }

  async unshare(): Promise<void> {
    const stream = this.#screen;
    this.#screen = null;
    if (stream === null) return;
    for (const track of stream.getTracks()) {
      await this.#room?.localParticipant.unpublishTrack(track, false);
      track.stop();
    }
  }

  #sync(): void {
    this.#work = this.#work.then(() => this.#update()).catch((error: unknown) => console.warn("publishing", error));
  }

  async #update(): Promise<void> {
    const room = this.#room;
    if (room === null) return;
    await this.#updateCamera(room);
    if (this.#room !== room) return;
    await this.#updateMicrophone(room);
  }

  async #updateCamera(room: Room): Promise<void> {
    const source = this.#devices.camera;
    if (this.#camera !== null && this.#camera.source === source) return;
    const previous = this.#camera;
    this.#camera = null;
    if (source === null) {
      if (previous !== null) await room.localParticipant.unpublishTrack(previous.track, true);
      return;
    }
    const copy = source.clone();
    if (previous !== null) {
      await previous.track.replaceTrack(copy, { userProvidedTrack: true });
      previous.copy.stop();
      this.#camera = { source, track: previous.track, copy };
      return;
    }
    const track = new LocalVideoTrack(copy, undefined, true);
    await room.localParticipant.publishTrack(track, {
      source: Track.Source.Camera,
      simulcast: true,
      videoCodec: "vp8",
      videoEncoding: VideoPresets.h720.encoding,
      videoSimulcastLayers: LAYERS,
      degradationPreference: "maintain-framerate",
    });
    if (this.#room === room) this.#camera = { source, track, copy };
    else copy.stop();
  }

  async #updateMicrophone(room: Room): Promise<void> {
    const source = this.#devices.microphone;
    if (this.#microphone !== null && this.#microphone.source !== source) {
      const previous = this.#microphone;
      this.#microphone = null;
      if (source === null) {
        await room.localParticipant.unpublishTrack(previous.track, true);
      } else {
        const copy = source.clone();
        copy.enabled = this.#open;
        await previous.track.replaceTrack(copy, { userProvidedTrack: true });
        previous.copy.stop();
        this.#microphone = { source, track: previous.track, copy };
      }
    } else if (this.#microphone === null && source !== null) {
      const copy = source.clone();
      const track = new LocalAudioTrack(copy, undefined, true);
      await track.mute(); // it enters the room muted
      await room.localParticipant.publishTrack(track, { source: Track.Source.Microphone, dtx: true, red: false });
      if (this.#room === room) this.#microphone = { source, track, copy };
      else copy.stop();
    }
    await this.#applyMute();
  }

  async #applyMute(): Promise<void> {
    const track = this.#microphone?.track;
    if (track === undefined || track.isMuted === !this.#open) return;
    if (this.#open) await track.unmute();
    else await track.mute();
  }

  async #publishScreen(room: Room, stream: MediaStream): Promise<void> {
    const [picture] = stream.getVideoTracks();
    const [sound] = stream.getAudioTracks();
    if (picture !== undefined) {
      picture.contentHint = "detail";
      await room.localParticipant.publishTrack(new LocalVideoTrack(picture, undefined, true), {
        source: Track.Source.ScreenShare,
        simulcast: false,
        videoCodec: "vp8",
        screenShareEncoding: { maxBitrate: 2_000_000, maxFramerate: 10 },
      });
    }
    if (sound !== undefined)
      await room.localParticipant.publishTrack(new LocalAudioTrack(sound, undefined, true), {
        source: Track.Source.ScreenShareAudio,
        red: false,
      });
  }

  #forget(): void {
    this.#camera?.copy.stop();
    this.#microphone?.copy.stop();
    this.#camera = null;
    this.#microphone = null;
  }
}
