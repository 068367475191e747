/* SHA-256 and Ed25519: the browser's own where it has them (a secure context, and a recent browser for Ed25519), else a
 * library that comes from this server like the page. */
export type By = "browser" | "library";

const subtle = (globalThis.crypto as Crypto | undefined)?.subtle as SubtleCrypto | undefined;

export async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  if (subtle) return new Uint8Array(await subtle.digest("SHA-256", bytes as BufferSource));
  return (await import("@noble/hashes/sha2.js")).sha256(bytes);
}

export async function verifyEd25519(key: Uint8Array, signature: Uint8Array, message: Uint8Array): Promise<{ good: boolean; by: By }> {
  if (subtle) {
    try {
      const imported = await subtle.importKey("raw", key as BufferSource, "Ed25519", false, ["verify"]);
      return { good: await subtle.verify("Ed25519", imported, signature as BufferSource, message as BufferSource), by: "browser" };
    } catch {
      /* a browser without Ed25519 throws NotSupportedError, older ones others */
    }
  }
  const { ed25519 } = await import("@noble/curves/ed25519.js");
  try {
    return { good: ed25519.verify(signature, message, key, { zip215: false }), by: "library" };
  } catch {
    return { good: false, by: "library" };
  }
}
