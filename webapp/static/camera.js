// A phone's camera as a scanner: what it reads goes into the desk's field as if it had been scanned.
"use strict";
(() => {
  const button = document.querySelector("[data-camera]"), field = document.getElementById("codes");
  if (!button || !field) return;
  const box = button.parentElement.querySelector(".camera"), video = box.querySelector("video"), said = box.querySelector("p");
  let stream = null, last = "", lastAt = 0;

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
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } } });
      video.srcObject = stream;
      await video.play();
      const { BarcodeDetector, prepareZXingModule } = await library();
      prepareZXingModule({ overrides: { locateFile: () => button.dataset.wasm } });
      look(new BarcodeDetector({ formats: ["code_128", "qr_code"] }));
    } catch {
      stop();
      box.hidden = false;
      said.textContent = box.dataset.no;
    }
  });
  window.addEventListener("pagehide", stop);
})();
