// <body data-live="…/live/">: one stream per browser and account tells all of its tabs what is new, by ids only.
// Each tab hears it as a "live" event on the document. Without a stream the pages go on asking by themselves.
const url = document.body.dataset.live;
const name = `live:${url}:${document.body.dataset.member}`;
const root = document.documentElement;
const EVENTS = ["hello", "deaf", "beat", "rights", "counts", "ticket", "left", "presence", "gone", "full"];
const REPLAYED = 10_000; // a tab that was opened a moment ago may have been drawn before these
const SILENT = 40_000;
const SLOWEST = 60_000;
let source, release, air;
let pause = 1000;
let heard = 0;
let lost = false;
let recent = [];

const say = (event, data = {}) => document.dispatchEvent(new CustomEvent("live", { detail: { event, ...data } }));

function turn(live) {
  if (live && lost) say("again"); // whatever was missed
  lost = !live;
  if (live) root.dataset.live = "";
  else delete root.dataset.live;
}

function hear({ event, data }) {
  heard = Date.now();
  if (event === "hello") turn(true);
  else if (event === "deaf" || event === "down") turn(false);
  else if (event !== "beat") say(event, data);
}

// Only the tab that holds the stream tells the others.
function tell(event, data = {}) {
  recent = [...recent.filter((one) => Date.now() - one.at < REPLAYED), { at: Date.now(), event, data }];
  air.postMessage({ event, data });
  hear({ event, data });
}

function listen() {
  source = new EventSource(url);
  for (const event of EVENTS) source.addEventListener(event, (message) => tell(event, JSON.parse(message.data)));
  source.addEventListener("hello", () => (pause = 1000));
  source.addEventListener("full", again);
  source.addEventListener("gone", again);
  source.onerror = again;
}

// Not at once and not all browsers at the same moment: the server may just be starting.
function again() {
  source.close();
  tell("down");
  setTimeout(() => release && listen(), pause * (1 + Math.random()));
  pause = Math.min(SLOWEST, pause * 2);
}

function lead() {
  return new Promise((done) => {
    release = done;
    air.addEventListener("message", ({ data }) => {
      if (data.asks && "live" in root.dataset) air.postMessage({ event: "hello", data: {}, replay: recent, to: data.asks });
    });
    listen();
  });
}

function join() {
  const me = Math.random().toString(36).slice(2);
  air = new BroadcastChannel(name);
  air.addEventListener("message", ({ data }) => {
    if (!data.event || (data.to && data.to !== me)) return;
    hear(data);
    for (const one of data.replay ?? []) if (one.event !== "hello") hear(one);
  });
  air.postMessage({ asks: me });
  navigator.locks.request(name, lead);
}

function leave() {
  source?.close();
  release?.();
  air.close();
  source = release = undefined;
}

setInterval(() => {
  if (!heard || Date.now() - heard < SILENT) return;
  heard = Date.now();
  if (source) again();
  else turn(false);
}, 5000);

if (url && navigator.locks && window.BroadcastChannel && window.EventSource) {
  join();
  addEventListener("pagehide", leave);
  addEventListener("pageshow", (event) => event.persisted && (join(), say("again")));
}
