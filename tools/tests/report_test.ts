// The benchmarks' report in a real browser: what no test of its text can tell.

import { pathToFileURL } from "node:url";
import { assert, assertEquals, assertGreater, assertLessOrEqual } from "@std/assert";

import { readAssets } from "../../bench/report/assets.ts";
import { reportPage } from "../../bench/report/page.ts";
import { fixedReport, SWEPT } from "../../tests/util/report_data.ts";
import { SIZES } from "../../bench/sweep.ts";
import { chartLibrary } from "../chart_library.ts";
import { BrowserPage, findBrowser } from "./browser.ts";
import { test } from "../../tests/util/test.ts";

const browser = await findBrowser();
const library = await chartLibrary();
/** Without either there is nothing to test with. */
const ignore = browser === undefined || library === undefined;

const CHARTS = ["latency", "throughput", "distribution", "spread"];
const WIDTH = 1200;

/** How the page is looked at: on a screen of either kind, or on paper. */
const LOOKS = {
  "a light screen": { features: [{ name: "prefers-color-scheme", value: "light" }] },
  "a dark screen": { features: [{ name: "prefers-color-scheme", value: "dark" }] },
  "paper, printed from a dark screen": {
    media: "print",
    features: [{ name: "prefers-color-scheme", value: "dark" }],
  },
};

interface Legibility {
  /** The lowest contrast of any text with what is behind it, and that text. */
  readonly text: readonly [contrast: number, text: string];
  /** The same for the lines of charts. */
  readonly line: readonly [contrast: number, color: string];
  /** Brightness of the page's background, from 0 to 1. */
  readonly background: number;
}

