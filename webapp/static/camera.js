// A phone's camera as a scanner: what it reads goes into the desk's field as if it had been scanned.
"use strict";
(() => {
  const button = document.querySelector("[data-camera]"), field = document.getElementById("codes");
  if (!button || !field) return;
  const box = button.parentElement.querySelector(".camera"), video = box.querySelector("video"), said = box.querySelector("p");
  const lenses = box.querySelector(".lenses"), lens = box.querySelector("[data-lens]"), torch = box.querySelector("[data-torch]"), KEPT = "komek.lens";
  let stream = null, last = "", lastAt = 0;

  // a phone has several lenses, and not every one sees a label from near: the one that was chosen last, else one that looks away
  const kept = () => { try { return localStorage.getItem(KEPT); } catch { return null; } };
  const keep = (id) => { try { localStorage.setItem(KEPT, id); } catch { /* then it is chosen again next time */ } };
  const opened = (which) => navigator.mediaDevices.getUserMedia({ video: { ...which, width: { ideal: 1280 } } });
  const open = async (id) => {
    if (id) {
      try { return await opened({ deviceId: { exact: id } }); } catch (fault) { if (!/Overconstrained|NotFound/.test(fault.name)) throw fault; }
    }
    return opened({ facingMode: "environment" });
  };
  const able = () => stream.getVideoTracks()[0].getCapabilities?.() ?? {};
  const set = (how) => stream.getVideoTracks()[0].applyConstraints({ advanced: [how] }).then(() => true, () => false);
  const show = async () => {
    if (able().focusMode?.includes("continuous")) set({ focusMode: "continuous" });
    torch.hidden = !able().torch;
    torch.setAttribute("aria-pressed", "false");
    const now = stream.getVideoTracks()[0].getSettings().deviceId;
    const there = (await navigator.mediaDevices.enumerateDevices()).filter((each) => each.kind === "videoinput");
    lens.replaceChildren(...there.map((each, at) => new Option(each.label || `${lens.dataset.nameless} ${at + 1}`, each.deviceId, false, each.deviceId === now)));
    lens.closest("label").hidden = there.length < 2;
    lenses.hidden = there.length < 2 && torch.hidden;
  };
  const start = async (id) => {
    stream = await open(id);
    video.srcObject = stream;
    await video.play();
    await show();
  };

  const library = () => window.BarcodeDetectionAPI ?? new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = button.dataset.reader;
    script.onload = () => resolve(window.BarcodeDetectionAPI);
    script.onerror = reject;
    document.head.append(script);
  });
  const stop = () => {
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    box.hidden = true;
    button.setAttribute("aria-expanded", "false");
  };
  const look = async (detector) => {
    while (stream) {
      const found = await detector.detect(video).catch(() => []);
      const code = found[0]?.rawValue ?? "", now = performance.now();
      // the same label is held before the camera for a while: once is enough
      if (code && (code !== last || now - lastAt > 3000)) {
        field.value = code;
        field.form.requestSubmit();
        navigator.vibrate?.(60);
        last = code;
      }
      if (code) lastAt = now;
      await new Promise((resolve) => setTimeout(resolve, 120));
    }
  };
  button.addEventListener("click", async () => {
    if (stream) { stop(); return; }
    box.hidden = false;
    button.setAttribute("aria-expanded", "true");
    said.textContent = "";
    try {
      await start(kept());
      const { BarcodeDetector, prepareZXingModule } = await library();
      prepareZXingModule({ overrides: { locateFile: () => button.dataset.wasm } });
      look(new BarcodeDetector({ formats: ["code_128", "qr_code"] }));
    } catch {
      stop();
      box.hidden = false;
      said.textContent = box.dataset.no;
    }
  });
  lens.addEventListener("change", async () => {
    keep(lens.value);
    stream?.getTracks().forEach((track) => track.stop());  // most phones open one lens at a time
    try { await start(lens.value); } catch { stop(); box.hidden = false; said.textContent = box.dataset.no; }
  });
  torch.addEventListener("click", async () => {
    const on = torch.getAttribute("aria-pressed") !== "true";
    if (await set({ torch: on })) torch.setAttribute("aria-pressed", String(on));
  });
  window.addEventListener("pagehide", stop);
})();
