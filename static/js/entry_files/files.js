// Entry workbooks dropped together: each goes to the server by itself, so that one that is wrong
// keeps none of the others back, and people see how far they are.

import { csrfToken } from "../entry/server.js";

const texts = {
  waits: "待っています",
  goes: "送っています…",
  fails: "サーバーにつながりません。もう一度送ってください。",
  signedOut: "サインインの期限が切れました。別のタブでサインインし直してから、もう一度送ってください。",
  done: (count, all) => `${all}件のうち${count}件を受け取りました。`,
  taken: (count, all) => `${all}件のうち${count}件を取り込みました。`,
};

/** Post a form's content; {isDone, message} of the answer, never following to another page. */
async function post(form, content) {
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
    const said = await answer.json();
    return { isDone: answer.ok, message: said.message };
  } catch {
    return { isDone: false, message: texts.fails };
  }
}

/** Show a line per thing that is sent; returns what sets its text. */
function lines(names) {
  const list = document.createElement("ul");
  const sum = document.createElement("p");
  document.getElementById("upload-progress").replaceChildren(sum, list);
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
  return { sum, setters };
}

/** Send one after another; the server's database takes one writer at a time. */
async function sendAll(form, things, say) {
  const { sum, setters } = lines(things.map((thing) => thing.name));
  let count = 0;
  for (const [place, thing] of things.entries()) {
    setters[place](texts.goes);
    const { isDone, message } = await post(form, thing.content);
    setters[place](message, !isDone);
    count += isDone ? 1 : 0;
    sum.textContent = say(count, things.length);
  }
  await renew();
}

/** Show the lists of what waits and what has been taken in as they are now. */
async function renew() {
  const answer = await fetch(window.location.href, { cache: "no-store", redirect: "manual" });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  ["waiting", "kept"].forEach((id) => {
    const now = page.getElementById(id);
    if (now) document.getElementById(id).replaceWith(document.adoptNode(now));
  });
  watchWaiting();
}

function watchUpload() {
  const form = document.getElementById("upload-form");
  const place = document.getElementById("drop-place");
  const box = form.querySelector("input[type=file]");
  const send = async (files) => {
    const things = [...files].map((file) => {
      const content = new FormData();
      content.append(box.name, file);
      return { name: file.name, content };
    });
    if (things.length) await sendAll(form, things, texts.done);
    box.value = "";
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
    sendAll(form, things, texts.taken);
  });
}

watchUpload();
watchWaiting();
