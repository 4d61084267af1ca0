import { assertEquals } from "@std/assert";
import { countTests } from "../junit.ts";
import { test } from "../../tests/util/test.ts";

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

test("countTests() counts passed, failed and skipped tests", () => {
  const counts = countTests(report(`${PASSED}
    <testcase name="two" classname="a" time="0.001" line="2" col="6">
      <failure message="Uncaught Error: x">Error: x</failure>
    </testcase>
    <testcase name="three" classname="a" time="0.000" line="3" col="11">
      <skipped/>
    </testcase>`));
  assertEquals(counts, { passed: 1, failed: 1, skipped: ["three"] });
});

test("countTests() counts a step with its test, and names an ignored step", () => {
  const counts = countTests(report(`${PASSED}
    <testcase name="one &gt; step" classname="a" time="0.000" line="1" col="41">
    </testcase>
    <testcase name="one &gt; ignored" classname="a" time="0.000" line="1" col="70">
      <skipped/>
    </testcase>`));
  assertEquals(counts, { passed: 1, failed: 0, skipped: ["one > ignored"] });
});

test("countTests() takes a test whose name has an arrow for a test", () => {
  const arrow = `<testcase name="a &gt; b" classname="a" time="0.000" line="1" col="41">
    </testcase>`;
  assertEquals(countTests(report(`${PASSED}${arrow}`))?.passed, 2);
});

test("countTests() does not count what a filter left out", () => {
  const counts = countTests(report(`${PASSED}
    <testcase name="two" classname="a" line="2" col="6">
      <skipped/>
    </testcase>`));
  assertEquals(counts, { passed: 1, failed: 0, skipped: [] });
});

test("countTests() finds nothing in a report without tests", () => {
  const counts = countTests('<?xml version="1.0"?>\n<testsuites name="deno test"></testsuites>\n');
  assertEquals(counts, { passed: 0, failed: 0, skipped: [] });
});

test("countTests() does not count a report that is not complete", () => {
  const complete = report(PASSED);
  for (const part of ["", complete.slice(0, -20)]) assertEquals(countTests(part), undefined);
});
