/* A file on its way into the server: sent, looked through by a job, told, and taken when that is confirmed. What it is of says `Way`. */
export interface Step<R> {
  id: string;
  stage: "checking" | "checked" | "recording" | "done" | "failed";
  step: string;
  percent: number | null;
  message: string;
  report: R | null;
}

interface Way<T> {
  send: (file: File, onshare: (share: number) => void, signal: AbortSignal) => Promise<T>;
  get: (id: string, signal: AbortSignal) => Promise<T>;
  confirm: (id: string, outcome: string, signal: AbortSignal) => Promise<T>;
}

const PAUSE = 500; // milliseconds between two questions how far it is
const NAME = 60; // characters of a file's name that are sent with it

export const nameOf = (file: File) => [...file.name].slice(0, NAME).join("");

export class Importing<R extends { outcome: string }, T extends Step<R>> {
  file = $state.raw<File | undefined>();
  share = $state(0); // of the file that has gone
  now = $state.raw<T | undefined>();
  problem = $state.raw<unknown>(undefined);
  #stop = new AbortController();

  constructor(private readonly way: Way<T>) {}

  get busy(): boolean {
    return !this.problem && !!this.file && (!this.now || this.now.stage === "checking" || this.now.stage === "recording");
  }
  /* Of what is done now, 0 to 1; null: not known. */
  get done(): number | null {
    return !this.now ? this.share : this.now.percent === null ? null : this.now.percent / 100;
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
      const next = await this.way.get(this.now.id, stop.signal);
      if (!stop.signal.aborted) this.now = next;
    }
  }
  async #run(what: (stop: AbortController) => Promise<T>) {
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

  begin = (file: File) => {
    this.reset();
    this.file = file;
    return this.#run((stop) => this.way.send(file, (s) => (this.share = s), stop.signal));
  };
  confirm = () => {
    const now = this.now;
    const outcome = now?.report?.outcome;
    return now && outcome ? this.#run((stop) => this.way.confirm(now.id, outcome, stop.signal)) : Promise.resolve();
  };
}
