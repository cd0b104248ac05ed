/* A short ring through the chosen speaker, made on the spot: two soft notes, three times. */

export async function ring(speaker: string): Promise<void> {
  const context = new AudioContext();
  const out = context.createMediaStreamDestination();
  const notes = [659, 784, 659, 784, 659, 784];
  const start = context.currentTime + 0.05;
  for (const [index, frequency] of notes.entries()) {
    const oscillator = context.createOscillator();
    const gain = context.createGain();
    const at = start + index * 0.28 + Math.floor(index / 2) * 0.12;
    oscillator.frequency.value = frequency;
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(0.25, at + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.001, at + 0.26);
    oscillator.connect(gain).connect(out);
    oscillator.start(at);
    oscillator.stop(at + 0.27);
  }
  const element = new Audio();
  element.srcObject = out.stream;
  try {
    if (speaker !== "" && "setSinkId" in element) await element.setSinkId(speaker).catch(() => undefined);
    await context.resume();
    await element.play();
    await new Promise((resolve) => setTimeout(resolve, 2400));
  } catch {
    // Held back by the browser until the first click: "ring again" plays it then.
  } finally {
    element.srcObject = null;
    await context.close();
  }
}
