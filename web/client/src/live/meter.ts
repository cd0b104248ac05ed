/* How loud a microphone is, for the bars of the self-test.

   Browsers let a page measure sound only after the first click or key; until then the level is 0 and `running` false. */

export class Meter {
  #context: AudioContext | null = null;
  #analyser: AnalyserNode | null = null;
  #source: MediaStreamTrack | null = null;
  #copy: MediaStreamTrack | null = null;
  #since = 0;
  readonly #samples = new Float32Array(1024);
  /** The loudest moment since listening began, 0 … 1. */
  peak = 0;

  /** Listens to this track, or to none; nothing happens when it already does. */
  follow(track: MediaStreamTrack | null): void {
    if (track === this.#source) return;
    this.stop();
    this.#source = track;
  }

  get running(): boolean {
    return this.#context?.state === "running";
  }

  /** How long it has been measuring, in milliseconds. */
  get measured(): number {
    return this.running ? performance.now() - this.#since : 0;
  }

  /** 0 … 1 on a scale that follows the ear: −60 dB is 0, −6 dB is 1. */
  level(): number {
    if (this.#context === null) this.#open();
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
    this.#context = this.#analyser = this.#source = this.#copy = null;
    this.peak = 0;
  }

  #open(): void {
    if (this.#source === null || !navigator.userActivation?.hasBeenActive) return;
    this.#context = new AudioContext();
    this.#copy = this.#source.clone(); // a muted microphone is still shown
    this.#analyser = this.#context.createAnalyser();
    this.#analyser.fftSize = 2048;
    this.#context.createMediaStreamSource(new MediaStream([this.#copy])).connect(this.#analyser);
    this.#since = performance.now();
    void this.#context.resume().catch(() => undefined);
  }
}
