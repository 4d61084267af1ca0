import { WM_APP } from "../../win32/user32.ts";

// Messages to the window by which a pump is controlled.

/** Wakes the loop, which then looks for commands. */
export const WM_WAKE = WM_APP;
/** Says that the thread of JavaScript has ended whose pump it is. */
export const WM_THREAD_ENDED = WM_APP + 1;
