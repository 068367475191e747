/* Goal: a change is read, commented on and decided in the browser, by keyboard, and nothing in it can hide. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { close, go, it, settings, settle, shot, sound } from "./lib.mjs";
import { as, ask } from "./team.mjs";

const env = { ...process.env, HOME: settings.home };
const run = (...a) => execFileSync(settings.program, [...a, "--data", settings.data], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], env });
const folder = join(dirname(settings.data), "reviews");
export const reviewed = { change: "", repository: "" };

/* The team's developer, with a key of theirs, as sshd would let them in. */
async function author() {
  const page = await as("officer");
  const { items } = await ask(page, "/people?limit=200");
  const developer = items.find((p) => p.name === "Jari Mäki").id;
  await close(page);
  mkdirSync(folder, { recursive: true });
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "x", "-f", join(folder, "key")], { env });
  const [kind, blob] = readFileSync(join(folder, "key.pub"), "utf8").split(" ");
  const fingerprint = createHash("sha256").update(Buffer.from(blob, "base64")).digest("hex");
  writeFileSync(join(folder, "fact"), JSON.stringify({ fingerprint, type: "ssh", public: `${kind} ${blob.trim()}`, state: "added" }));
  run("fact", "add", "key", developer, "--payload", join(folder, "fact"));
  const door = join(folder, "door.sh");
  writeFileSync(door, `#!/bin/sh\nfor last; do :; done\nSSH_ORIGINAL_COMMAND="$last" exec '${settings.program}' door --data '${settings.data}' --key ${fingerprint}\n`);
  chmodSync(door, 0o755);
  return { GIT_SSH_COMMAND: door, GIT_SSH_VARIANT: "simple" };
}

it("reviews: a change is proposed", async () => {
  const ssh = await author();
  const work = join(folder, "work");
  const git = (...a) => execFileSync("git", ["-C", work, "-c", "user.name=Jari Mäki", "-c", "user.email=developer@team.example", ...a], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], env: { ...env, ...ssh } });
  const write = (name, text) => (mkdirSync(dirname(join(work, name)), { recursive: true }), writeFileSync(join(work, name), text));
  execFileSync("git", ["init", "-q", "-b", "main", work], { env });
  write("src/login.c", Array.from({ length: 60 }, (_, i) => `int step_${i}(void);`).join("\n") + "\n");
  write("README", "Orders of the shop.\n");
  git("add", "-A");
  git("commit", "-q", "-m", "Begin");
  reviewed.repository = run("repo", "create", "orders", "--import", work).trim();
  run("repo", "protect", "orders", "main", "--resolved");
  write("src/login.c", Array.from({ length: 60 }, (_, i) => (i === 20 ? "int step_20(int tries);" : `int step_${i}(void);`)).join("\n") + "\n");
  write("src/access.c", "/* Only admins. \u202e } \u2066if (admin)\u2069 \u2066 begin */\nint allow(void)\n{\n\treturn 1;\n}\n");
  write("docs/orders.md", "# Orders\n\nHow orders are taken.\n");
  git("mv", "README", "README.md");
  git("add", "-A");
  git("commit", "-q", "-m", "Count tries to sign in\n\nThree, then a pause. Access is asked in one place.");
  git("push", "-q", "-o", "topic=tries", "ssh://git@host.example/orders", "HEAD:refs/for/main");
  const page = await as("second");
  reviewed.change = (await ask(page, "/code-changes")).items[0].id.slice(7);
  reviewed.push = (text) => {
    write("src/login.c", text(readFileSync(join(work, "src/login.c"), "utf8")));
    git("commit", "-q", "-a", "--amend", "--no-edit");
    git("push", "-q", "-o", "topic=tries", "ssh://git@host.example/orders", "HEAD:refs/for/main");
  };
  await close(page);
}, { always: false });

