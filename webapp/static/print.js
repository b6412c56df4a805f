// A long list on paper is made while the page says how far it is; without scripts the form opens the PDF as it comes.
"use strict";
(() => {
  const LINE = 10;
  // the answer is lines of JSON, the last of which says how many bytes of PDF follow
  const read = async (answer, say) => {
    const reader = answer.body.getReader(), parts = [];
    let head = new Uint8Array(0), last = null;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (last?.bytes) { parts.push(value); continue; }
      const joined = new Uint8Array(head.length + value.length);
      joined.set(head);
      joined.set(value, head.length);
      head = joined;
      for (let end; !last?.bytes && (end = head.indexOf(LINE)) >= 0; head = head.slice(end + 1)) {
        last = JSON.parse(new TextDecoder().decode(head.slice(0, end)));
        if (!last.bytes) say(last);
      }
      if (last?.bytes) parts.push(head);
    }
    const pdf = new Blob(parts, { type: "application/pdf" });
    if (!last?.bytes || pdf.size !== last.bytes) throw new Error("cut off");
    return { pdf, name: last.name };
  };
  const begin = async (form) => {
    const place = form.closest("[data-printing]");
    const box = place.querySelector(".printing"), bar = box.querySelector("progress"), words = box.querySelector("p");
    if (place.dataset.busy) return;
    place.dataset.busy = "1";
    box.hidden = false;
    box.querySelector("a")?.remove();
    bar.removeAttribute("value");
    words.textContent = words.dataset.begun;
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/x-komek-progress" } });
      if (!answer.ok || answer.headers.get("Content-Type")?.startsWith("text/html")) throw new Error("refused");
      const { pdf, name } = await read(answer, ({ done, of }) => {
        bar.max = of || 1;
        if (done < of) bar.value = done; else bar.removeAttribute("value");
        words.textContent = (done < of ? words.dataset.said : words.dataset.setting).replace("#", done).replace("#", of);
      });
      const link = document.createElement("a");
      Object.assign(link, { href: URL.createObjectURL(pdf), download: name, textContent: name });
      words.textContent = words.dataset.made;
      bar.max = bar.value = 1;
      box.append(link);
      link.click();
    } catch {
      words.textContent = words.dataset.failed;
      bar.max = 1;
      bar.value = 0;
    }
    delete place.dataset.busy;
  };
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-print]");
    if (!form) return;
    event.preventDefault();
    begin(form);
  });
})();
