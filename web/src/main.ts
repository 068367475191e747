import "@tabler/core/dist/css/tabler.min.css";
import "./css/app.css";

import { mount } from "svelte";

import App from "./App.svelte";
import { whenSignedOut, whoseProject } from "./api/client";
import { startKeys } from "./app/keys.svelte";
import { startRouter } from "./app/router.svelte";
import { screens } from "./app/screens";
import { forgetSession, session } from "./app/session.svelte";
import { setLanguage } from "./text/index.svelte";

async function start() {
  await setLanguage(document.documentElement.lang === "fi" ? "fi" : "en");
  whenSignedOut(forgetSession);
  whoseProject(() => session.project?.slice("project:".length));
  startRouter(screens);
  startKeys();
  mount(App, { target: document.getElementById("app")! });
}

void start();