it("reviews: lines commented on and approved by keyboard", async () => {
  run("people", "role", (await (async () => { const p = await as("officer"); const { items } = await ask(p, "/people?limit=200"); await close(p); return items.find((x) => x.name === "Ulla Ek").id; })()), "development_manager");
  const page = await as("second");
  await go(page, `/reviews/${reviewed.change}`);
  await page.locator("details.diff .scroll").first().waitFor();
  await page.getByText("U+202E").waitFor();
  await page.getByText(/4 signs in these lines|5 signs in these lines/).waitFor();
  await sound(page);
  await shot(page, "review-open");
  await page.locator("h1").click();
  await page.keyboard.press("j"); // README.md
  await page.keyboard.press("v"); // looked at: on to the next
  const focus = () => page.evaluate(() => document.activeElement.closest("[data-file]")?.querySelector(".path")?.textContent);
  assert.match(await focus(), /docs\/orders\.md/);
  await page.getByText("1 of 4 viewed").waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  assert.match(await focus(), /login\.c/);
  const line = page.getByRole("button", { name: "Comment on line 21", exact: true });
  await line.last().focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await page.keyboard.type("Is **three** enough?");
  await page.keyboard.press("Control+Enter");
  await page.getByText("One draft waits").waitFor();
  await page.reload();
  await settle(page);
  await page.getByText("One draft waits").waitFor(); // kept
  await page.locator(".draft strong", { hasText: "three" }).waitFor();
  await shot(page, "review-draft");
  await page.getByRole("button", { name: "Approve this patch set" }).click();
  await page.getByText("Approved, 1 comment published").first().waitFor();
  await page.locator(".thread", { hasText: "Is three enough?" }).waitFor();
  await page.getByText("1 thread is open").waitFor();
  await sound(page);
  await close(page);
});

it("reviews: an answer, a later patch set, and the difference between both", async () => {
  const author = await as("developer");
  await go(author, `/reviews/${reviewed.change}`);
  await author.locator(".thread").waitFor();
  assert.equal(await author.getByRole("button", { name: "Resolve", exact: true }).count(), 0, "one's own change: others' threads are theirs to resolve");
  await author.keyboard.press("n");
  assert.match(await author.evaluate(() => document.activeElement.className), /thread/);
  await author.getByRole("button", { name: "Answer", exact: true }).click();
  await author.keyboard.type("The policy says so.");
  await author.keyboard.press("Control+Enter");
  await author.getByRole("button", { name: "Publish the comment" }).click();
  await author.getByText("1 comment published").first().waitFor();
  await close(author);
  reviewed.push((s) => "/* Signing in. */\n" + s);
  for (const [lang, theme, width] of [["en", "light", 1280], ["fi", "dark", 390], ["fi", "dark", 1280]]) {
    const page = await as("second", { lang, theme, width });
    await go(page, `/reviews/${reviewed.change}?view=split`);
    await page.locator(".thread", { hasText: "The policy says so." }).waitFor();
    await sound(page, `review ${lang} ${width}`);
    await shot(page, `review-${lang}-${theme}-${width}`);
    await go(page, `/reviews/${reviewed.change}?against=1`);
    await page.locator("details.diff .scroll").first().waitFor();
    assert.equal(await page.locator("details.diff").count(), 1);
    await sound(page, `review between patch sets ${lang} ${width}`);
    await close(page);
  }
});

/* As a page of that person would. */
const send = async (page, path, data) => {
  const answer = await page.request.post(`${settings.address}/api/v1${path}`, { data, headers: { "X-Sinetti": "1", Origin: settings.address } });
  assert.ok(answer.ok(), await answer.text());
  return answer.json();
};

it("reviews: what the definition of done asks, and evidence", async () => {
  const page = await as("second");
  const change = await ask(page, `/code-changes/${reviewed.change}`);
  const commit = change.patch_sets[0].commit;
  await go(page, `/reviews/${reviewed.change}`);
  await page.getByText("No definition of done asks for checks in this repository.").waitFor();
  let item = await send(page, "/registers/definition_of_done/items", {
    title: "Done in the shop",
    content: {
      team: "Shop", repositories: [reviewed.repository], criteria: [{ criterion: "Tested" }], review: "One other", documentation: "Follows the code", testing: "All tests",
      tests_pass: true, coverage: "80", findings_level: "warning", docs_when: ["src/"], docs_in: ["docs/"], asvs: ["V6.2.1 Passwords have eight characters at least", "V8.3.1 Access is decided by the server"],
    },
  });
  const move = async (p, name) => (item = await send(p, `/registers/definition_of_done/items/${item.subject.split("/")[1]}/moves`, { move: name, digest: item.digest }));
  await move(page, "submit");
  await close(page);
  const officer = await as("officer");
  await move(officer, "approve");
  await close(officer);
  const add = (name, text) => {
    const path = join(folder, "report");
    writeFileSync(path, text);
    run("evidence", "add", path, "--commit", commit, "--repo", "orders", "--name", name);
  };
  add("unit tests", "<testsuites><testsuite>" + "<testcase/>".repeat(212) + "<testcase><skipped/></testcase></testsuite></testsuites>");
  add("end-to-end tests", "<testsuite><testcase/><testcase><failure/></testcase></testsuite>");
  add("coverage", "TN:\nSF:/build/src/access.c\nDA:4,3\nDA:2,3\nend_of_record\n");
  add("scan", JSON.stringify({ version: "2.1.0", runs: [{ results: [{ ruleId: "R", level: "error" }] }] }));
  for (const [lang, theme, width] of [["en", "light", 1280], ["fi", "dark", 390]]) {
    const one = await as("second", { lang, theme, width });
    await go(one, `/reviews/${reviewed.change}`);
    await one.getByText("end-to-end tests").waitFor();
    await sound(one, `checks ${lang} ${width}`);
    await shot(one, `checks-${lang}-${theme}-${width}`);
    await go(one, `/repositories/${reviewed.repository.slice(5)}?tab=evidence`);
    await one.getByText("end-to-end tests").waitFor();
    await sound(one, `evidence of a repository ${lang} ${width}`);
    await shot(one, `evidence-${lang}-${theme}-${width}`);
    if (lang === "en") {
      await go(one, `/reviews/${reviewed.change}`);
      await one.getByText("1 test of 214 failed").waitFor();
      await one.getByText("1 new finding at level warning or over; the branch has no analysis").waitFor();
    }
    await close(one);
  }
});

