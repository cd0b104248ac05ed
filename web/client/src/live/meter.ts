/* How loud a microphone is, for the eight bars of the self-test. */

export class Meter {
  #context: AudioContext | null = null;
  #analyser: AnalyserNode | null = null;
  #source: MediaStreamTrack | null = null;
  #copy: MediaStreamTrack | null = null;
  #samples = new Float32Array(1024);
  /** The loudest moment since `listen`, 0 … 1. */
  peak = 0;

  /** Listens to this track unless it already does. */
  follow(track: MediaStreamTrack): void {
    if (track !== this.#source) this.listen(track);
  }

  listen(track: MediaStreamTrack): void {
    this.stop();
    this.#source = track;
    this.#context = new AudioContext();
    this.#copy = track.clone();
    this.#analyser = this.#context.createAnalyser();
    this.#analyser.fftSize = 2048;
    this.#context.createMediaStreamSource(new MediaStream([this.#copy])).connect(this.#analyser);
    void this.#context.resume().catch(() => undefined);
  }

  /** False while the browser holds sound back until the first click or key. */
  get running(): boolean {
    return this.#context?.state === "running";
  }

  /** 0 … 1 on a scale that follows the ear: −60 dB is 0, −6 dB is 1. */
  level(): number {
    if (this.#analyser === null) return 0;
    this.#analyser.getFloatTimeDomainData(this.#samples);
    let sum = 0;
    for (const sample of this.#samples) sum += sample * sample;
    const decibel = 20 * Math.log10(Math.sqrt(sum / this.#samples.length) + 1e-9);
    const level = Math.min(Math.max((decibel + 60) / 54, 0), 1);
    this.peak = Math.max(this.peak, level);
    return level;
  }

  stop(): void {
    this.#copy?.stop();
    void this.#context?.close().catch(() => undefined);
    this.#context = this.#analyser = this.#copy = this.#source = null;
    this.peak = 0;
  }
}
