/*
 * The classic sample of WM_COPYDATA: a program with a window takes structs. It checks who they say they
 * come from, and sends a struct back to that window.
 */

#include "order.h"
#include <stdio.h>
#include <windows.h>

static LRESULT take_order(HWND shop, HWND customer, const COPYDATASTRUCT *data) {
  if (data->dwData != ORDER_TAG || data->cbData != sizeof(struct order)) return FALSE;
  const struct order *order = data->lpData;
  printf("order %u: %u at %.2f for %ls\n", order->id, order->count, order->price, order->customer);
  fflush(stdout);
  struct receipt receipt = {order->id, order->price * order->count};
  COPYDATASTRUCT answer = {RECEIPT_TAG, sizeof receipt, &receipt};
  SendMessageW(customer, WM_COPYDATA, (WPARAM)shop, (LPARAM)&answer);
  return TRUE;
}

static LRESULT CALLBACK procedure(HWND window, UINT message, WPARAM wParam, LPARAM lParam) {
  switch (message) {
  case WM_COPYDATA:
    return take_order(window, (HWND)wParam, (const COPYDATASTRUCT *)lParam);
  case WM_DESTROY:
    PostQuitMessage(0);
    return 0;
  }
  return DefWindowProcW(window, message, wParam, lParam);
}

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  WNDCLASSA window_class = {0};
  window_class.lpfnWndProc = procedure;
  window_class.lpszClassName = argv[1];
  window_class.hInstance = GetModuleHandleW(NULL);
  if (!RegisterClassA(&window_class)) return 3;
  if (CreateWindowExA(0, argv[1], "", 0, 0, 0, 0, 0, HWND_MESSAGE, NULL, NULL, NULL) == NULL) {
    return 4;
  }
  printf("open\n");
  fflush(stdout);
  MSG message;
  while (GetMessageW(&message, NULL, 0, 0) > 0) DispatchMessageW(&message);
  return 0;
}
