/* Passkeys: what the API says in base64url, the browser wants as bytes. */
import { ask } from "../api/client";
import type { PasskeyAsk } from "../api/types";

export const canPasskeys = () => "credentials" in navigator && typeof PublicKeyCredential === "function";

function bytes(text: string): Uint8Array<ArrayBuffer> {
  const s = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(s, (c) => c.charCodeAt(0));
}

function base64url(b: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(b)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}

/* The person closed the browser's window, or let it pass: nothing that needs a word. */
export const wasCancelled = (e: unknown) => e instanceof DOMException && (e.name === "NotAllowedError" || e.name === "AbortError");

/* What a passkey says to a challenge, as the API takes it. */
export async function showPasskey(o: PasskeyAsk) {
  const shown = (await navigator.credentials.get({
    publicKey: {
      challenge: bytes(o.challenge),
      rpId: o.rp_id,
      userVerification: o.user_verification,
      allowCredentials: o.allow.map((id) => ({ type: "public-key" as const, id: bytes(id) })),
      timeout: o.timeout,
    },
  })) as PublicKeyCredential;
  const r = shown.response as AuthenticatorAssertionResponse;
  return {
    id: base64url(shown.rawId),
    client_data: base64url(r.clientDataJSON),
    authenticator_data: base64url(r.authenticatorData),
    signature: base64url(r.signature),
    ...(r.userHandle ? { user_handle: base64url(r.userHandle) } : {}),
  };
}

/* Signs in by a passkey alone, or as the second step. */
export async function signInByPasskey() {
  const asked = await ask("session_passkey_options", {});
  return ask("session_passkey", {}, { body: await showPasskey(asked) });
}

export async function makePasskey(name: string): Promise<void> {
  const o = await ask("me_passkeys_options", {});
  const made = (await navigator.credentials.create({
    publicKey: {
      challenge: bytes(o.challenge),
      rp: { id: o.rp_id, name: o.rp_name },
      user: { id: bytes(o.user_id), name: o.user_name, displayName: o.user_display_name },
      pubKeyCredParams: o.algorithms.map((alg) => ({ type: "public-key" as const, alg })),
      excludeCredentials: o.exclude.map((id) => ({ type: "public-key" as const, id: bytes(id) })),
      authenticatorSelection: { residentKey: "preferred", userVerification: "preferred" },
      timeout: o.timeout,
    },
  })) as PublicKeyCredential;
  const r = made.response as AuthenticatorAttestationResponse;
  await ask("me_passkeys_create", {}, { body: { name, client_data: base64url(r.clientDataJSON), attestation: base64url(r.attestationObject) } });
}
