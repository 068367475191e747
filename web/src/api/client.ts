/* Calls of the API. Refusals come as class Problem (RFC 9457); whoever calls shows them or lets Screen do it. */
import { language } from "../text/index.svelte";
import { operations, type Operations } from "./types";

export type Op = keyof Operations;
export type Parameters<K extends Op> = Operations[K]["parameters"];
export type Body<K extends Op> = Operations[K]["body"];
export type Answer<K extends Op> = Operations[K]["answer"];

export interface FieldError {
  field: string;
  detail: string;
}

/* The name a form knows the field by; the server says "/name", "name" or "body.name". */
export const fieldName = (e: FieldError) => e.field.replace(/^[/$.]*(body[/.])?/, "").replaceAll("/", ".");

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly errors: FieldError[] = [],
    readonly type = "about:blank",
  ) {
    super(detail || title);
    this.name = "Problem";
  }
  /* What was wrong with one field, for the form that holds it. */
  field(name: string): string | undefined {
    return this.errors.find((e) => fieldName(e) === name)?.detail;
  }
}

export type Query = Record<string, unknown>;

export interface Page<T> {
  items: T[];
  next: string | null;
  total: number | null;
}
/* Operations that answer a page of a list, and what stands in it. */
export type ListOp = { [K in Op]: Answer<K> extends { items: unknown[]; next: string | null } ? K : never }[Op];
export type Item<K extends Op> = Answer<K> extends { items: (infer T)[] } ? T : never;

interface Options<K extends Op> {
  body?: Body<K>;
  etag?: string | null; // If-Match
  key?: string; // Idempotency-Key; one is made when absent
  signal?: AbortSignal;
}

let projectOf: () => string | undefined = () => undefined;

/* Whoever has a role in projects alone looks at one of them at a time: its id, undefined for everybody else. */
export function whoseProject(f: () => string | undefined) {
  projectOf = f;
}

const RETRIES = 2;
let onSignedOut: () => void = () => {};

export function whenSignedOut(f: () => void) {
  onSignedOut = f;
}

/* The address of an operation: what its path names is filled in, the rest becomes the query. */
export function address(op: Op, parameters: Query = {}): string {
  const q = new URLSearchParams();
  let path: string = operations[op].path;
  if (operations[op].scoped && !parameters.project) parameters = { ...parameters, project: projectOf() };
  for (const [name, value] of Object.entries(parameters)) {
    if (path.includes(`{${name}}`)) path = path.replace(`{${name}}`, encodeURIComponent(String(value)));
    else if (value !== undefined && value !== null && value !== "" && value !== false) q.set(name, String(value));
  }
  const s = q.toString();
  return path + (s ? `?${s}` : "");
}

function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // randomUUID() needs a secure context
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

function problemFrom(status: number, said: string, read: () => Partial<Problem>): Problem {
  try {
    const p = read();
    return new Problem(status, p.title ?? said, p.detail ?? "", p.errors ?? [], p.type);
  } catch {
    return new Problem(status, said || String(status), "");
  }
}

async function problemOf(response: Response): Promise<Problem> {
  const body = await response.text().catch(() => "");
  return problemFrom(response.status, response.statusText, () => JSON.parse(body) as Partial<Problem>);
}

/* Calls an operation; also gives its ETag, for what is going to be changed. */
export async function askTagged<K extends Op>(op: K, parameters: Parameters<K>, o: Options<K> = {}): Promise<{ data: Answer<K>; etag: string | null }> {
  const { method } = operations[op];
  const headers: Record<string, string> = { Accept: "application/json", "Accept-Language": language() };
  let body: string | undefined;
  if (method !== "GET") headers["X-Sinetti"] = "1";
  if (method === "POST") headers["Idempotency-Key"] = o.key ?? randomKey();
  if (o.etag) headers["If-Match"] = o.etag;
  if (typeof o.body === "string") {
    headers["Content-Type"] = "text/csv";
    body = o.body;
  } else if (o.body !== undefined) {
    headers["Content-Type"] = "application/json";
    body = JSON.stringify(o.body);
  }
  for (let left = RETRIES; ; left--) {
    let response: Response;
    try {
      response = await fetch(address(op, parameters as Query), { method, headers, body, signal: o.signal, credentials: "same-origin" });
    } catch (e) {
      if (e instanceof DOMException && e.name === "AbortError") throw e;
      throw new Problem(0, "", "");
    }
    // Busy, or the outcome is unknown: the same key makes asking again harmless.
    if (response.status === 503 && left > 0 && (method === "GET" || method === "POST")) {
      await new Promise((done) => setTimeout(done, 400 * (RETRIES - left + 1)));
      continue;
    }
    if (!response.ok) {
      const problem = await problemOf(response);
      if (problem.status === 401 && operations[op].permission !== "public") onSignedOut();
      throw problem;
    }
    const json = response.status !== 204 && (response.headers.get("Content-Type") ?? "").includes("json");
    return { data: (json ? await response.json() : undefined) as Answer<K>, etag: response.headers.get("ETag") };
  }
}

/* Operations whose body is a file, which is sent as it is. `onshare`: how much of it has gone, 0 to 1. */
export type FileOp = { [K in Op]: Body<K> extends Blob ? K : never }[Op];

export function send<K extends FileOp>(op: K, parameters: Parameters<K>, file: Blob, onshare: (share: number) => void, signal: AbortSignal): Promise<Answer<K>> {
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest(); // fetch() says nothing of what has gone
    const refuse = () => {
      const problem = problemFrom(request.status, request.statusText, () => JSON.parse(request.responseText) as Partial<Problem>);
      if (problem.status === 401) onSignedOut();
      fail(problem);
    };
    request.open(operations[op].method, address(op, parameters as Query));
    request.setRequestHeader("Accept-Language", language());
    request.setRequestHeader("X-Sinetti", "1");
    request.setRequestHeader("Idempotency-Key", randomKey());
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    request.upload.onprogress = (e) => e.lengthComputable && onshare(e.loaded / e.total);
    request.onload = () => (request.status >= 200 && request.status < 300 ? done(JSON.parse(request.responseText) as Answer<K>) : refuse());
    request.onerror = () => fail(new Problem(0, "", ""));
    request.onabort = () => fail(new DOMException("", "AbortError"));
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

export async function ask<K extends Op>(op: K, parameters: Parameters<K>, o: Options<K> = {}): Promise<Answer<K>> {
  return (await askTagged(op, parameters, o)).data;
}
