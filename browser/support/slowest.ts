import type { Reporter, TestCase, TestResult } from '@playwright/test/reporter';

// Slowest says at the end of a run which journeys took longest: what is to be shortened next.
export default class Slowest implements Reporter {
  private readonly times: { seconds: number; name: string }[] = [];

  onTestEnd(test: TestCase, result: TestResult): void {
    this.times.push({ seconds: result.duration / 1000, name: test.titlePath().filter(Boolean).join(' › ') });
  }

  onEnd(): void {
    this.times.sort((a, b) => b.seconds - a.seconds);
    console.log('\nThe slowest journeys:');
    for (const { seconds, name } of this.times.slice(0, 10)) console.log(`${seconds.toFixed(1).padStart(7)} s  ${name}`);
  }

  // The list's own summary stands beside this one.
  printsToStdio(): boolean {
    return false;
  }
}
