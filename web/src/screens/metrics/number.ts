/* Numbers with a fixed number of decimals at most, in the reader's language. */
import { language } from "../../text/index.svelte";

export const keepNumber = (n: number, decimals: number) => new Intl.NumberFormat(language(), { maximumFractionDigits: decimals }).format(n);
