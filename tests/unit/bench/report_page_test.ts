import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { reportPage } from "../../../bench/report/page.ts";
import { fixedReport } from "../../util/report_data.ts";
import { test } from "../../util/test.ts";

const HOSTILE = `</script><script>alert("x")</script><!--<img src=x onerror='y'>&`;
const assets = {
  styles: "body { color: red; }\n",
  charts: "draw();",
  libraries: [{ name: "lib@1", licence: "Free */ for all", code: "run('</script>');" }],
};

/** What is between the tags of the script elements, as a browser divides them. */
function scripts(page: string): string[] {
  return page.split(/<script\b[^>]*>/i).slice(1).map((text) => text.split(/<\/script/i)[0]);
}

test("reportPage() lets nothing of the figures out of its place", () => {
  const { rows, sweep, ...report } = fixedReport();
  const page = reportPage({
    ...report,
    machine: { ...report.machine, processor: HOSTILE },
    rows: rows.map((row) => ({ ...row, row: { ...row.row, title: HOSTILE, unit: HOSTILE } })),
    sweep: sweep.map((series) => ({ ...series, name: HOSTILE })),
  }, assets);
  assertEquals(scripts(page).length, 3);
  assert(!page.includes("<img"));
  assert(!page.includes("<!--"));
  const { series } = JSON.parse(scripts(page)[0]);
  assertEquals(series[0].name, HOSTILE);
});

test("reportPage() keeps code and licence whole that end a script or a comment", () => {
  const page = reportPage(fixedReport(), assets);
  const library = scripts(page)[1];
  assertStringIncludes(library, String.raw`run('\x3c/script>');`);
  assertStringIncludes(library, "lib@1\n\nFree * / for all\n*/");
  assertEquals(scripts(page)[2], "draw();");
});

test("reportPage() shows goals that are met and goals that are missed", () => {
  const page = reportPage(fixedReport(), assets);
  assertEquals(page.match(/<li class="met">/g)?.length, 1);
  assertEquals(page.match(/<li class="missed">/g)?.length, 1);
  assertStringIncludes(page, "Node: not on this machine");
});

test("reportPage() names a mechanism that is not there, and keeps the others", () => {
  const { sweep, ...report } = fixedReport();
  const [first, ...others] = sweep;
  const missing = { ...first, points: [], curve: [], missing: "It is not on this machine." };
  const page = reportPage({ ...report, sweep: [missing, ...others] }, assets);
  assertEquals(page.match(/It is not on this machine\.<\/td>/g)?.length, 1);
  assertEquals(page.match(/<th scope="rowgroup"/g)?.length, sweep.length);
});

test("reportPage() says that nothing was measured", () => {
  const page = reportPage({ ...fixedReport(), rows: [], sweep: [] }, assets);
  assertStringIncludes(page, "No rows were run.");
  assertStringIncludes(page, "Nothing was measured.");
  assert(!page.includes('class="chart"'));
  assert(!/NaN|undefined|Infinity/.test(page));
});
