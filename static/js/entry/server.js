// Requests to our own server that never follow a redirect: one to the sign-in page is an answer.

const PATIENCE = 20_000; // milliseconds
const KEPT_ALIVE = 30_000; // bytes; requests that outlive their page may hold 64 KiB together

/**
 * The token against forged requests. The cookie is newer than the form where somebody has signed
 * in again in another tab.
 */
export function csrfToken(form) {
  const cookie = /(?:^|;\s*)csrftoken=([^;]+)/.exec(document.cookie);
  const field = form.elements.csrfmiddlewaretoken;
  return cookie ? cookie[1] : (field && field.value) || "";
}

/**
 * Post `content` as JSON. Returns {status, content}: status 0 where the network failed, 302 where
 * the server sends elsewhere; content is null where the answer is no JSON object.
 */
export async function post(form, url, content, { keepalive = false, signal } = {}) {
  const body = JSON.stringify(content);
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), PATIENCE);
  if (signal) signal.addEventListener("abort", () => late.abort());
  try {
    const answer = await fetch(url, {
      method: "POST",
      body,
      cache: "no-store",
      credentials: "same-origin",
      headers: {
        Accept: "application/json",
        "Content-Type": "application/json",
        "X-CSRFToken": csrfToken(form),
      },
      keepalive: keepalive && new TextEncoder().encode(body).length < KEPT_ALIVE,
      redirect: "manual",
      signal: late.signal,
    });
    if (answer.type === "opaqueredirect") return { status: 302, content: null };
    const read = await answer.json().catch(() => null);
    return { status: answer.status, content: read && typeof read === "object" ? read : null };
  } catch {
    return { status: 0, content: null };
  } finally {
    clearTimeout(timer);
  }
}
