// The browser is asked for its permission only by a click; a digest of every hour has no time of day.

const asks = document.querySelector("[data-browser-asks]");
if ("Notification" in window) {
  const button = asks.querySelector("button");
  const tell = () => {
    asks.querySelector("p").textContent = asks.dataset[Notification.permission];
    button.hidden = Notification.permission !== "default";
  };
  button.addEventListener("click", async () => {
    await Notification.requestPermission();
    tell();
  });
  asks.hidden = false;
  tell();
}

const digest = document.getElementById("digest");
const daily = () => { document.querySelector("[data-daily]").hidden = digest.value === "hourly"; };
digest.addEventListener("change", daily);
daily();