/** Contrast as "Web Content Accessibility Guidelines" define it, of everything on the page. */
function legibility(): Legibility {
  const pixel = document.createElement("canvas").getContext("2d");
  const channels = (color: string): number[] => {
    pixel.clearRect(0, 0, 1, 1);
    pixel.fillStyle = color;
    pixel.fillRect(0, 0, 1, 1);
    return Array.from(pixel.getImageData(0, 0, 1, 1).data);
  };
  const luminance = (color: string) => {
    const [r, g, b] = channels(color).map((value) => value / 255)
      .map((value) => value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element: PageElement | null): string => {
    if (element === null) return getComputedStyle(document.body).backgroundColor;
    const color = getComputedStyle(element).backgroundColor;
    return channels(color)[3] === 255 ? color : behind(element.parentElement);
  };
  const contrast = (color: string, element: PageElement) => {
    const [a, b] = [luminance(color), luminance(behind(element))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  };
  let text: [number, string] = [Infinity, ""];
  let line: [number, string] = [Infinity, ""];
  for (const element of document.querySelectorAll("body *")) {
    const style = getComputedStyle(element);
    const own = Array.from(element.childNodes)
      .filter(({ nodeType }) => nodeType === 3).map(({ textContent }) => textContent).join("")
      .trim();
    if (own !== "" && element.getClientRects().length > 0) {
      const color = element.closest("svg") === null ? style.color : style.fill;
      const value = contrast(color, element);
      if (value < text[0]) text = [value, own];
    }
    if (element.matches("[aria-label=line] path")) {
      const value = contrast(style.stroke, element);
      if (value < line[0]) line = [value, style.stroke];
    }
  }
  return { text, line, background: luminance(behind(document.body)) };
}

/** Parts of the browser that {@linkcode legibility} uses there. */
interface PageElement {
  readonly parentElement: PageElement | null;
  readonly childNodes: Iterable<{ readonly nodeType: number; readonly textContent: string }>;
  getClientRects(): { readonly length: number };
  closest(selector: string): PageElement | null;
  matches(selector: string): boolean;
}

declare const document: {
  readonly body: PageElement;
  createElement(name: "canvas"): {
    getContext(kind: "2d"): {
      fillStyle: string;
      clearRect(x: number, y: number, width: number, height: number): void;
      fillRect(x: number, y: number, width: number, height: number): void;
      getImageData(x: number, y: number, width: number, height: number): {
        readonly data: Uint8ClampedArray;
      };
    };
  };
  querySelectorAll(selector: string): Iterable<PageElement>;
};

declare function getComputedStyle(element: PageElement): {
  readonly color: string;
  readonly fill: string;
  readonly stroke: string;
  readonly backgroundColor: string;
};

async function openReport(width = WIDTH): Promise<BrowserPage & AsyncDisposable> {
  const folder = await Deno.makeTempDir({ prefix: "winipc-report-" });
  const file = `${folder}/report.html`;
  await Deno.writeTextFile(file, reportPage(fixedReport(), await readAssets(library ?? [])));
  const page = await BrowserPage.start(browser ?? "");
  try {
    await page.send("Emulation.setDeviceMetricsOverride", {
      width,
      height: 900,
      deviceScaleFactor: 1,
      mobile: false,
    });
    await page.open(pathToFileURL(file).href);
    return page;
  } catch (error) {
    await page[Symbol.asyncDispose]();
    throw error;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

test("The report asks for nothing but itself, and says nothing on the console", async () => {
  await using page = await openReport();
  // What has been said comes before the answer to what is asked after it.
  await page.evaluate("1");
  const requests = page.events.filter(({ method }) => method === "Network.requestWillBeSent");
  assertEquals(requests.length, 1);
  const said = page.events.filter(({ method }) =>
    ["Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"].includes(method)
  );
  assertEquals(said, []);
}, { ignore });

test("The report's charts have a line for every mechanism, inside of the chart", async () => {
  await using page = await openReport();
  for (const id of CHARTS) {
    const chart = `document.querySelector("#${id} svg.plot")`;
    const lines = `Array.from(document.querySelectorAll("#${id} [aria-label=line] path"))`;
    const { width, height } = await page.evaluate(
      `${chart}.getBoundingClientRect().toJSON()`,
    ) as DOMBox;
    assertGreater(width, WIDTH / 2, id);
    assertGreater(height, 200, id);
    const boxes = await page.evaluate(`${lines}.map((line) => line.getBBox())
        .map(({ x, y, width, height }) => ({ x, y, width, height }))`) as DOMBox[];
    // In the chart of spreads each has two: the median and p99.
    assertEquals(boxes.length, id === "spread" ? 2 * SWEPT.length : SWEPT.length, id);
    for (const box of boxes) {
      assertGreater(box.width, 50, id);
      assert(box.x >= 0 && box.x + box.width <= width, id);
      assert(box.y >= 0 && box.y + box.height <= height, id);
    }
  }
}, { ignore });

interface DOMBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

test(
  "The report's charts have no labels over each other or over the edge, on wide screens and narrow ones",
  async () => {
    for (const width of [1200, 800, 400]) {
      await using page = await openReport(width);
      for (const id of CHARTS) {
        const clashes = await page.evaluate(`(() => {
          const chart = document.querySelector("#${id} svg.plot").getBoundingClientRect();
          const axes = '[aria-label$="tick label"], [aria-label$="axis label"], [aria-label=text]';
          const labels = Array.from(document.querySelectorAll("#${id} :is(" + axes + ") text"))
            .map((text) => ({ text: text.textContent, box: text.getBoundingClientRect() }));
          const over = ({ box }) => box.left < chart.left - 0.5 || box.right > chart.right + 0.5 ||
            box.top < chart.top - 0.5 || box.bottom > chart.bottom + 0.5;
          const touch = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
          return {
            count: labels.length,
            over: labels.filter(over).map(({ text }) => text),
            touching: labels.flatMap((a, i) => labels.slice(i + 1)
              .filter((b) => touch(a.box, b.box)).map((b) => a.text + " / " + b.text)),
          };
        })()`) as { count: number; over: string[]; touching: string[] };
        assertGreater(clashes.count, 5, `${id}, ${width} pixels`);
        assertEquals([clashes.over, clashes.touching], [[], []], `${id}, ${width} pixels`);
      }
    }
  },
  { ignore },
);

test("The report's tables have a row for every mechanism, size, goal and need", async () => {
  await using page = await openReport();
  const rows = (id: string) =>
    page.evaluate(`document.querySelectorAll("#${id} tbody tr").length`) as Promise<number>;
  assertEquals(await rows("all-figures"), SWEPT.length * SIZES.length);
  assertEquals(await rows("goals"), fixedReport().rows.length);
  assertGreater(await rows("recommendation"), 5);
  assertEquals(await rows("properties"), SWEPT.filter(({ ours }) => ours).length);
}, { ignore });

test("The report is no wider than a telephone's screen or a sheet of paper", async () => {
  // A sheet of A4 with its margins is 718 pixels wide.
  for (const [width, media] of [[400, "screen"], [718, "print"]] as const) {
    await using page = await openReport(width);
    await page.send("Emulation.setEmulatedMedia", { media });
    const needed = await page.evaluate("document.documentElement.scrollWidth");
    assertLessOrEqual(needed, width, media);
  }
}, { ignore });

for (const [look, media] of Object.entries(LOOKS)) {
  test(`The report is legible on ${look}`, async () => {
    await using page = await openReport();
    await page.send("Emulation.setEmulatedMedia", media);
    const { text, line, background } = await page.evaluate(`(${legibility})()`) as Legibility;
    // The levels of "Web Content Accessibility Guidelines" for text and for graphics.
    assertGreater(text[0], 4.5, text[1]);
    assertGreater(line[0], 3, line[1]);
    assertEquals(background < 0.5, look === "a dark screen");
    assertGreater(await paintedShare(page), 0.005);
  }, { ignore });
}

/** How much of the first chart is painted in another colour than its corner. */
async function paintedShare(page: BrowserPage): Promise<number> {
  const { x, y, width, height } = await page.evaluate(`(() => {
    const { x, y, width, height } = document.querySelector("#latency svg.plot").getBoundingClientRect();
    return { x: x + scrollX, y: y + scrollY, width, height };
  })()`) as DOMBox;
  const { data } = await page.send("Page.captureScreenshot", {
    clip: { x, y, width, height, scale: 1 },
    captureBeyondViewport: true,
  });
  return await page.evaluate(`(async () => {
    const image = new Image();
    image.src = "data:image/png;base64,${data}";
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.width;
    canvas.height = image.height;
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const pixels = new Uint32Array(context.getImageData(0, 0, image.width, image.height).data.buffer);
    return pixels.filter((pixel) => pixel !== pixels[0]).length / pixels.length;
  })()`) as number;
}
