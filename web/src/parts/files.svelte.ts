/* Files on their way to the server, and what is known of those that are there. */
import { send } from "../api/client";
import type { FileAdded } from "../api/types";

export const MOST_BYTES = 100 * 1024 * 1024; // the server's limit, LIMIT_ATTACHMENT: known before a byte is sent

/* How many are being sent on this page: who saves meanwhile would lose them. */
export const sending = $state({ now: 0 });
/* By digest: of what was handed in from this page. */
export const handedIn = new Map<string, FileAdded>();

export class Sending {
  share = $state(0);
  problem = $state.raw<unknown>(undefined);
  readonly #stop = new AbortController();

  constructor(readonly file: File) {}

  async run(): Promise<FileAdded | undefined> {
    sending.now++;
    try {
      const added = await send("files_add", { name: this.file.name }, this.file, (s) => (this.share = s), this.#stop.signal);
      handedIn.set(added.digest, added);
      return added;
    } catch (e) {
      if (!this.#stop.signal.aborted) this.problem = e;
      return undefined;
    } finally {
      sending.now--;
    }
  }
  stop = () => this.#stop.abort();
}
