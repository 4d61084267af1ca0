// Reading the JUnit report that `deno test --junit-path` writes.

/** How the tests of a run ended. */
export interface TestCounts {
  passed: number;
  failed: number;
  /** The names of those that were ignored. */
  skipped: string[];
}

interface TestCase {
  readonly name: string;
  readonly ran: boolean;
  readonly skipped: boolean;
  readonly failed: boolean;
}

/**
 * Counts the tests in a report; `undefined` if it is not complete. A step counts with its test, save that an ignored step is named.
 * A test that a filter left out is not counted.
 */
export function countTests(report: string): TestCounts | undefined {
  if (!report.trimEnd().endsWith("</testsuites>")) return undefined;
  const counts: TestCounts = { passed: 0, failed: 0, skipped: [] };
  for (const [, suite] of report.matchAll(/<testsuite [^>]*>(.*?)<\/testsuite>/gs)) {
    const cases = [...testCases(suite)];
    const names = new Set(cases.map((test) => test.name));
    for (const test of cases) {
      if (test.skipped) {
        if (test.ran) counts.skipped.push(test.name);
      } else if (!isStep(test.name, names)) {
        counts[test.failed ? "failed" : "passed"]++;
      }
    }
  }
  return counts;
}

function* testCases(suite: string): Generator<TestCase> {
  for (const [, attributes, body] of suite.matchAll(/<testcase ([^>]*)>(.*?)<\/testcase>/gs)) {
    yield {
      name: unescape(/name="([^"]*)"/.exec(attributes)?.[1] ?? ""),
      // Deno gives a time to what it ran or ignored, and none to what a filter left out.
      ran: attributes.includes(' time="'),
      skipped: body.includes("<skipped"),
      failed: body.includes("<failure") || body.includes("<error"),
    };
  }
}

/** Deno reports a step as "test > step", beside its test. */
function isStep(name: string, names: ReadonlySet<string>): boolean {
  for (let at = name.indexOf(" > "); at !== -1; at = name.indexOf(" > ", at + 1)) {
    if (names.has(name.slice(0, at))) return true;
  }
  return false;
}

function unescape(text: string): string {
  const entities: Record<string, string> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
  return text.replace(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => entities[name]);
}
