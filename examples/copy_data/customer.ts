// Sends orders to the shop's window as structs, and receives a struct for each.
//
//     deno run --allow-ffi --allow-read examples/copy_data/customer.ts --shop CLASS

import {
  MessageWindow,
  postMessage,
  sendCopyData,
  waitForWindow,
} from "@winipc/winipc/window-message";
import { parseCommandLine } from "../util/cli.ts";
import { Order, ORDER_TAG, Receipt, RECEIPT_TAG } from "./order.ts";

const options = parseCommandLine({
  program: "examples/copy_data/customer.ts",
  about: "Sends structs to a C program, and receives structs from it.",
  options: {
    shop: { type: "string", required: true, description: "class of the shop's window" },
    orders: { type: "integer", default: 3, min: 1, max: 1000, description: "how many" },
  },
});

const shop = await waitForWindow({ class: options.shop }, { timeout: 10_000 });
await using sender = await MessageWindow.create();
for (let id = 1; id <= options.orders; id++) {
  const value = { id, customer: "Ada Lovelace", price: 2.5, count: id };
  const taken = await sendCopyData(shop.hwnd, { tag: ORDER_TAG, struct: Order, value, sender });
  if (taken !== 1n) throw new Error("The shop has not taken the order");
  const data = await sender.receiveCopyData({ timeout: 10_000 });
  if (data.tag !== RECEIPT_TAG || data.claimedSender?.hwnd !== shop.hwnd) continue;
  const receipt = data.struct(Receipt);
  console.log(`receipt ${receipt.id}: ${receipt.total.toFixed(2)}`);
  if (receipt.id !== id || receipt.total !== 2.5 * id) Deno.exit(1);
}
const WM_CLOSE = 0x10;
postMessage(shop.hwnd, WM_CLOSE);
