import { assertEquals } from "@std/assert";
import { countTests } from "../junit.ts";

function report(cases: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="0" failures="0" errors="0" time="0.010">
    <testsuite name="./a_test.ts" tests="0" disabled="0" errors="0" failures="0">
        ${cases}
    </testsuite>
</testsuites>`;
}

const PASSED = `<testcase name="one" classname="a" time="0.002" line="1" col="6">
        </testcase>`;

Deno.test("countTests() counts passed, failed and skipped tests", () => {
  const counts = countTests(report(`${PASSED}
    <testcase name="two" classname="a" time="0.001" line="2" col="6">
      <failure message="Uncaught Error: x">Error: x</failure>
    </testcase>
    <testcase name="three" classname="a" time="0.000" line="3" col="11">
      <skipped/>
    </testcase>`));
  assertEquals(counts, { passed: 1, failed: 1, skipped: ["three"] });
});

Deno.test("countTests() counts a step with its test, and names an ignored step", () => {
  const counts = countTests(report(`${PASSED}
    <testcase name="one &gt; step" classname="a" time="0.000" line="1" col="41">
    </testcase>
    <testcase name="one &gt; ignored" classname="a" time="0.000" line="1" col="70">
      <skipped/>
    </testcase>`));
  assertEquals(counts, { passed: 1, failed: 0, skipped: ["one > ignored"] });
});

Deno.test("countTests() takes a test whose name has an arrow for a test", () => {
  const arrow = `<testcase name="a &gt; b" classname="a" time="0.000" line="1" col="41">
    </testcase>`;
  assertEquals(countTests(report(`${PASSED}${arrow}`)).passed, 2);
});

Deno.test("countTests() does not count what a filter left out", () => {
  const counts = countTests(report(`${PASSED}
    <testcase name="two" classname="a" line="2" col="6">
      <skipped/>
    </testcase>`));
  assertEquals(counts, { passed: 1, failed: 0, skipped: [] });
});

Deno.test("countTests() finds nothing in an empty report", () => {
  assertEquals(countTests(""), { passed: 0, failed: 0, skipped: [] });
});
