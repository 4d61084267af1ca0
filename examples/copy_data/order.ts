// What goes between the programs: order.h says the same to C.

import { defineStruct, f64, u32, wstring } from "@winipc/winipc/struct";

export const ORDER_TAG = 1n;
export const RECEIPT_TAG = 2n;

export const Order = defineStruct({ id: u32, customer: wstring(32), price: f64, count: u32 });
export const Receipt = defineStruct({ id: u32, total: f64 });
