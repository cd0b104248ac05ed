/* Is the way to the server good enough? Median of a few small questions; pure HTTP, so it works before joining. */

export type Network = "testing" | "enough" | "slow" | "failed";

const QUESTIONS = 5;
const SLOW_MS = 400;

export function judge(times: readonly number[]): Network {
  if (times.length === 0) return "failed";
  const sorted = [...times].sort((a, b) => a - b);
  return (sorted[Math.floor(sorted.length / 2)] ?? 0) <= SLOW_MS ? "enough" : "slow";
}

/** `ask` resolves to whether the server answered. */
export async function probe(ask: () => Promise<boolean>, now: () => number): Promise<Network> {
  const times: number[] = [];
  for (let question = 0; question < QUESTIONS; question++) {
    const began = now();
    if (await ask()) times.push(now() - began);
  }
  return judge(times);
}
