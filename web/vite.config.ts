import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

import { budget } from "./build/budget";
import { compress } from "./build/compress";
import { icons } from "./build/icons";
import { slim } from "./build/slim";

export default defineConfig({
  plugins: [svelte(), icons(), slim(), budget({ kilobytes: 150 }), compress()],
  build: {
    target: "es2022",
    assetsInlineLimit: 0, // a strict CSP has no data: scripts and fonts
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700, // the charts, which load when one is looked at
  },
  server: {
    port: 5180,
    proxy: { "/api": { target: process.env.SINETTI_URL ?? "http://127.0.0.1:8040" } },
  },
});
