// What a desk keeps until the server has answered: in IndexedDB, each person's under a key of their own that no script can
// read out. Entries and key are wiped when the server has answered for all of them. Whose desk it is stays, for twelve
// hours and until somebody signs out, so that the desk can be opened anew without the server; what is half typed stays for
// twelve hours.
"use strict";
(() => {
  const HERE = "here", HALF_TYPED = "half.", LIFE_MS = 12 * 3600 * 1000;
  const id = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const bytes = (text) => new TextEncoder().encode(text);
  const answered = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

  // ---------------------------------------------------------------- the database
  let opened = null;
  const open = async () => {
    const asked = indexedDB.open("komek", 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("keys", { keyPath: "owner" });
      asked.result.createObjectStore("entries", { keyPath: "seq", autoIncrement: true }).createIndex("person", "person");
    };
    const base = await answered(asked);
    base.onversionchange = () => base.close();
    base.onclose = () => { opened = null; };
    return base;
  };
  // all of it, and on the disk, or nothing
  const within = async (mode, work) => {
    const base = await (opened ??= open().catch((fault) => { opened = null; throw fault; }));
    const change = base.transaction(["keys", "entries"], mode, { durability: "strict" });
    const done = new Promise((resolve, reject) => {
      change.oncomplete = resolve;
      change.onabort = () => reject(change.error ?? new Error("not kept"));
    });
    done.catch(() => {});
    const result = await work(change.objectStore("keys"), change.objectStore("entries"));
    await done;
    return result;
  };

  // ---------------------------------------------------------------- keys and what they close
  const keyOf = async (owner) => {
    const kept = await within("readonly", (keys) => answered(keys.get(owner)));
    if (kept) return kept;
    const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    const made = { owner, name: id(), key };
    return within("readwrite", async (keys) => {
      const first = await answered(keys.get(owner));  // of two pages that make one at once, the first is right
      if (!first) await answered(keys.add(made));
      return first ?? made;
    });
  };
  // bound to what it belongs to: moved elsewhere, it does not open
  const seal = async (key, value, belongs) => {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    return { iv, sealed: await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: bytes(belongs) }, key, bytes(JSON.stringify(value))) };
  };
  const unseal = async (key, { iv, sealed }, belongs) =>
    JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: bytes(belongs) }, key, sealed)));
  const belongs = (record) => `${record.person}.${record.id}`;

  // ---------------------------------------------------------------- entries
  const keep = async (person, entries) => {
    for (;;) {
      const { name, key } = await keyOf(person);
      const records = await Promise.all(entries.map(async (each) => {
        const record = { id: each.id, person, waited: false };
        return { ...record, ...(await seal(key, each, belongs(record))) };
      }));
      const kept = await within("readwrite", async (keys, store) => {
        // another page may have wiped the key meanwhile, with the last entry: then once more, under a new one
        if ((await answered(keys.get(person)))?.name !== name) return false;
        await Promise.all(records.map((record) => answered(store.add(record))));
        return true;
      });
      if (kept) return;
    }
  };
  // the first ones, in order; one that does not open any more is passed over and stays
  const waiting = async (person, most) => {
    const [kept, records] = await within("readonly", (keys, store) =>
      Promise.all([answered(keys.get(person)), answered(store.index("person").getAll(person, most))]));
    const read = records.map(async (record) => {
      try { return { ...(await unseal(kept.key, record, belongs(record))), waited: record.waited, seq: record.seq }; } catch { return null; }
    });
    return (await Promise.all(read)).filter(Boolean);
  };
  const forgetEntries = (person, seqs) => within("readwrite", async (keys, store) => {
    await Promise.all(seqs.map((seq) => answered(store.delete(seq))));
    if (!(await answered(store.index("person").count(person)))) await answered(keys.delete(person));
  });
  // whoever scanned may not be looking any more when these are answered
  const noteWait = (person) => within("readwrite", async (keys, store) => {
    const records = await answered(store.index("person").getAll(person));
    await Promise.all(records.filter((each) => !each.waited).map((each) => answered(store.put({ ...each, waited: true }))));
  });
  const count = async (person) => within("readonly", async (keys, store) => {
    const [all, own] = await Promise.all([answered(store.count()), answered(store.index("person").count(person))]);
    return { own, others: all - own };
  });

  // ---------------------------------------------------------------- whose desk this is, and what is half typed there
  const remember = async (told, owner = HERE) => {
    const { name, key } = await keyOf(owner), record = await seal(key, { ...told, until: Date.now() + LIFE_MS }, owner);
    await within("readwrite", (keys) => answered(keys.put({ owner, name, key, ...record })));
  };
  const recall = async (owner = HERE) => {
    try {
      const kept = await within("readonly", (keys) => answered(keys.get(owner)));
      const told = kept?.sealed ? await unseal(kept.key, kept, owner) : null;
      return told && told.until > Date.now() ? told : null;
    } catch { return null; }
  };
  const forget = (owner = HERE) => within("readwrite", (keys) => answered(keys.delete(owner)));
  const half = (person, form) => `${HALF_TYPED}${person}.${form}`;
  const rememberHalf = (person, form, values) => remember({ values }, half(person, form));
  const recallHalf = async (person, form) => (await recall(half(person, form)))?.values ?? null;
  const forgetHalf = (person, form) => forget(half(person, form));
  const sweep = async () => {
    const halves = IDBKeyRange.bound(HALF_TYPED, `${HALF_TYPED}\uffff`);
    for (const owner of await within("readonly", (keys) => answered(keys.getAllKeys(halves)))) if (!(await recall(owner))) await forget(owner);
  };

  // ---------------------------------------------------------------- a browser that gives neither: only while the page is open
  const inMemory = () => {
    let rows = [], last = 0, told = null;
    return {
      lasts: false, id,
      keep: async (person, entries) => { rows.push(...entries.map((each) => ({ ...each, waited: false, seq: ++last }))); },
      waiting: async (person, most) => rows.slice(0, most),
      forgetEntries: async (person, seqs) => { rows = rows.filter((each) => !seqs.includes(each.seq)); },
      noteWait: async () => { rows = rows.map((each) => ({ ...each, waited: true })); },
      count: async () => ({ own: rows.length, others: 0 }),
      remember: async (given) => { told = given; }, recall: async () => told, forget: async () => { told = null; },
      rememberHalf: async () => {}, recallHalf: async () => null, forgetHalf: async () => {},
    };
  };
  const lasting = globalThis.indexedDB && crypto.subtle;
  const outbox = lasting ? {
    lasts: true, id, keep, waiting, forgetEntries, noteWait, count, remember, recall, forget, rememberHalf, recallHalf, forgetHalf,
  } : inMemory();
  (globalThis.komek ??= {}).outbox = outbox;
  if (lasting) sweep().catch(() => {});

  // the door is shown to whoever is not signed in: the desk that stood open here is nobody's now; what waits stays closed
  if (document.querySelector("[data-door]")) {
    outbox.forget().catch(() => {});
    try { localStorage.removeItem("komek.left"); } catch { /* nothing is kept, then */ }
  }
})();
