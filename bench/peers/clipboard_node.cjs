// Writes and reads 4 KiB of text by an add-on, again and again. Prints how often in a second.

const clipboard = require(process.env.WINIPC_CLIPBOARD_RS);

const TEXT = "x".repeat(2048);
const WARM_UP = 50;

(async () => {
  const count = Number(process.argv[2]);
  let start = 0;
  for (let i = -WARM_UP; i < count; i++) {
    if (i === 0) start = performance.now();
    await clipboard.setText(TEXT);
    if (await clipboard.getText() !== TEXT) throw new Error("Another program has the clipboard");
  }
  console.log((1000 * count / (performance.now() - start)).toFixed(3));
})();
