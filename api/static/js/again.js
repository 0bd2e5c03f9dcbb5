// Signing in again without leaving the page, for the same person: what is typed behind the dialog stays.

export function signInAgain(dialog, drafts) {
  const form = dialog.querySelector("form"), wrong = dialog.querySelector("[data-wrong]"), password = form.elements.password;
  let then = null;

  const post = () => fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), credentials: "same-origin", redirect: "manual" }).catch(() => null);

  // The token of the page may be an old one: somebody signed in and out in another window meanwhile.
  async function withFreshToken() {
    const page = await fetch(form.action, { credentials: "same-origin" }).then((answer) => answer.text()).catch(() => "");
    form.elements.csrf_token.value = new DOMParser().parseFromString(page, "text/html").querySelector('[name="csrf_token"]')?.value ?? "";
    return post();
  }

  async function send(event) {
    event.preventDefault();
    let answer = await post();
    if (answer?.status === 403) answer = await withFreshToken();
    delete form.dataset.sent;
    password.value = "";
    if (answer?.status === 401 || answer?.status === 429) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      wrong.textContent = page.querySelector("main .notice.bad strong")?.textContent ?? "";
      password.focus();
      return;
    }
    // Signed in, or somebody was already (the token of this form is an old one then): saving tells.
    await drafts.flush();
    if (drafts.state === "signed-out") return;
    dialog.close();
    then?.();
  }

  form.addEventListener("submit", send);
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => { wrong.textContent = password.value = ""; });
  return (afterwards = null) => {
    then = afterwards;
    if (!dialog.open) dialog.showModal();
    password.focus();
  };
}
