// Entry workbooks dropped together: each goes to the server by itself, so that one that is wrong
// keeps none of the others back, and people see how far they are.

import { csrfToken } from "../entry/server.js";

const texts = {
  waits: "待っています",
  goes: "送っています…",
  fails:
    "サーバーにつながらないか、ファイルを読めません（フォルダーは送れません）。もう一度送ってください。",
  signedOut: "サインインの期限が切れました。別のタブでサインインし直してから、もう一度送ってください。",
  refused: (status) =>
    `サーバーが受け付けませんでした（${status}）。ページを読み込み直してから、もう一度送ってください。`,
  received: (count, all, wrong) =>
    `${all}件のうち${count}件を受け取りました。` +
    (wrong ? `そのうち${wrong}件は、このままでは取り込めません。` : ""),
  taken: (count, all) => `${all}件のうち${count}件を取り込みました。`,
};

/** What is being sent: one batch after another, as the database takes one writer at a time. */
let queue = Promise.resolve();
let running = 0;

/**
 * Post a form's content; {isDone, isWrong, message} of the answer, never following to another page.
 * isWrong: it has arrived, but cannot be taken in as it is.
 */
async function post(form, content) {
  content.delete("csrfmiddlewaretoken"); // of before somebody signed in again; the header's is newer
  try {
    const answer = await fetch(window.location.href, {
      method: "POST",
      body: content,
      cache: "no-store",
      credentials: "same-origin",
      headers: { Accept: "application/json", "X-CSRFToken": csrfToken(form) },
      redirect: "manual",
    });
    if (answer.type === "opaqueredirect") return { isDone: false, message: texts.signedOut };
    const said = await answer.json().catch(() => null);
    if (said === null) return { isDone: false, message: texts.refused(answer.status) };
    return { isDone: answer.ok, isWrong: said.refused === true, message: said.message };
  } catch {
    return { isDone: false, message: texts.fails };
  }
}

/**
 * Show a line per thing that is sent, above those of before, of which only what was refused stays;
 * returns what sets its text.
 */
function lines(names) {
  const progress = document.getElementById("upload-progress");
  progress.querySelectorAll(".is-sent li:not(.refused)").forEach((line) => line.remove());
  const batch = document.createElement("div");
  const list = document.createElement("ul");
  const sum = document.createElement("p");
  sum.setAttribute("role", "status"); // read out, unlike the line of every file
  batch.append(sum, list);
  progress.prepend(batch);
  const setters = names.map((name) => {
    const line = document.createElement("li");
    list.append(line);
    const set = (text, isWrong = false) => {
      line.textContent = `${name}：${text}`;
      line.classList.toggle("refused", isWrong);
    };
    set(texts.waits);
    return set;
  });
  return { batch, sum, setters };
}

/** Send things behind those that are on their way. `keepsTyped`: see `renew`. */
function sendAll(form, things, say, keepsTyped) {
  const { batch, sum, setters } = lines(things.map((thing) => thing.name));
  running += 1;
  queue = queue.then(async () => {
    let count = 0;
    let wrong = 0;
    for (const [place, thing] of things.entries()) {
      setters[place](texts.goes);
      const { isDone, isWrong, message } = await post(form, thing.content);
      setters[place](message, !isDone || isWrong);
      count += isDone ? 1 : 0;
      wrong += isWrong ? 1 : 0;
      sum.textContent = say(count, things.length, wrong);
    }
    batch.classList.add("is-sent");
    running -= 1;
    await renew(keepsTyped);
  });
  return queue;
}

/** Show the lists of what waits and what has been taken in as they are now. */
async function renew(keepsTyped) {
  const answer = await fetch(window.location.href, {
    cache: "no-store",
    redirect: "manual",
  }).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const before = document.getElementById("waiting");
  ["waiting", "kept"].forEach((id) => {
    const now = page.getElementById(id);
    if (now) document.getElementById(id).replaceWith(document.adoptNode(now));
  });
  keepChoices(before, document.getElementById("waiting"), keepsTyped);
  watchWaiting();
}

/** Keep what people have chosen or left out, and, where told to, typed below the list. */
function keepChoices(before, now, keepsTyped) {
  before.querySelectorAll("input[name=chosen]").forEach((box) => {
    const same = now.querySelector(`#${box.id}`);
    if (same && box.checked !== box.defaultChecked) same.checked = box.checked;
  });
  if (!keepsTyped) return;
  before.querySelectorAll(".form-row :is(input, textarea)").forEach((box) => {
    const same = now.querySelector(`#${box.id}`);
    if (same) same.value = box.value;
  });
}

function watchUpload() {
  const form = document.getElementById("upload-form");
  const place = document.getElementById("drop-place");
  const box = form.querySelector("input[type=file]");
  const send = (files) => {
    const things = [...files].map((file) => {
      const content = new FormData();
      content.append(box.name, file);
      return { name: file.name, content };
    });
    box.value = "";
    if (things.length) sendAll(form, things, texts.received, true);
  };
  place.querySelector(".drop-hint").hidden = false;
  form.addEventListener("submit", (event) => {
    if (!box.files.length) return;
    event.preventDefault();
    send(box.files);
  });
  ["dragenter", "dragover"].forEach((name) => {
    place.addEventListener(name, (event) => {
      event.preventDefault();
      place.classList.add("is-over");
    });
  });
  ["dragleave", "drop"].forEach((name) => {
    place.addEventListener(name, () => place.classList.remove("is-over"));
  });
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    send(event.dataTransfer.files);
  });
  // A file dropped beside the place would replace the page.
  ["dragover", "drop"].forEach((name) => {
    window.addEventListener(name, (event) => event.preventDefault());
  });
}

function watchWaiting() {
  const form = document.getElementById("waiting-form");
  if (!form) return;
  form.addEventListener("submit", (event) => {
    if (event.submitter?.name !== "confirm") return;
    const chosen = [...form.querySelectorAll("input[name=chosen]:checked")];
    if (!chosen.length || !form.reportValidity()) return;
    event.preventDefault();
    const things = chosen.map((box) => {
      const content = new FormData(form);
      content.set("chosen", box.value);
      content.set("confirm", "1");
      return { name: box.closest("tr").querySelector("a").textContent, content };
    });
    // A second click would ask for the same files again. The list that comes then has a new button.
    event.submitter.disabled = true;
    sendAll(form, things, texts.taken, false).then(() => {
      event.submitter.disabled = false;
    });
  });
}

window.addEventListener("beforeunload", (event) => {
  if (running) event.preventDefault();
});
watchUpload();
watchWaiting();
