/* The keyboard anywhere on a page: `?` help, `/` search, `g` and a letter to go somewhere. Never while something is typed. */
import { menu } from "./menu";
import { go } from "./router.svelte";
import { can } from "./session.svelte";

let help = $state(false);
let g = 0; // when `g` was pressed

export const keys = {
  get help() {
    return help;
  },
  set help(on: boolean) {
    help = on;
  },
};

function typing(target: EventTarget | null): boolean {
  const e = target as HTMLElement | null;
  return !!e && (e.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(e.tagName));
}

export function startKeys() {
  addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || typing(e.target) || document.querySelector("dialog[open]")) return;
    if (e.key === "?") {
      help = true;
      e.preventDefault();
    } else if (e.key === "/") {
      const box = document.querySelector<HTMLInputElement>("#search");
      if (box) {
        box.focus();
        box.select();
        e.preventDefault();
      }
    } else if (e.key === "g") {
      g = e.timeStamp;
    } else if (g && e.timeStamp - g < 1500) {
      g = 0;
      const to = menu.flatMap((m) => m.entries).find((x) => x.letter === e.key && can(x.permission));
      if (to) {
        e.preventDefault();
        go(to.path);
      }
    }
  });
}
