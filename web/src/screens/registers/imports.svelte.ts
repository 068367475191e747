/* A file of items on its way: sent, looked through by the server, told, and recorded when it is confirmed. */
import { ask, send } from "../../api/client";
import type { Import } from "../../api/types";

const PAUSE = 500; // milliseconds between two questions how far it is

export class Importing {
  file = $state.raw<File | undefined>();
  share = $state(0); // of the file that has gone
  now = $state.raw<Import | undefined>();
  problem = $state.raw<unknown>(undefined);
  #stop = new AbortController();

  get busy(): boolean {
    return !this.problem && !!this.file && (!this.now || this.now.stage === "checking" || this.now.stage === "recording");
  }
  get ready(): boolean {
    const c = this.now?.report?.counts;
    return this.now?.stage === "checked" && !!c && c.faults === 0 && c.new + c.changed > 0;
  }

  reset = () => {
    this.#stop.abort();
    this.#stop = new AbortController();
    this.file = this.now = this.problem = undefined;
    this.share = 0;
  };

  async #follow(stop: AbortController) {
    while (this.now && (this.now.stage === "checking" || this.now.stage === "recording")) {
      await new Promise((done) => setTimeout(done, PAUSE));
      if (stop.signal.aborted) return;
      const next = await ask("imports_get", { import: this.now.id }, { signal: stop.signal });
      if (!stop.signal.aborted) this.now = next;
    }
  }
  async #run(what: (stop: AbortController) => Promise<Import>) {
    const stop = this.#stop;
    this.problem = undefined;
    try {
      const got = await what(stop);
      if (stop.signal.aborted) return;
      this.now = got;
      await this.#follow(stop);
    } catch (e) {
      if (!stop.signal.aborted) this.problem = e;
    }
  }

  begin = (register: string, file: File, match: string) => {
    this.reset();
    this.file = file;
    const name = [...file.name].slice(0, 60).join("");
    return this.#run((stop) => send("imports_create", { register, name, ...(match ? { match } : {}) }, file, (s) => (this.share = s), stop.signal));
  };
  confirm = () => {
    const now = this.now;
    if (!now?.report) return Promise.resolve();
    const outcome = now.report.outcome;
    return this.#run((stop) => ask("imports_confirm", { import: now.id }, { body: { outcome }, signal: stop.signal }));
  };
}