it("reviews: resolved, approved and published", async () => {
  const page = await as("second");
  await go(page, `/reviews/${reviewed.change}`);
  await page.getByRole("button", { name: "Resolve", exact: true }).click();
  await page.getByRole("checkbox", { name: /^V6.2.1/ }).check();
  await page.getByRole("button", { name: "Approve this patch set" }).click();
  await page.getByText("1 of 2 ticked by those who approved").waitFor();
  await page.getByRole("button", { name: "Publish", exact: true }).click();
  await page.getByText("It is on its branch.").waitFor();
  await sound(page);
  await shot(page, "review-published");
  await close(page);
});

it("gate: branches are protected by two people, and what would be stopped is seen before it is", async () => {
  for (const [lang, theme, width] of [["en", "light", 1280], ["fi", "dark", 390]]) {
    const page = await as("officer", { lang, theme, width });
    await go(page, "/gate");
    await page.locator("code.pattern", { hasText: "main" }).first().waitFor();
    await sound(page, `gate ${lang} ${width}`);
    await shot(page, `gate-${lang}-${theme}-${width}`);
    await go(page, "/gate?tab=before");
    await page.locator("details summary").first().waitFor();
    await page.locator("details summary").first().click();
    await sound(page, `gate before ${lang} ${width}`);
    await shot(page, `gate-before-${lang}-${theme}-${width}`);
    await close(page);
  }
  const page = await as("officer");
  await go(page, "/gate");
  await page.getByLabel("orders", { exact: true }).getByRole("button", { name: "Protect a branch" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(/^Branches/).fill("release/*");
  await dialog.getByLabel(/^Begin from/).selectOption("small_team");
  assert.equal(await dialog.getByLabel(/^How many others/).inputValue(), "1");
  await dialog.getByLabel(/^Reason/).fill("Releases are reviewed too");
  await sound(page);
  await shot(page, "gate-dialog");
  await dialog.getByRole("button", { name: "Ask for it" }).click();
  await dialog.waitFor({ state: "hidden" });
  assert.equal(await page.locator("code.pattern", { hasText: "release/*" }).count(), 0, "it waits");
  await page.getByLabel("orders", { exact: true }).getByRole("button", { name: "Take out of history" }).click();
  await dialog.getByLabel(/^Files/).fill("nowhere.txt");
  await dialog.getByLabel(/^Reason/).fill("Somebody's data");
  await sound(page, "taking out of history");
  await dialog.getByRole("button", { name: "Ask for it" }).click();
  await dialog.getByText("nothing has ever stood at").first().waitFor();
  await shot(page, "gate-expunge");
  page.faults.length = 0; // the console tells of each refusal
  await page.keyboard.press("Escape");
  await close(page);
  const second = await as("second");
  const { items } = await ask(second, "/approvals?state=waiting");
  const asked = items.find((r) => r.kind === "protection");
  await go(second, `/approvals/${asked.request}`);
  await shot(second, "gate-approval");
  await second.getByRole("button", { name: /^Approve/ }).first().click();
  const words = second.getByRole("dialog").getByRole("button", { name: /^Approve/ });
  if (await words.count()) await words.click();
  await second.getByText("Approved").first().waitFor();
  await go(second, "/gate");
  await second.locator("code.pattern", { hasText: "release/*" }).waitFor();
  await close(second);
});
